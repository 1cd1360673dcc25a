// Training, selection and calibration of students with row weights.
import { expect, test } from 'vitest';
import { type Dataset, selectRows } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { meanOne } from '../../src/data/row-weights.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { distillation, hardLabels } from '../../src/loss/distillation.ts';
import { regressionHint } from '../../src/loss/hints.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { calibrate } from '../../src/student/calibrate.ts';
import { rowWeights, trainingWeights } from '../../src/student/class-weight.ts';
import { type FitOptions, fit as fitStudent } from '../../src/student/fit.ts';
import { fitLogistic } from '../../src/student/fit-logistic.ts';
import { labelSelection } from '../../src/student/selection.ts';
import golden from '../golden/weights.json' with { type: 'json' };
import { dice } from '../random.ts';
import { drawWorld, teach } from '../simulator.ts';
import { asStored } from '../stored-matrix.ts';

const { dataset, truth, group } = drawWorld(300, 1);
const d = dice(2);
const weights = Float64Array.from({ length: 300 }, () => d.below(4));
const all = Uint32Array.from([...weights].flatMap((w, i) => Array<number>(w).fill(i)));
const targets = { margins: teach({ dataset, truth, group }, { group: 1 }) };
const weighted: Dataset = { ...dataset, weights };
const options: FitOptions = { seed: 1, epochs: 6 };
const loss = debiasedDistillation({ temperature: 2, alpha: 0.7 });

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);

test.each(golden.logistic)(
  'a logistic student of weighted rows has the optimum of scikit-learn, penalty $penalty',
  async (g) => {
    const [n, k] = [g.x.length, 3];
    const features = denseMatrix(Float32Array.from(g.x.flat()), k);
    const rows: Dataset = { ...dataset, rows: n, features, labels: Int8Array.from(g.y), folds: new Uint8Array(n) };
    const task = { targets: { margins: new Float64Array(n) }, loss: hardLabels() };
    const w = Float64Array.from(g.w);
    const { parameters } = await fitLogistic(rows, task, { weights: w, path: { penalties: [g.penalty] } });
    expect(largest(parameters, [...g.coef, g.intercept])).toBeLessThan(1e-5);
    // weights divided by their mean have the optimum of a penalty divided by it
    const mean = w.reduce((sum, x) => sum + x, 0) / n;
    const scaled = await fitLogistic(rows, task, { weights: meanOne(w), path: { penalties: [g.penalty / mean] } });
    expect(largest(scaled.parameters, parameters)).toBeLessThan(1e-6);
  },
);

test('a network in full batches: a whole weight counts as that many rows, to float32 rounding', async () => {
  const repeated = selectRows(dataset, all);
  const same = { margins: Float64Array.from(all, (i) => targets.margins[i] as number) };
  for (const name of ['sgd', 'adamw'] as const) {
    const how: FitOptions = { ...options, batchSize: 65536, optimizer: { name, learningRate: 0.01 } };
    const a = await fitStudent({ hidden: [6] }, weighted, targets, loss, how);
    const b = await fitStudent({ hidden: [6] }, repeated, same, loss, how);
    const plain = await fitStudent({ hidden: [6] }, dataset, targets, loss, how);
    expect(largest(a.parameters, b.parameters)).toBeLessThan(1e-4);
    expect(largest(a.parameters, plain.parameters)).toBeGreaterThan(1e-3);
    expect(a.training?.history.at(-1)?.train).toBeCloseTo(b.training?.history.at(-1)?.train as number, 5);
  }
});

test.each([[[]], [[6]]])(
  'hidden %j: the unit of the weights does not matter, and equal ones give the bits of none',
  async (hidden) => {
    const train = (list: Float64Array | undefined) =>
      fitStudent({ hidden }, list ? { ...dataset, weights: list } : dataset, targets, loss, options);
    const plain = await train(undefined);
    expect((await train(new Float64Array(300).fill(0.7))).parameters).toEqual(plain.parameters);
    const a = await train(weights);
    expect(a.parameters).not.toEqual(plain.parameters);
    expect((await train(weights.map((w) => 1024 * w))).parameters).toEqual(a.parameters);
  },
);

test.each([[[]], [[6]]])(
  "hidden %j: the option `weights` keeps its meaning and multiplies the dataset's",
  async (hidden) => {
    const factors = Float64Array.from({ length: 300 }, (_, i) => 1 + (i % 3));
    const own = meanOne(weights);
    const product = own.map((w, i) => w * (factors[i] as number));
    const both = await fitStudent({ hidden }, weighted, targets, loss, { ...options, weights: factors });
    const one = await fitStudent({ hidden }, dataset, targets, loss, { ...options, weights: product });
    expect(both.parameters).toEqual(one.parameters);
    expect(trainingWeights(weighted, factors)).toEqual(product);
    expect(trainingWeights(weighted, undefined)).toEqual(own);
    // factors are not scaled
    expect(trainingWeights(dataset, factors)).toBe(factors);
  },
);

