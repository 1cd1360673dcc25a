// The choice of maps where labels are few: cross-fitting with several assignments of rows to folds, and groups with a map of their own.
import { expect, test } from 'vitest';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { dice } from '../random.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Rows of two towns; a teacher does not know that class 1 is `shift` log-odds more likely in the second. */
async function world(rows: number, shift: number, seed: number) {
  const d = dice(seed);
  const lines = ['x,town,label'];
  const margins: number[] = [];
  const isSecond: boolean[] = [];
  for (let i = 0; i < rows; i++) {
    const x = d.real(-2, 2);
    const second = d.real(0, 1) < 0.2;
    const v = 1.5 * x - 1;
    lines.push(`${x},${second ? 'Bergen' : 'Oslo'},${d.real(0, 1) < sigmoid(v + (second ? shift : 0)) ? 1 : 0}`);
    margins.push(v);
    isSecond.push(second);
  }
  const table = await readTable(new TextEncoder().encode(lines.join('\n')), { target: 'label' });
  const parts = split(table, { shares: [98, 1, 1] });
  const { train } = await encodeParts(table, parts, undefined, { groups: ['town'] });
  const numbers = [...(train.rowNumbers as Uint32Array)];
  return {
    train,
    margins: Float64Array.from(numbers, (row) => margins[row] as number),
    isSecond: numbers.map((row) => isSecond[row] as boolean),
  };
}

/** The mean of d - v of the rows of a town. */
function meanShift(d: Float64Array, margins: Float64Array, isSecond: readonly boolean[], second: boolean): number {
  const rows = [...d.keys()].filter((i) => isSecond[i] === second);
  return rows.reduce((sum, i) => sum + (d[i] as number) - (margins[i] as number), 0) / rows.length;
}

test('few labels of a group correct it, and more labels correct it further', async () => {
  const gaps: number[] = [];
  for (const rows of [150, 900]) {
    const { train, margins, isSecond } = await world(rows, 2.5, 3);
    const debias = await fitDebias(margins, train);
    expect(debias.candidates.map(({ on }) => on)).toContain('groups');
    const d = applyDebias(debias, margins, train);
    gaps.push(meanShift(d, margins, isSecond, true) - meanShift(d, margins, isSecond, false));
  }
  expect(gaps[0]).toBeGreaterThan(0.5);
  expect(gaps[1]).toBeGreaterThan(1.5);
  expect(gaps[1]).toBeLessThan(3);
});

test('a group that the teacher is right about is left alone', async () => {
  const { train, margins, isSecond } = await world(300, 0, 5);
  const debias = await fitDebias(margins, train);
  const d = applyDebias(debias, margins, train);
  expect(Math.abs(meanShift(d, margins, isSecond, true) - meanShift(d, margins, isSecond, false))).toBeLessThan(0.3);
});

test("a row's own label does not reach its d; rows of its fold do, with other folds", async () => {
  const { train, margins } = await world(300, 2, 7);
  const before = await fitDebias(margins, train, { method: 'platt' });
  const row = 17;
  const flipped = train.labels.map((y, i) => (i === row ? 1 - y : y));
  const after = await fitDebias(margins, { ...train, labels: flipped }, { method: 'platt' });
  expect(after.crossFitted[row]).toBe(before.crossFitted[row]);
  const inFold = [...train.folds.keys()].filter(
    (i) => i !== row && (train.folds[i] as number) % 5 === (train.folds[row] as number) % 5,
  );
  expect(inFold.some((i) => after.crossFitted[i] !== before.crossFitted[i])).toBe(true);
  // with folds that no other assignment can part, each row has the d of one fit
  const coarse = { ...train, folds: train.folds.map((bucket) => bucket % 5) };
  const once = await fitDebias(margins, coarse, { method: 'platt' });
  const other = await fitDebias(margins, { ...coarse, labels: flipped }, { method: 'platt' });
  for (const i of inFold) expect(other.crossFitted[i]).toBe(once.crossFitted[i]);
});
