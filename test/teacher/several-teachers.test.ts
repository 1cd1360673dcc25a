// Several teachers: the mean of their log-odds, de-biasing that sees each margin, students that choose, records and compare.
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { readCsv } from '../../src/data/csv.ts';
import { selectRows } from '../../src/data/dataset.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { distill } from '../../src/distill.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { log } from '../../src/kernels/elementary.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { htmlReport } from '../../src/report/html.ts';
import { measureDistillation } from '../../src/report/measure.ts';
import { parseResult } from '../../src/report/parse-result.ts';
import { textReport } from '../../src/report/text.ts';
import { checkpointKey, storedCheckpoint } from '../../src/student/checkpoint.ts';
import { combineTeachers, teacherNames } from '../../src/teacher/combine-teachers.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { model, wdbc } from '../models.ts';
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

const { preprocessing } = await wdbc();
/** The same columns on twice the scale. */
const other: Preprocessing = {
  ...preprocessing,
  columns: preprocessing.columns.map((column) =>
    column.kind === 'numeric' ? { ...column, std: 2 * column.std } : column,
  ),
};
const a = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
const b = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
const pair = combineTeachers([a, b]);
const table = await readCsv(model('wdbc/data.csv'), { target: 'label' });
const data = await encodeParts(table, split(table), preprocessing, { teachers: [preprocessing, other] });
const alone = await encodeParts(table, split(table), other);
const shape = { student: { hidden: [4] }, seed: 1, epochs: 3 };

test('soft labels are the mean of the log-odds, each teacher with its own encoded rows', async () => {
  const [one, two] = [(await softLabels(a, data.train)).margins, (await softLabels(b, alone.train)).margins];
  const both = await softLabels(pair, data.train);
  expect(both.each?.map(({ margins }) => margins)).toEqual([one, two]);
  expect([...both.margins]).toEqual(Array.from(one, (v, i) => (v + (two[i] as number)) / 2));
  const rows = Uint32Array.of(5, 2, 9);
  const some = await softLabels(pair, selectRows(data.train, rows));
  expect([...some.margins]).toEqual(Array.from(rows, (row) => both.margins[row]));
  expect(await hiddenFeatures(pair, data.test)).toEqual(await hiddenFeatures(a, data.test));
});

test('teachers that are refused, and short names', () => {
  expect(() => combineTeachers([a])).toThrow('several teachers: 1, expected two or more single teachers');
  expect(() => combineTeachers([pair, a])).toThrow('a combination of others among them');
  const named = (name: string) => ({ ...a, name });
  expect(teacherNames(['x/a.onnx', 'C:\\y\\a.onnx', 'p', '/z/a.onnx'].map(named))).toEqual(['a', 'a-2', 'p', 'a-3']);
});

test('a stored table gives the same rows', async () => {
  using stored = await storeTable(model('wdbc/data.csv'), { target: 'label' });
  using files = await encodeParts(stored, split(stored), preprocessing, {
    teachers: [preprocessing, other, undefined],
  });
  const [x, y] = [await softLabels(pair, files.train), await softLabels(pair, data.train)];
  expect(x.margins).toEqual(y.margins);
  expect(files.train.otherInputs?.[1]).toHaveProperty('read');
});

/** Two teachers that each know something that the features do not tell, with errors of their own. */
function world(rows: number) {
  const { dataset, truth } = drawWorld(rows, 7);
  const d = dice(8);
  const spread = (): number => d.real(-1, 1) + d.real(-1, 1) + d.real(-1, 1);
  const known = truth.map((v) => v + 2 * spread());
  const teachers = [known.map((v) => v + 1.5 * spread()), known.map((v) => v + 1.5 * spread())];
  return { dataset: { ...dataset, labels: drawLabels(known, d) }, teachers };
}

test('the maps see all margins: the stack has a lower loss than the better teacher alone', async () => {
  const { dataset, teachers } = world(900);
  const margins = teachers[0]?.map((v, i) => (v + (teachers[1]?.[i] as number)) / 2) as Float64Array;
  const lossOf = (z: Float64Array): number =>
    z.reduce((sum, v, i) => sum + log(1 + Math.exp(dataset.labels[i] === 1 ? -v : v)), 0) / z.length;
  const both = await fitDebias(margins, dataset, { teachers });
  const singles = [];
  for (const one of teachers) singles.push(lossOf((await fitDebias(one, dataset)).crossFitted));
  const stack = both.alternatives?.[1]?.crossFitted as Float64Array;
  expect(lossOf(stack)).toBeLessThan(Math.min(...singles) - 0.01);
  // the equal mean of the teachers' own d, the stack, and halfway
  const [equal, whole] = [both.alternatives?.[0]?.crossFitted, stack] as [Float64Array, Float64Array];
  both.crossFitted.forEach((v, i) => {
    expect(v).toBeCloseTo(((equal[i] as number) + (whole[i] as number)) / 2, 9);
  });
  // applied to the rows it was fitted on, the map is close to the cross-fitted margins, and the same in any order
  const applied = applyDebias(both, margins, dataset, { teachers });
  expect(lossOf(applied)).toBeLessThan(lossOf(both.crossFitted) + 0.01);
  const rows = Uint32Array.of(17, 3);
  const few = applyDebias(
    both,
    margins.filter((_, i) => i === 3),
    selectRows(dataset, rows.slice(1)),
    {
      teachers: teachers.map((one) => one.slice(3, 4)),
    },
  );
  expect(few[0]).toBe(applied[3]);
  expect(() => applyDebias(both, margins, dataset)).toThrow('margins of 0 teachers');
});

