// Margins of each form against exact numbers, and their limit.
import { expect, test } from 'vitest';
import { MARGIN_LIMIT, type MarginForm, toMargins } from '../../src/teacher/margin.ts';

type Form = MarginForm['form'];
const { log } = Math;
const UNTOUCHED = -12345;

/**
 * Margins of the rows. Passes an additional row and a larger array, and checks that the surrounding values stay
 * untouched.
 */
function marginsOf(form: Form, width: number, place: number, values: readonly number[], negate = false) {
  const rows = values.length / width;
  const out = new Float64Array(rows + 3).fill(UNTOUCHED);
  const more = Array.from({ length: width }, (_, k) => 0.1 * (k + 1));
  const limited = toMargins([...values, ...more], { form, width, place, negate }, out.subarray(1, 1 + rows));
  const margins = [...out];
  expect([margins.shift(), margins.pop(), margins.pop()]).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  return { margins, limited };
}

function close(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  want.forEach((v, i) => {
    const off = Math.abs((got[i] as number) - v);
    expect(off, `row ${i}: ${got[i]} for ${v}`).toBeLessThan(1e-14 * Math.max(1, Math.abs(v)));
  });
}

const [two, three, five, seven, eight] = [log(2), log(3), log(5), log(7), log(8)];
const cases: [string, Form, width: number, place: number, values: number[], want: number[]][] = [
  ['a logit is the margin, however large', 'logit', 1, 0, [-2.5, 0, 700], [-2.5, 0, 700]],
  ['a logit is read at its index', 'logit', 2, 1, [-3, 3, 4, -4], [3, -4]],
  ['two logits: the second minus the first', 'logits', 2, 1, [1, 4, 2, -7], [3, -9]],
  ['two logits: the first minus the second', 'logits', 2, 0, [1, 4, 2, -7], [-3, 9]],
  ['the first of three logits against the sum of the others', 'logits', 3, 0, [two, three, five], [two - eight]],
  ['the second of three logits against the sum of the others', 'logits', 3, 1, [two, three, five], [three - seven]],
  ['the last of three logits against the sum of the others', 'logits', 3, 2, [two, three, five], [0]],
  ['a logit far above the others', 'logits', 3, 0, [1000, 0, 0], [1000 - two]],
  ['a logit far below the others', 'logits', 3, 0, [0, 1000, 1000], [-1000 - two]],
  ['a probability becomes its log-odds', 'probability', 1, 0, [0.75, 0.5, 0.25, 0.9], [three, 0, -three, log(9)]],
  ['an independent probability among others', 'probability', 3, 1, [0.5, 0.75, 0.5], [three]],
  ['probabilities of any sum', 'probabilities', 2, 1, [0.1, 0.3, 0.3, 0.06], [three, -five]],
  ['the first of three probabilities against the others', 'probabilities', 3, 0, [0.0625, 0.25, 0.25], [-eight]],
  ['the second of three probabilities against the others', 'probabilities', 3, 1, [0.0625, 0.5, 0.0625], [log(4)]],
];

test.each(cases)('%s; mirrored for values of class 0', (_, form, width, place, values, want) => {
  const { margins, limited } = marginsOf(form, width, place, values);
  close(margins, want);
  expect(limited).toBe(0);
  expect(marginsOf(form, width, place, values, true)).toEqual({ margins: margins.map((v) => -v), limited: 0 });
});

test('a score of minus infinity for one of two classes gives an infinite margin, not NaN', () => {
  expect(marginsOf('logits', 2, 1, [-Infinity, 0])).toEqual({ margins: [Infinity], limited: 0 });
});

test('margins of probabilities are limited to 16, and limited ones are counted', () => {
  expect(MARGIN_LIMIT).toBe(16);
  const values = [0, 1, 2e-7, 1e-8, 0.5];
  const { margins, limited } = marginsOf('probability', 1, 0, values);
  expect(limited).toBe(3);
  close(margins, [-16, 16, log(2e-7) - Math.log1p(-2e-7), -16, 0]);
  expect(marginsOf('probability', 1, 0, values, true)).toEqual({ margins: margins.map((v) => -v), limited });
});

test.each([
  [1, 16],
  [0, -16],
])('a margin of exactly 16 is not limited: value %i, %i', (place, want) => {
  const edge = 1.12535174719259e-7;
  expect(marginsOf('probabilities', 2, place, [edge, 1])).toEqual({ margins: [want], limited: 0 });
  expect(marginsOf('probabilities', 2, place, [edge * (1 - 1e-12), 1])).toEqual({ margins: [want], limited: 1 });
});
