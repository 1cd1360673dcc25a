// Calibration of a trained student: taken where it plainly pays, folded into its last layer, and left alone elsewhere.
import { expect, test } from 'vitest';
import { distillation } from '../../src/loss/distillation.ts';
import { calibrate } from '../../src/student/calibrate.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import type { Student } from '../../src/student/student.ts';
import { drawWorld } from '../simulator.ts';

const { dataset, truth } = drawWorld(2000, 3);
const { dataset: held } = drawWorld(1500, 4);
const trained = (hidden: number[], scale: number, shift: number): Promise<Student> =>
  fitStudent({ hidden }, dataset, { margins: truth.map((v) => scale * v + shift) }, distillation({ alpha: 1 }), {
    ...{ seed: 1, epochs: 30 },
  });
const logLoss = (student: Student): number => {
  const p = student.predictProba(held);
  return p.reduce((sum, q, i) => sum - Math.log(held.labels[i] ? q : 1 - q), 0) / p.length;
};

test.each([[[]], [[6]]])('an under-confident student of hidden layers %j is made sure of itself', async (hidden) => {
  const student = await trained(hidden, 0.4, 0.5);
  const { student: better, calibration } = await calibrate(student, held);
  expect(calibration).toMatchObject({ taken: true });
  expect(calibration?.slope).toBeGreaterThan(1.8);
  expect(logLoss(better)).toBeLessThan(logLoss(student) - 0.02);
  // z' = a z + b to the rounding of float32, and nothing else of it has changed
  const [before, after] = [student.margins(held), better.margins(held)];
  after.forEach((z, i) => {
    const want = (calibration?.slope as number) * (before[i] as number) + (calibration?.shift as number);
    expect(Math.abs(z - want)).toBeLessThan(1e-4);
  });
  const bias = student.parameters.length - (hidden.length > 0 ? 7 : student.parameters.length);
  expect(better.parameters.subarray(0, bias)).toEqual(student.parameters.subarray(0, bias));
});

test('a calibrated student is left as it is', async () => {
  const student = await trained([], 1, 0);
  const { student: same, calibration } = await calibrate(student, held);
  expect(same).toBe(student);
  expect(calibration?.taken).toBe(false);
});

test('with few labels, or few of a class, nothing is fitted', async () => {
  const student = await trained([], 0.4, 0);
  const few = (keep: (i: number) => boolean) => ({ ...held, labels: held.labels.map((y, i) => (keep(i) ? y : -1)) });
  expect(
    (
      await calibrate(
        student,
        few((i) => i < 49),
      )
    ).calibration,
  ).toBeUndefined();
  let ones = 0;
  const rare = few((i) => held.labels[i] === 0 || ones++ < 9);
  expect((await calibrate(student, rare)).calibration).toBeUndefined();
});

test('a student that ranks the wrong way round is not turned over', async () => {
  const student = await trained([], -1, 0);
  expect((await calibrate(student, held)).student).toBe(student);
});
