// Predictions of one record use the current student, also when students share parameters.
import { expect, test } from 'vitest';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { answerRecord } from '../../src/student/record-answer.ts';

const numbers = (...names: string[]): Preprocessing => ({
  clip: 10,
  encodedWidth: names.length,
  columns: names.map((name, offset) => {
    return { name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 } as const;
  }),
});
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const record = { a: 1, b: -3 };

test('students that share parameters use their own columns', () => {
  const parameters = Float32Array.of(2, 0.5, -0.25);
  const architecture = { hidden: [] };
  for (const [names, margin] of [
    [['a', 'b'], 2 * 1 + 0.5 * -3 - 0.25],
    [['b', 'a'], 2 * -3 + 0.5 * 1 - 0.25],
    [['a', 'b'], 2 * 1 + 0.5 * -3 - 0.25],
  ] as const) {
    const model = { architecture, parameters, preprocessing: numbers(...names) };
    expect(answerRecord(model, record)).toBeCloseTo(sigmoid(margin), 12);
    expect(answerRecord(model, record)).toBeCloseTo(sigmoid(margin), 12);
  }
});

test('students that share parameters and columns use their own activation', () => {
  const parameters = Float32Array.of(0.5, 0.5, 0, 2, 1);
  const preprocessing = numbers('a', 'b');
  const answer = (activation?: 'tanh'): number =>
    answerRecord(
      { architecture: { hidden: [1], ...(activation && { activation }) }, parameters, preprocessing },
      record,
    );
  for (let turn = 0; turn < 2; turn++) {
    expect(answer()).toBeCloseTo(sigmoid(1), 12);
    expect(answer('tanh')).toBeCloseTo(sigmoid(2 * Math.tanh(-1) + 1), 6);
  }
});

test('prepares a student once', () => {
  let looked = 0;
  const { columns, clip } = numbers('a', 'b');
  const preprocessing = {
    ...{ columns, clip },
    get encodedWidth() {
      looked++;
      return 2;
    },
  };
  const model = { architecture: { hidden: [] }, parameters: Float32Array.of(1, 1, 0), preprocessing };
  const first = answerRecord(model, record);
  const before = looked;
  expect(before).toBeGreaterThan(0);
  expect([answerRecord(model, record), looked]).toEqual([first, before]);
});
