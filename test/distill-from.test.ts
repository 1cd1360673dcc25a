// distill with `from`: a student goes on with new rows, keeps its earlier answers, and records its ancestors.
import { expect, test } from 'vitest';
import { readCsv } from '../src/data/csv.ts';
import { type Dataset, encode, selectRows } from '../src/data/dataset.ts';
import { fitPreprocessing } from '../src/data/fit-preprocessing.ts';
import { distill } from '../src/distill.ts';
import { sha256 } from '../src/io/sha256.ts';
import { log } from '../src/kernels/elementary.ts';
import { debiasedDistillation } from '../src/loss/debiased-distillation.ts';
import { measureDistillation } from '../src/report/measure.ts';
import { fit as trainStudent } from '../src/student/fit.ts';
import { movedRows } from '../src/student/memory-rows.ts';
import type { Student } from '../src/student/student.ts';
import { encodeStudent } from '../src/student/student-bytes.ts';
import { givenSoftLabels } from '../src/teacher/given-soft-labels.ts';
import { dice } from './random.ts';

const { real } = dice(7);
const next = (): number => real(0, 1);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Rows around `centre` with log-odds 2 x, and of new rows 2 x + shift; k is a category that says nothing. */
function makeRows(n: number, { centre, shift }: { centre: number; shift: number }) {
  const rows = Array.from({ length: n }, (_, i) => {
    const [x, z] = [normal(), centre + 0.5 * normal()];
    const margin = 2 * x + shift;
    return { text: `${x},${z},${i % 3 ? 'a' : 'b'},${next() < 1 / (1 + Math.exp(-margin)) ? 'yes' : 'no'}`, margin };
  });
  return {
    csv: `x,z,k,label\n${rows.map(({ text }) => text).join('\n')}\n`,
    margins: rows.map(({ margin }) => margin),
  };
}
const read = (csv: string) => readCsv(new TextEncoder().encode(csv), { target: 'label' });
const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);

const earlier = makeRows(900, { centre: 0, shift: 0 });
const later = makeRows(1200, { centre: 3, shift: -2 });
const [earlierTable, laterTable] = [await read(earlier.csv), await read(later.csv)];
const preprocessing = fitPreprocessing(earlierTable, { rows: range(0, 400) });
const partsOf = (table: typeof earlierTable, ...limits: number[]): Dataset[] =>
  limits.slice(1).map((to, i) => encode(table, preprocessing, { rows: range(limits[i] as number, to) }));
const [oldTrain, oldValidation, oldTest] = partsOf(earlierTable, 0, 400, 500, 900) as [Dataset, Dataset, Dataset];
const [train, validation, newTest] = partsOf(laterTable, 0, 140, 200, 1200) as [Dataset, Dataset, Dataset];

async function firstStudent(hidden: readonly number[]): Promise<Student> {
  const teacher = givenSoftLabels(earlier.margins, { convention: 'logit' });
  const { student } = await distill({
    ...{ teacher, train: oldTrain, validation: oldValidation, student: { hidden }, seed: 1, epochs: 60 },
  });
  return student;
}
const [network, logistic] = [await firstStudent([8]), await firstStudent([])];

function logLoss(student: Student, { labels, ...data }: Dataset): number {
  const p = student.predictProba({ ...data, labels });
  return labels.reduce((sum, y, i) => sum - log(y ? (p[i] as number) : 1 - (p[i] as number)), 0) / labels.length;
}

test.each([
  ['a network', network],
  ['a logistic student', logistic],
])('%s learns the new rows, keeps its earlier answers, and has the same bytes again', async (_, from) => {
  const options = { from, train, validation, seed: 1 };
  const run = await distill(options);
  expect(logLoss(run.student, newTest)).toBeLessThan(logLoss(from, newTest) - 0.05);
  const forgotten = logLoss(run.student, oldTest) - logLoss(from, oldTest);
  const withoutMemory = await trainStudent(
    from.architecture,
    train,
    { margins: run.debiased.train },
    debiasedDistillation(),
    {
      seed: 1,
      initial: from.parameters,
    },
  );
  expect(forgotten).toBeLessThan(0.5 * (logLoss(withoutMemory, oldTest) - logLoss(from, oldTest)));
  expect(run.student.preprocessing).toEqual(from.preprocessing);
  expect(run.student.architecture).toEqual(from.architecture);
  expect(run.student.threshold).not.toBe(from.threshold);
  expect(encodeStudent((await distill(options)).student)).toEqual(encodeStudent(run.student));
});

test('the new student answers earlier rows as the earlier one, with rows to replay', async () => {
  const replay = selectRows(oldTrain, range(0, 300));
  const run = await distill({ from: network, train, validation, seed: 1, replay });
  const drift = (student: Student): number => {
    const [p, q] = [student.predictProba(oldTest), network.predictProba(oldTest)];
    return p.reduce((sum, one, i) => sum + Math.abs(one - (q[i] as number)), 0) / p.length;
  };
  const plain = await distill({ from: network, train, validation, seed: 1 });
  expect(encodeStudent(run.student)).not.toEqual(encodeStudent(plain.student));
  expect(drift(run.student)).toBeLessThan(0.03);
  // labels of rows to replay are not used
  const unlabelled = { ...replay, labels: replay.labels.map(() => -1) as Int8Array<ArrayBuffer> };
  const again = await distill({ from: network, train, validation, seed: 1, replay: unlabelled });
  expect(encodeStudent(again.student)).toEqual(encodeStudent(run.student));
});

