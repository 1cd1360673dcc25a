// Calibration of a trained student: folded into the last layer if it is clearly better, else the student is unchanged.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { exportTo } from '../../src/deploy/export.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { calibrate } from '../../src/student/calibrate.ts';
import { chooseDeferral } from '../../src/student/choose-deferral.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { Student } from '../../src/student/student.ts';
import { dice } from '../random.ts';
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

test.each([[[]], [[6]]])('calibrates an under-confident student with hidden layers %j', async (hidden) => {
  const student = await trained(hidden, 0.4, 0.5);
  const { student: better, calibration } = await calibrate(student, held);
  expect(calibration).toMatchObject({ taken: true });
  expect(calibration?.slope).toBeGreaterThan(1.8);
  expect(logLoss(better)).toBeLessThan(logLoss(student) - 0.02);
  // z' = a z + b to float32 rounding, and nothing else changed
  const [before, after] = [student.margins(held), better.margins(held)];
  after.forEach((z, i) => {
    const want = (calibration?.slope as number) * (before[i] as number) + (calibration?.shift as number);
    expect(Math.abs(z - want)).toBeLessThan(1e-4);
  });
  const bias = student.parameters.length - (hidden.length > 0 ? 7 : student.parameters.length);
  expect(better.parameters.subarray(0, bias)).toEqual(student.parameters.subarray(0, bias));
});

test('leaves a calibrated student unchanged', async () => {
  const student = await trained([], 1, 0);
  const { student: same, calibration } = await calibrate(student, held);
  expect(same).toBe(student);
  expect(calibration?.taken).toBe(false);
});

