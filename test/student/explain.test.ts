// Explanations: shares add up to the margin, words to their text; exact for logistic students and one hidden layer.
import { expect, test } from 'vitest';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import type { TextSpan } from '../../src/student/explain-text.ts';
import { describePushes, strongestPushes } from '../../src/student/pushes.ts';
import { Student } from '../../src/student/student.ts';
import { mixedPreprocessing, randomTextStudent, textColumn } from '../text-students.ts';

const SHAPES: Architecture[] = [
  { hidden: [] },
  { hidden: [7] },
  { hidden: [7], activation: 'gelu' },
  { hidden: [7, 5] },
  { hidden: [6, 6, 6], activation: 'tanh', residual: true },
  { hidden: [8, 8], activation: 'gelu', residual: true },
];
const sum = (values: readonly { readonly share: number }[]): number =>
  values.reduce((total, { share }) => total + share, 0);

test.each(SHAPES)('%j: shares add up to the margin, and the words of a text to its share', (shape) => {
  for (const weighted of [false, true]) {
    const student = randomTextStudent(mixedPreprocessing(weighted), shape, 4);
    for (const record of syntheticRecords(student, 64)) {
      const { margin, bias, parts } = student.explain(record);
      expect(Math.abs(bias + sum(parts) - margin)).toBeLessThan(1e-4);
      expect(1 / (1 + Math.exp(-margin))).toBeCloseTo(student.predictRecord(record).probability, 12);
      expect(parts.map(({ column }) => column).sort()).toEqual(['age', 'colour', 'comment']);
      const sizes = parts.map(({ share }) => Math.abs(share));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      const text = parts.find(({ column }) => column === 'comment');
      const spans = text?.spans as readonly TextSpan[];
      expect(sum(spans)).toBeCloseTo(text?.share as number, 9);
      for (const { start, end, text: word } of spans) expect(String(record['comment']).slice(start, end)).toBe(word);
    }
    const { bias, parts } = student.explain({ age: 40, comment: '', colour: 'unknown' });
    expect(parts.map(({ share }) => share)).toEqual([0, 0, 0]);
    expect(student.explain({ age: null, comment: null, colour: 'grey' }).bias).toBe(bias);
  }
});

/** A student of one number, and of words alone, with these weights: that of the number, the bias, and the same for each seen bucket. */
function wordStudent(hidden: readonly number[], parameters: (width: number) => number[]): Student {
  const text = textColumn({ words: [1, 2], characters: [0, 0], buckets: 2 ** 14, offset: 1 });
  const preprocessing: Preprocessing = {
    clip: 10,
    columns: [{ name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 }, text],
    encodedWidth: 1 + text.width,
  };
  const { size } = layout(preprocessing.encodedWidth, { hidden });
  const values = parameters(text.width);
  expect(values.length).toBe(size);
  return new Student({
    architecture: { hidden },
    parameters: Float32Array.from(values),
    preprocessing,
    threshold: 0.5,
    provenance: {},
  });
}

test('a logistic student: weight times value, words by the n-grams that cover them', () => {
  const student = wordStudent([], (width) => [0.5, ...new Array<number>(width).fill(2), -1]);
  const { margin, bias, parts } = student.explain({ age: 60, text: 'Red red  fox' });
  // red, fox, "red red", "red fox"; those without a column count only for the length
  const known = student.explain({ age: 40, text: 'Red red  fox' }).parts[0]?.ngrams?.length as number;
  expect(known).toBeGreaterThan(1);
  expect(bias).toBe(-1);
  expect(margin).toBeCloseTo(-1 + 0.5 * 2 + known * 2 * (1 / 2), 6);
  const [text, age] = parts[0]?.column === 'text' ? parts : [...parts].reverse();
  expect(age?.share).toBe(1);
  const each = text?.ngrams?.map((ngram) => [ngram.text, ngram.share]);
  expect(new Set(each?.map(([, share]) => share))).toEqual(new Set([1]));
  expect(['Red', 'fox', 'Red red', 'red  fox']).toEqual(expect.arrayContaining(each?.map(([name]) => name) ?? []));
  expect(text?.spans?.map(({ text: word, start }) => [word, start])).toEqual([
    ['Red', 0],
    ['red', 4],
    ['fox', 9],
  ]);
});

test('one hidden unit that is on for half of the way gives half of its slope', () => {
  // max(0, 2 z - 1) with z = 1: on from z = .5
  const student = wordStudent([1], (width) => [2, ...new Array<number>(width).fill(0), -1, 3, 0.25]);
  const { margin, bias, parts } = student.explain({ age: 50, text: '' });
  expect([margin, bias]).toEqual([3.25, 0.25]);
  expect(parts[0]).toEqual({ column: 'age', share: 3 });
});

test('errors are those of predictions', () => {
  const student = wordStudent([], (width) => new Array<number>(width + 2).fill(0.5));
  expect(() => student.explain({ text: 'a' })).toThrow(/no field "age"/);
  expect(() => student.explain({ age: 'x', text: 'a' })).toThrow(/field "age" is "x", expected a finite number/);
});

test('pushes: neighbouring words of one direction and about one strength join; the strongest come first', () => {
  const spans = [
    { start: 0, end: 4, text: 'free', share: 0.7 },
    { start: 6, end: 11, text: 'prize', share: 0.5 },
    { start: 12, end: 15, text: 'now', share: 0.2 },
    { start: 15, end: 16, text: '!', share: 0.2 },
    { start: 17, end: 21, text: 'note', share: -0.4 },
    { start: 22, end: 23, text: 'a', share: 0 },
  ];
  const parts = [
    { column: 'text', share: 1.2, spans, ngrams: [] },
    { column: 'age', share: -0.45 },
  ];
  const record = { text: 'free  prize now! note a', age: 3 };
  const pushes = strongestPushes({ margin: 0, bias: 0, parts }, record, 4);
  expect(pushes).toEqual([
    { column: 'text', text: 'free  prize', share: 1.2 },
    { column: 'age', share: -0.45 },
    { column: 'text', text: 'now!', share: 0.4 },
    { column: 'text', text: 'note', share: -0.4 },
  ]);
  expect(describePushes(pushes)).toBe('"free  prize" +1.20; age -0.45; "now!" +0.40; "note" -0.40');
});
