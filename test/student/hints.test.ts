// Hints in fit: the selection loss is that of the student without the regressor.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import type { Matrix } from '../../src/data/matrix.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { regressionHint, relationHint } from '../../src/loss/hints.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { placePairwiseDistances } from '../../src/student/pairwise-distances.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { dice } from '../random.ts';
import { drawWorld } from '../simulator.ts';
import { asStored } from '../stored-matrix.ts';

const { dataset, truth } = drawWorld(400, 3);
const validation = drawWorld(200, 4).dataset;
const d = dice(1);
const features = (width: number) => ({
  ...{ rows: 400, width },
  values: Float32Array.from(
    { length: 400 * width },
    (_, k) => (truth[Math.floor(k / width)] as number) * d.real(0.5, 1),
  ),
});
const options = { seed: 1, epochs: 12, validation: labelSelection(validation) };
const targets = { margins: truth };

test.each([
  ['regression', 1],
  ['regression', 300],
  ['relation', 300],
] as const)('a %s hint with %i features reports the selection loss of the kept student', async (kind, width) => {
  const hint = kind === 'regression' ? regressionHint : relationHint;
  const student = await fitStudent({ hidden: [3] }, dataset, targets, hint(distillation(), { weight: 1 }), {
    ...{ ...options, features: features(width) },
  });
  expect(student.parameters).toHaveLength(16);
  const p = student.predictProba(validation);
  const loss = p.reduce((sum, q, i) => sum - Math.log(validation.labels[i] ? q : 1 - q), 0) / p.length;
  expect(Math.abs((student.training?.selectionLoss as number) - loss)).toBeLessThan(1e-9);
  const again = await fitStudent({ hidden: [3] }, dataset, targets, hint(distillation(), { weight: 1 }), {
    ...{ ...options, features: features(width) },
  });
  expect(again.training?.epoch).toBeGreaterThan(0);
});

test('a hint changes the student with its weight', async () => {
  const given = features(4);
  const parameters = async (weight: number): Promise<Float32Array> =>
    (
      await fitStudent({ hidden: [4] }, dataset, targets, regressionHint(distillation(), { weight }), {
        ...options,
        features: given,
      })
    ).parameters;
  expect(await parameters(1)).toEqual(await parameters(1));
  expect(await parameters(1)).not.toEqual(await parameters(0.1));
});

test.each([
  ['regression', 400, 64],
  ['relation', 400, 64],
  // two blocks of rows, and a batch with rows of both
  ['regression', 70_000, 1000],
  ['relation', 70_000, 30],
] as const)(
  'a %s hint on %i rows, in batches of %i: rows in a file give the same student',
  async (kind, rows, batchSize) => {
    const { dataset, truth } = drawWorld(rows, 5);
    const { stored } = asStored(dataset.features as Matrix);
    const weights = Float64Array.from(truth, () => d.below(3));
    const given = { rows, width: 5, values: Float32Array.from({ length: 5 * rows }, () => d.real(-1, 1)) };
    const loss = (kind === 'regression' ? regressionHint : relationHint)(distillation(), { weight: 2 });
    for (const weighted of [dataset, { ...dataset, weights }]) {
      const inFile = { ...weighted, features: stored, teacherInputs: stored } as unknown as Dataset;
      const how = { seed: 1, epochs: 2, batchSize, features: given };
      const [a, b] = [
        await fitStudent({ hidden: [4] }, weighted, { margins: truth }, loss, how),
        await fitStudent({ hidden: [4] }, inFile, { margins: truth }, loss, how),
      ];
      expect(b.parameters).toEqual(a.parameters);
      expect(b.training?.history).toEqual(a.training?.history);
    }
  },
);

test.each([
  ['no features', { features: undefined }, [3], /the loss has a hint, .* features of 0 rows, expected 400/],
  [
    'features of other rows',
    { features: { rows: 7, width: 1, values: new Float32Array(7) } },
    [3],
    /features of 7 rows, expected 400/,
  ],
  [
    'no hidden layer',
    { features: features(2) },
    [],
    /the loss has a hint, and logistic regression has no hidden layer/,
  ],
] as const)('refuses %s', async (_, change, hidden, message) => {
  const loss = regressionHint(distillation(), { weight: 1 });
  await expect(fitStudent({ hidden }, dataset, targets, loss, { ...options, ...change })).rejects.toThrow(message);
});

test.each([0, -1, Number.NaN, 1e5])('refuses a hint with weight %d', (weight) => {
  expect(() => relationHint(distillation(), { weight })).toThrow(/hint weight .*, expected a number above 0/);
});

test('a relation hint on batches with too many pairs suggests smaller batches', () => {
  using arena = openArena();
  const rows = 65536;
  const loss = relationHint(distillation(), { weight: 1 });
  const task = { targets, loss, features: { rows, width: 1, values: new Float32Array(rows) } };
  const place = { arena, rows, batchSize: rows, batches: 1, order: 0, weights: undefined };
  const refused = expect.objectContaining({ code: 'memory', remedies: [{ id: 'reduce-batch' }] });
  expect(() => placePairwiseDistances([task], place)).toThrow(refused);
  expect(placePairwiseDistances([task], { ...place, batchSize: 64 })?.batches).toBe(1);
});
