// Outputs that are understood, and files that are refused.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { type TinyModel, tinyOnnx } from '../tiny-onnx.ts';

const rows = denseMatrix(Float32Array.of(1, 2, -30, 10, 0, 0, 20, 20), 2);
const sums = [3, -20, 0, 40];

const understood: [TinyModel, string, number[]][] = [
  [{}, 'logit', sums],
  [{ operators: ['Sigmoid'] }, 'probability', sums],
  [{ outputs: 2, weights: [0, 1, 0, 1] }, 'logits', sums],
  [{ outputs: 2, weights: [0, 1, 0, 1], operators: ['Softmax'] }, 'probabilities', sums],
  [{ outputs: 2, weights: [0, 1, 0, 1], operators: ['LogSoftmax'] }, 'logits', sums],
  [{ operators: ['Sigmoid', 'Identity'] }, 'probability', sums],
];
test.each(understood)('%j is read as %s, exactly', async (model, convention, want) => {
  using teacher = await loadTeacher(tinyOnnx(model));
  expect(teacher.convention).toBe(convention);
  const { margins, clippedCount } = await teacher.margins(rows);
  expect(clippedCount).toBe(0);
  want.forEach((v, i) => {
    expect(Math.abs((margins[i] as number) - v)).toBeLessThan(1e-5);
  });
});

test('a probability without a logit before it is limited and counted', async () => {
  using teacher = await loadTeacher(tinyOnnx({ operators: ['Sigmoid', 'Neg', 'Neg'], outputName: 'probability' }));
  expect(teacher.convention).toBe('probability');
  const { margins, clippedCount } = await teacher.margins(rows);
  expect(clippedCount).toBe(2);
  expect(margins[3]).toBe(16);
  expect(margins[1]).toBe(-16);
  expect(Math.abs(sigmoid(margins[0] as number) - sigmoid(3))).toBeLessThan(1e-6);
});

test('an ambiguous output is refused unless its convention is stated', async () => {
  const model = tinyOnnx({ operators: ['Sigmoid', 'Neg', 'Neg'] });
  await expect(loadTeacher(model)).rejects.toThrow(
    /cannot be told apart; state what the output means \(convention: logit\|probability\)/,
  );
  using stated = await loadTeacher(model, { convention: 'probability' });
  expect(stated.reading.reason).toMatch(/as stated/);
  await expect(loadTeacher(tinyOnnx(), { convention: 'probability' })).rejects.toThrow(
    /0 \.\. 1 for the convention probability; .*: logit\)/,
  );
  await expect(loadTeacher(tinyOnnx(), { convention: 'logits' })).rejects.toThrow(
    /1 value per row, expected 2 or more for the convention logits; .*: logit\|probability\)/,
  );
});

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Array(64).fill(7));
const whole = tinyOnnx();
const refused: [string, Uint8Array, RegExp][] = [
  ['a picture', png, /picture|image|PNG/i],
  ['an HTML page', text('<!doctype html><html><body>Not found</body></html>'), /HTML/],
  ['JSON', text('{"a": 1}'), /teacher "bytes"/],
  ['an empty file', new Uint8Array(0), /empty/],
  ['noise', Uint8Array.from({ length: 300 }, (_, i) => (i * 37 + 11) % 251), /teacher "bytes"/],
  ['a truncated model', whole.subarray(0, whole.length - 20), /teacher "bytes"/],
  ['an unknown operator', tinyOnnx({ operators: ['Frobnicate'] }), /Frobnicate/],
];
test.each(refused)('%s is refused', async (_, bytes, message) => {
  const failure = await loadTeacher(bytes).catch((error) => error);
  expect(failure.name).toBe('DebkdError');
  expect(failure.message).toMatch(message);
});

test('three scores open without a class 1, and are refused where it is needed', async () => {
  using teacher = await loadTeacher(tinyOnnx({ outputs: 3 }));
  expect([teacher.convention, teacher.reading.positiveClass]).toEqual(['unclear', 'open']);
  await expect(teacher.margins(rows)).rejects.toThrow(
    /3 values per row, expected one class \(an index from 0 to 2\) and/,
  );
  await expect(loadTeacher(tinyOnnx({ outputs: 3 }), { class: '0' })).rejects.toThrow(/cannot be told apart/);
});

test('every truncation of a model is refused', async () => {
  for (let length = 0; length < whole.length; length += 3) {
    await expect(loadTeacher(whole.slice(0, length)), `${length} bytes`).rejects.toMatchObject({ name: 'DebkdError' });
  }
});

test('a width that differs from the rows is refused', async () => {
  using teacher = await loadTeacher(tinyOnnx());
  await expect(teacher.margins(denseMatrix(new Float32Array(9), 3))).rejects.toThrow(
    /its input has 2 columns, the encoded rows have 3/,
  );
});