test('the combination of a fold does not see its labels', async () => {
  const losses: number[] = [];
  for (let seed = 1; seed <= 4; seed++) {
    const { dataset } = drawWorld(80, seed);
    const d = dice(100 + seed);
    // margins that know nothing: a combination fitted on a row's own label would seem to
    const teachers = Array.from({ length: 12 }, () => Float64Array.from({ length: 80 }, () => d.real(-2, 2)));
    const labels = Int8Array.from({ length: 80 }, () => d.below(2));
    const { candidates } = await fitDebias(teachers[0] as Float64Array, { ...dataset, labels }, { teachers });
    losses.push(candidates.find(({ method, teacher }) => method === 'none' && teacher === 0)?.logLoss as number);
  }
  expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeGreaterThan(0.75);
});

test('distill chooses weights by students, and records each teacher', async () => {
  const run = await distill({ teacher: pair, ...data, ...shape });
  expect(run.student.provenance).toMatchObject({
    teacher: { convention: 'logit', teachers: [{ sha256: a.sha256 }, { sha256: b.sha256 }] },
  });
  expect(run.debias.parts.every(({ teacher }) => teacher !== undefined)).toBe(true);
  const { result } = await measureDistillation(run, pair, { data, missing: [] });
  expect(result.teacher.teachers?.map(({ name }) => name)).toEqual(['teacher', 'teacher-2']);
  expect(result.teacher.teachers?.[0]?.metrics.test?.auc.value).toBeGreaterThan(0.9);
  expect(parseResult(JSON.parse(JSON.stringify(result)), 'r')).toMatchObject({ teacher: { teachers: [{}, {}] } });
  expect(textReport(result, undefined)).toMatch(/teacher {2,}teacher-2 {2,}mean of teachers {2,}student/);
  expect(await htmlReport(result)).toContain('Mean log-odds of the teachers');

  const entries = new Map<string, Uint8Array>();
  const cache: LabelCache = {
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes.slice()),
  };
  const checkpoint = storedCheckpoint(cache, checkpointKey(['several']));
  await distill({ teacher: pair, ...data, ...shape, checkpoint });
  const resumed = await distill({ teacher: pair, ...data, ...shape, checkpoint });
  expect(resumed.student.parameters).toEqual(run.student.parameters);
  const off = await distill({ teacher: pair, ...data, ...shape, debias: 'none' });
  expect(off.debiased.train).toEqual(off.soft.train.margins);
});

test('a model and given soft labels that know some rows', async () => {
  const { margins } = await softLabels(
    b,
    (await encodeParts(table, { ...split(table), train: allRows() }, preprocessing)).train,
  );
  const given = givenSoftLabels(Array.from(margins, (v, i) => (i % 2 === 0 ? null : v)));
  const mixed = combineTeachers([a, given]);
  const soft = await softLabels(mixed, data.train);
  (data.train.rowNumbers as Uint32Array).forEach((row, i) => {
    const [one = NaN, two = NaN] = (soft.each ?? []).map((each) => each.margins[i]);
    expect(Number.isNaN(two)).toBe(row % 2 === 0);
    expect(soft.margins[i]).toBe(row % 2 === 0 ? one : (one + two) / 2);
  });
  const run = await distill({ teacher: mixed, ...data, ...shape });
  expect(run.debiased.train.every(Number.isFinite)).toBe(true);
});

function allRows(): Uint32Array {
  return Uint32Array.from({ length: table.rows }, (_, row) => row);
}

test('leakage of one teacher is that of the pair', async () => {
  const { dataset, teachers } = world(1000);
  const train = { data: dataset, margins: dataset.labels };
  const knows = Float64Array.from(train.margins, (y) => (y === 1 ? 6 : -6));
  const half = Uint32Array.from({ length: 400 }, (_, i) => i);
  const validation = selectRows(dataset, half);
  const [x, y] = teachers as [Float64Array, Float64Array];
  const { leakage, debiased } = await debiasParts(
    { data: dataset, margins: x, teachers: [x, knows] },
    { data: validation, margins: x.slice(0, 400), teachers: [x.slice(0, 400), y.slice(0, 400)] },
  );
  expect(leakage.leaked).toBe(true);
  expect(debiased.train).toHaveLength(1000);
});

test('compare: the pair, and each teacher alone as in a comparison of its own', async () => {
  const { train, validation, test: tested } = data;
  const options = { data: { train, validation, test: tested }, ...shape, seeds: 2, epochs: 3 };
  const result = await compare(['hard', 'kd', 'debiased'], { ...options, teacher: pair });
  expect(result.methods).toEqual([
    ...['hard', 'kd@teacher', 'kd@teacher-2', 'kd'],
    ...['debiased@teacher', 'debiased@teacher-2', 'debiased'],
  ]);
  const single = await compare(['kd', 'debiased'], { ...options, teacher: a });
  const metricsOf = ({ results }: typeof result, wanted: string) =>
    results.filter(({ method }) => method === wanted).map(({ metrics }) => metrics);
  expect(metricsOf(result, 'kd@teacher')).toEqual(metricsOf(single, 'kd'));
  expect(metricsOf(result, 'debiased@teacher')).toEqual(metricsOf(single, 'debiased'));
  expect(result.paired.some((one) => one.a === 'debiased' && one.b === 'debiased@teacher')).toBe(true);
  expect(parseResult(JSON.parse(JSON.stringify(result)), 'r')).toMatchObject({ teacher: { teachers: [{}, {}] } });
  expect(await htmlReport(result)).toContain('one teacher alone');
});