test('the record names the ancestors, the newest first', async () => {
  const child = await distill({ from: network, train, validation, seed: 1 });
  const grandchild = await distill({ from: child.student, train, validation, seed: 2 });
  const [parent, own] = [network, child.student].map((student) => sha256(encodeStudent(student)));
  expect(child.from?.parents).toEqual([parent]);
  expect(grandchild.from?.parents).toEqual([own, parent]);
  expect(grandchild.student.provenance).toMatchObject({ parents: [own, parent], teacher: { sha256: own } });
});

test('a teacher is the first, and the earlier student the second', async () => {
  const teacher = givenSoftLabels(later.margins, { convention: 'logit' });
  const run = await distill({ from: network, teacher, train, validation, seed: 1 });
  expect(run.soft.train.each).toHaveLength(2);
  expect(run.student.provenance).toMatchObject({
    teacher: { teachers: [{}, { sha256: sha256(encodeStudent(network)) }] },
  });
  expect(logLoss(run.student, newTest)).toBeLessThan(logLoss(network, newTest));
});

test('a run without a teacher is measured with the earlier student in its place, one with a teacher with both', async () => {
  const data = { train, validation, test: newTest };
  const run = await distill({ from: network, train, validation, seed: 1 });
  const { result, margins } = await measureDistillation(run, undefined, { data, missing: [] });
  expect(margins).toEqual(network.margins(newTest.features));
  const parent = sha256(encodeStudent(network));
  expect(result.teacher).toMatchObject({ sha256: parent });
  expect(result.from).toEqual({ step: run.from?.step, parents: [parent] });
  const teacher = givenSoftLabels(later.margins, { convention: 'logit' });
  const both = await distill({ from: network, teacher, train, validation, seed: 1 });
  const measured = await measureDistillation(both, teacher, { data, missing: [] });
  expect(measured.result.teacher.teachers?.map((one) => one.sha256)).toEqual([teacher.sha256, parent]);
  const plain = await distill({ teacher, train, validation, student: { hidden: [] }, seed: 1, epochs: 2 });
  await expect(measureDistillation(plain, undefined, { data, missing: [] })).rejects.toThrow(
    'measureDistillation: no teacher',
  );
});

test('labels that agree with the student leave its weights as they are', async () => {
  const agree = (data: Dataset): Dataset => {
    const p = network.predictProba(data);
    let sum = 0;
    // rounds sums of probabilities: as many labels of class 1 as expected, at every level
    const order = [...p.keys()].sort((a, b) => (p[a] as number) - (p[b] as number));
    const labels = new Int8Array(data.rows);
    for (const i of order) {
      const before = Math.round(sum);
      sum += p[i] as number;
      labels[i] = Math.round(sum) - before;
    }
    return { ...data, labels };
  };
  const run = await distill({ from: network, train: agree(oldTrain), validation: agree(oldValidation), seed: 1 });
  expect(run.from?.step).toBe(0);
  expect(run.student.parameters).toEqual(network.parameters);
});

test('training starts at the initial parameters', async () => {
  const targets = { margins: new Float64Array(train.rows) };
  const rate = { name: 'sgd', learningRate: 1e-9 } as const;
  const near = await trainStudent(network.architecture, train, targets, debiasedDistillation(), {
    ...{ seed: 1, epochs: 1, initial: network.parameters, optimizer: rate },
  });
  for (const [i, p] of near.parameters.entries()) expect(p).toBeCloseTo(network.parameters[i] as number, 5);
  const held = await trainStudent({ hidden: [] }, train, targets, debiasedDistillation(), {
    ...{ seed: 1, initial: logistic.parameters, path: { penalties: [1e9] } },
  });
  // the weights are held, the bias is not
  const { encodedWidth } = preprocessing;
  for (let j = 0; j < encodedWidth; j++) expect(held.parameters[j]).toBeCloseTo(logistic.parameters[j] as number, 5);
  expect(held.parameters[encodedWidth]).not.toBeCloseTo(logistic.parameters[encodedWidth] as number, 2);
});

test('memory rows have the earlier mean and deviation, and the categories of the new rows', () => {
  const moved = movedRows(train, train) as Dataset;
  const { fieldColumns, fields } = moved.features;
  const values = new Float32Array(moved.features.data.buffer);
  const places = [...fieldColumns.keys()].filter((s) => (fieldColumns[s] as number) >= 0);
  expect(places).toHaveLength(2);
  for (const s of places) {
    const column = Array.from({ length: train.rows }, (_, i) => values[i * fields + s] as number);
    const mean = column.reduce((sum, z) => sum + z, 0) / train.rows;
    expect(mean).toBeCloseTo(0, 4);
    expect(column.reduce((sum, z) => sum + (z - mean) ** 2, 0) / train.rows).toBeCloseTo(1, 3);
  }
  const category = [...fieldColumns.keys()].find((s) => (fieldColumns[s] as number) < 0) as number;
  for (let i = 0; i < train.rows; i++)
    expect(moved.features.data[i * fields + category]).toBe(train.features.data[i * fields + category]);
});

test('what contradicts the earlier student is refused', async () => {
  const options = { from: network, train, validation, seed: 1 };
  await expect(distill({ ...options, student: { hidden: [8] } })).rejects.toThrow('an architecture is given as well');
  const other = fitPreprocessing(laterTable, { rows: range(0, 140) });
  await expect(distill({ ...options, train: encode(laterTable, other, { rows: range(0, 140) }) })).rejects.toThrow(
    'encode them with from.preprocessing',
  );
  const named = { name: 'label', positive: 'good', negative: 'bad' };
  await expect(distill({ ...options, train: { ...train, target: named } })).rejects.toThrow(
    'the classes of the earlier student: class 1 is label = "yes", class 0 "no"',
  );
  await expect(distill({ train, validation, seed: 1 })).rejects.toThrow('no teacher');
});