test('fits nothing with few labels or few labels of a class', async () => {
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

test('does not invert a student with reversed ranks', async () => {
  const student = await trained([], -1, 0);
  expect((await calibrate(student, held)).student).toBe(student);
});

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const lossOf = (z: number, y: number): number => Math.log1p(Math.exp(y ? -z : z));

/** One column, which is the margin of a student with weight 1 and bias 0. */
function margins(x: ArrayLike<number>, labels: ArrayLike<number>): Dataset {
  const features = denseMatrix(Float32Array.from(x), 1);
  const { rows } = features;
  const column = { name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 } as const;
  return {
    ...{ rows, features, teacherInputs: features, preprocessing: { clip: 10, columns: [column], encodedWidth: 1 } },
    ...{ labels: Int8Array.from(labels), folds: Uint8Array.from({ length: rows }, (_, i) => i % 5) },
  };
}
const identity = new Student({
  ...{ architecture: { hidden: [] }, parameters: Float32Array.of(1, 0), threshold: 0.5, provenance: {} },
  preprocessing: margins([], []).preprocessing,
});

/** Draws labels at log-odds a x + b. */
function draw(rows: number, seed: number, a: number, b: number): Dataset {
  const d = dice(seed);
  const x = Float32Array.from({ length: rows }, () => d.real(-3, 3));
  return margins(
    x,
    Int8Array.from(x, (v) => (d.real(0, 1) < sigmoid(a * v + b) ? 1 : 0)),
  );
}

/** Minimises log-loss at a x + b plus (a - 1)^2 / 2 over the rows outside a fold by Newton's method: [a, b]. */
function platt(x: Float64Array, labels: Int8Array, skip: number): [number, number] {
  let [a, b] = [1, 0];
  for (let turn = 0; turn < 40; turn++) {
    let [ga, gb, aa, ab, bb] = [a - 1, 0, 1, 0, 0];
    x.forEach((v, i) => {
      const y = labels[i] as number;
      if (y < 0 || i % 5 === skip) return;
      const p = sigmoid(a * v + b);
      const c = p * (1 - p);
      ga += (p - y) * v;
      gb += p - y;
      aa += c * v * v;
      ab += c * v;
      bb += c;
    });
    const det = aa * bb - ab * ab;
    [a, b] = [a - (bb * ga - ab * gb) / det, b - (aa * gb - ab * ga) / det];
  }
  return [a, b];
}

/** The expected calibration of a student with margins x, by a plain loop over folds. */
function plainly({ labels, features }: Dataset): { slope: number; shift: number; difference: number; error: number } {
  const x = Float64Array.from(new Float32Array((features as { data: Int32Array }).data.buffer));
  const differences: number[] = [];
  for (let fold = 0; fold < 5; fold++) {
    const [a, b] = platt(x, labels, fold);
    x.forEach((v, i) => {
      const y = labels[i] as number;
      if (y >= 0 && i % 5 === fold) differences.push(lossOf(a * v + b, y) - lossOf(v, y));
    });
  }
  const n = differences.length;
  const difference = differences.reduce((sum, v) => sum + v, 0) / n;
  const squares = differences.reduce((sum, v) => sum + (v - difference) ** 2, 0);
  const [slope, shift] = platt(x, labels, -1);
  return { slope, shift, difference, error: Math.sqrt(squares / (n - 1) / n) };
}

test.each([
  [400, 1, 2, 0.5, true],
  [120, 2, 1.2, 0.2, false],
])('%i rows: the map and its cross-fitted difference equal those of a plain loop', async (rows, seed, a, b, taken) => {
  const drawn = draw(rows, seed, a, b);
  const validation = { ...drawn, labels: drawn.labels.map((y, i) => (i % 7 === 3 ? -1 : y)) };
  const want = plainly(validation);
  const { student, calibration } = await calibrate(identity, validation);
  expect(want.difference).toBeLessThan(0);
  expect(-want.difference > want.error).toBe(taken);
  expect(calibration?.taken).toBe(taken);
  expect(calibration?.slope).toBeCloseTo(want.slope, 5);
  expect(calibration?.shift).toBeCloseTo(want.shift, 5);
  expect(calibration?.difference).toBeCloseTo(want.difference, 7);
  expect(calibration?.standardError).toBeCloseTo(want.error, 7);
  if (!taken) expect(student).toBe(identity);
  else expect(student.parameters).toEqual(Float32Array.of(calibration?.slope ?? 0, calibration?.shift ?? 0));
});

test.each([
  [10, 40, true],
  [40, 10, true],
  [9, 41, false],
  [41, 9, false],
  [20, 29, false],
])('%i labels of class 1 and %i of class 0 with unlabelled rows: enough is %o', async (ones, zeros, enough) => {
  const labels = [...Array(ones).fill(1), ...Array(30).fill(-1), ...Array(zeros).fill(0)];
  const x = labels.map((_, i) => ((i * 7) % 11) - 5);
  const { student, calibration } = await calibrate(identity, margins(x, labels));
  expect(calibration !== undefined).toBe(enough);
  if (!enough) expect(student).toBe(identity);
});

test('reports the difference and its standard error when calibration is worse', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const drawn = draw(200, seed, 1, 0);
    const want = plainly(drawn);
    expect(want.difference).toBeGreaterThan(0);
    const { student, calibration } = await calibrate(identity, drawn);
    expect(student).toBe(identity);
    expect(calibration).toMatchObject({
      taken: false,
      difference: expect.closeTo(want.difference, 7),
      standardError: expect.closeTo(want.error, 7),
    });
  }
});

test('a calibrated student has no band, no thresholds of groups and no quantised weights of the earlier one, and can be exported', async () => {
  const student = await trained([6], 0.4, 0.5);
  const { student: careful } = chooseDeferral(student, held, { rate: 0.2 });
  expect(careful.provenance['deferral']).toBeDefined();
  const { student: better } = await calibrate(quantize(careful, 'int8'), held);
  expect(better).toMatchObject({ defer: undefined, groupThresholds: undefined, quantization: undefined });
  expect(better.provenance).not.toHaveProperty('deferral');
  // the export compares its answers with the student's
  expect((await exportTo('js', better)).files.length).toBeGreaterThan(0);
  const moved = careful.with({ threshold: careful.threshold / 2 });
  expect(moved.defer).toBeUndefined();
  expect(moved.provenance).not.toHaveProperty('deferral');
});
