// Rows that are held out for a deferral band: which they are, and that their labels reach nothing else.
import { expect, test } from 'vitest';
import { holdOut } from '../../src/data/hold-out.ts';
import { distill } from '../../src/distill.ts';
import { chooseDeferral } from '../../src/student/choose-deferral.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { drawWorld, teach } from '../simulator.ts';

const world = drawWorld(3000, 5);
const rowNumbers = Uint32Array.from({ length: 3000 }, (_, i) => i);
const validation = { ...world.dataset, rowNumbers, tableRows: 3000 };

test('about half of the labelled rows, whole buckets, unlabelled in the rest', () => {
  const labels = validation.labels.map((y, i) => (i % 3 === 0 ? -1 : y));
  const { validation: rest, heldOut } = holdOut({ ...validation, labels }, 1);
  const labelled = labels.filter((y) => y >= 0).length;
  expect(heldOut.rows / labelled).toBeGreaterThan(0.45);
  expect(heldOut.rows / labelled).toBeLessThan(0.75);
  const taken = new Set(heldOut.rowNumbers);
  labels.forEach((y, row) => {
    expect(rest.labels[row]).toBe(taken.has(row) ? -1 : y);
    if (taken.has(row)) expect(y).not.toBe(-1);
  });
  const buckets = new Set(heldOut.folds);
  labels.forEach((y, row) => {
    if (y >= 0) expect(taken.has(row)).toBe(buckets.has(validation.folds[row] as number));
  });
  expect(holdOut({ ...validation, labels }, 1).heldOut.rowNumbers).toEqual(heldOut.rowNumbers);
  expect(holdOut({ ...validation, labels }, 2).heldOut.rowNumbers).not.toEqual(heldOut.rowNumbers);
});

test('rows of weight 0 are not held out', () => {
  const weights = Float64Array.from({ length: 3000 }, (_, i) => i % 2);
  const { heldOut } = holdOut({ ...validation, weights }, 1);
  expect([...(heldOut.rowNumbers as Uint32Array)].every((row) => row % 2 === 1)).toBe(true);
});

test('without rows for both sides it is refused', () => {
  const none = new Int8Array(3000).fill(-1);
  expect(() => holdOut({ ...validation, labels: none }, 1)).toThrow('0 labelled validation rows');
  const folds = new Uint8Array(3000).fill(7);
  expect(() => holdOut({ ...validation, folds }, 1)).toThrow('that the split keeps together');
});

test('the labels of held-out rows do not reach the student, but its band', async () => {
  const train = drawWorld(1500, 6);
  const all = 4500;
  const margins = Float64Array.from([...teach(world, { scale: 2 }), ...teach(train, { scale: 2 })]);
  const teacher = givenSoftLabels(margins, { convention: 'logit' });
  const numbered = {
    ...train.dataset,
    rowNumbers: Uint32Array.from({ length: 1500 }, (_, i) => 3000 + i),
    tableRows: all,
  };
  const run = async (flipped: boolean) => {
    const { validation: rest, heldOut } = holdOut({ ...validation, tableRows: all }, 1);
    const labels = flipped ? heldOut.labels.map((y) => 1 - y) : heldOut.labels;
    const { student } = await distill({
      teacher,
      train: numbered,
      validation: rest,
      student: { hidden: [4] },
      epochs: 5,
      seed: 1,
    });
    const choose = () => chooseDeferral(student, { ...heldOut, labels }, { target: 0.25 });
    return { bytes: encodeStudent(student), choose, student, heldOut };
  };
  const [plain, flipped] = [await run(false), await run(true)];
  expect(flipped.bytes).toEqual(plain.bytes);
  expect(plain.choose().deferral.counts[0]?.errors).toBeGreaterThan(0);
  expect(flipped.choose).toThrow('deferral with an error rate of at most 0.25');
  // the record has the promise, and the student's answers the band
  const { student, deferral } = plain.choose();
  expect(student.provenance['deferral']).toEqual({ target: 0.25, confidence: 0.95, rows: plain.heldOut.rows });
  expect(deferral.rows).toBe(plain.heldOut.rows);
  expect(() => chooseDeferral(plain.student, plain.heldOut, { target: 1.2 })).toThrow(
    'expected a number between 0 and 1',
  );
});
