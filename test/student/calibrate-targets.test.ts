// Calibration on the targets of a selection: known slopes are found again, and a calibrated student is left alone.
import { expect, test } from 'vitest';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { calibrateOnTargets } from '../../src/student/calibrate.ts';
import { fit as train } from '../../src/student/fit.ts';
import type { Selection } from '../../src/student/selection.ts';
import { drawImages } from '../image-students.ts';

const { dataset: drawn, margins } = drawImages(200, 3);
const dataset = { ...drawn, folds: Uint8Array.from({ length: 200 }, (_, i) => i % 5) };
const student = await train({ hidden: [], conv: { channels: [4] } }, dataset, { margins }, debiasedDistillation(), {
  ...{ seed: 1, epochs: 2 },
});
const rows = Uint32Array.from({ length: dataset.rows }, (_, i) => i);
const selectionOf = (of: (z: number) => number, used: Uint32Array = rows): Selection => ({
  dataset,
  rows: used,
  targets: Float64Array.from(used, (row) => sigmoid(of(student.margins(dataset)[row] as number))),
});

test('finds the slope and the shift of the targets', async () => {
  const { student: calibrated, calibration } = await calibrateOnTargets(
    student,
    selectionOf((z) => 1.5 * z - 0.4),
  );
  expect(calibration?.taken).toBe(true);
  // the prior on the slope, (a - 1)^2 / 2, pulls it a little towards 1
  expect(calibration?.slope).toBeGreaterThan(1.3);
  expect(calibration?.slope).toBeLessThan(1.5);
  expect(calibration?.shift).toBeCloseTo(-0.4, 1);
  expect(calibration?.difference).toBeLessThan(0);
  const [before, after] = [student.margins(dataset), calibrated.margins(dataset)];
  const { slope = 0, shift = 0 } = calibration ?? {};
  after.forEach((z, i) => {
    expect(z).toBeCloseTo(slope * (before[i] as number) + shift, 4);
  });
});

test('leaves a student that fits its targets, and one with fewer than 50 rows', async () => {
  const fitting = await calibrateOnTargets(
    student,
    selectionOf((z) => z),
  );
  expect(fitting.calibration?.slope).toBeCloseTo(1, 2);
  expect(Math.abs(fitting.calibration?.difference ?? 1)).toBeLessThan(1e-4);
  const few = selectionOf((z) => 3 * z, rows.subarray(0, 49));
  expect(await calibrateOnTargets(student, few)).toEqual({ student, calibration: undefined });
});

test('weights of whole numbers equal repeated rows', async () => {
  const weights = Float64Array.from(rows, (row) => (row < 100 ? 2 : 1));
  const weighted = await calibrateOnTargets(student, {
    ...selectionOf((z) => 2 * z + 0.3),
    dataset: { ...dataset, weights },
  });
  const repeated = Uint32Array.from([...rows.subarray(0, 100), ...rows]).sort();
  const plain = await calibrateOnTargets(
    student,
    selectionOf((z) => 2 * z + 0.3, repeated),
  );
  // weights are divided by their mean, so the prior weighs a little more
  expect(weighted.calibration?.slope).toBeCloseTo(plain.calibration?.slope as number, 1);
  expect(weighted.calibration?.shift).toBeCloseTo(plain.calibration?.shift as number, 1);
});