test('rows in a file give the same student', async () => {
  const { stored } = asStored(dataset.features as Extract<typeof dataset.features, { data: Int32Array }>);
  const inFile = { ...weighted, features: stored, teacherInputs: stored } as unknown as Dataset;
  for (const hidden of [[], [6]]) {
    const [a, b] = [
      await fitStudent({ hidden }, weighted, targets, loss, options),
      await fitStudent({ hidden }, inFile, targets, loss, options),
    ];
    expect(b.parameters).toEqual(a.parameters);
  }
});

test('balanced classes have equal total weights', () => {
  const labels = Int8Array.of(1, 0, 0, -1);
  const list = Float64Array.of(2, 1, 5, 9);
  const factors = rowWeights(labels, 'balanced', list) as Float64Array;
  const products = list.map((w, i) => w * (factors[i] as number));
  expect(products[0]).toBeCloseTo((products[1] as number) + (products[2] as number), 12);
  expect(products[3]).toBe(9);
  // the total of the labelled rows stays
  expect((products[0] as number) + (products[1] as number) + (products[2] as number)).toBeCloseTo(8, 12);
  expect(rowWeights(labels, 3, list)).toEqual(Float64Array.of(3, 1, 1, 1));
});

test('hints are weighted too', async () => {
  const features = { rows: 300, width: 2, values: Float32Array.from({ length: 600 }, () => d.real(-1, 1)) };
  const hinted = regressionHint(distillation(), { weight: 5 });
  const how: FitOptions = { ...options, features, batchSize: 65536, optimizer: { name: 'sgd', learningRate: 0.01 } };
  const a = await fitStudent({ hidden: [6] }, weighted, targets, hinted, how);
  const repeated = {
    rows: all.length,
    width: 2,
    values: Float32Array.from([...all].flatMap((i) => [...features.values.subarray(2 * i, 2 * i + 2)])),
  };
  const same = { margins: Float64Array.from(all, (i) => targets.margins[i] as number) };
  const b = await fitStudent({ hidden: [6] }, selectRows(dataset, all), same, hinted, { ...how, features: repeated });
  expect(largest(a.parameters, b.parameters)).toBeLessThan(1e-4);
});

test('the selection loss is the weighted cross-entropy of the validation rows', async () => {
  const validation: Dataset = { ...weighted, labels: weighted.labels.map((y, i) => (i % 9 === 0 ? -1 : y)) };
  for (const hidden of [[], [6]]) {
    const student = await fitStudent({ hidden }, dataset, targets, loss, {
      ...options,
      validation: labelSelection(validation),
    });
    const p = student.predictProba(validation);
    const { metrics } = await evaluate(p, validation.labels, { weights, replicates: 2 });
    expect(student.training?.selectionLoss).toBeCloseTo(metrics.logLoss.value, 6);
  }
});

test('weights that are all 0, or too few of them, are refused', async () => {
  await expect(
    fitStudent({ hidden: [2] }, { ...dataset, weights: new Float64Array(300) }, targets, loss, options),
  ).rejects.toThrow(/row weights: all 300 weights are 0/);
  await expect(
    fitStudent({ hidden: [2] }, { ...dataset, weights: new Float64Array(2).fill(1) }, targets, loss, options),
  ).rejects.toThrow(/2 weights for 300 rows/);
});

test('calibration is weighted: it follows the heavy rows', async () => {
  const world = drawWorld(4000, 3);
  const student = await fitStudent(
    { hidden: [] },
    world.dataset,
    { margins: world.truth },
    distillation({ alpha: 1 }),
    {
      seed: 1,
    },
  );
  // of the group all labels are 1, and the group has most of the weight
  const labels = world.dataset.labels.map((y, i) => (world.group[i] && i % 10 < 8 ? 1 : y));
  const heavy = Float64Array.from(world.group, (g) => (g ? 20 : 1));
  const validation = { ...world.dataset, labels };
  const { calibration: plain } = await calibrate(student, validation);
  const { calibration: found, student: moved } = await calibrate(student, { ...validation, weights: heavy });
  expect(found?.taken).toBe(true);
  expect(found?.shift).toBeGreaterThan((plain?.shift as number) + 0.5);
  const mean = (list: Float64Array): number =>
    list.reduce((sum, p, i) => sum + (heavy[i] as number) * p, 0) / heavy.reduce((sum, w) => sum + w, 0);
  expect(mean(moved.predictProba(validation))).toBeCloseTo(mean(Float64Array.from(labels)), 1);
  const same = await calibrate(student, { ...validation, weights: heavy.map((w) => 1e6 * w) });
  expect(same.calibration?.shift).toBeCloseTo(found?.shift as number, 6);
  const few = { ...validation, weights: heavy.map((_, i) => (i < 49 ? 1 : 0)) };
  expect((await calibrate(student, few)).calibration).toBeUndefined();
});
