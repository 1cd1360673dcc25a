// Row weights in whole runs: distill, its record and report, baselines, compare, keys of cells.
import { expect, test } from 'vitest';
import { trainBaselines } from '../../src/compare/baselines.ts';
import { compare } from '../../src/compare/compare.ts';
import { type CompareInputs, inputsDigest } from '../../src/compare/compare-inputs.ts';
import type { CompareOptions } from '../../src/compare/compare-options.ts';
import type { Comparison } from '../../src/compare/comparison.ts';
import { METHODS } from '../../src/compare/method-names.ts';
import { comparisonMarkdown } from '../../src/compare/tables.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { summariseWeights } from '../../src/data/row-weights.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { distill } from '../../src/distill.ts';
import type { CompleteOptions } from '../../src/distill-options.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { packPlain, unpackPlain } from '../../src/io/plain.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { htmlReport } from '../../src/report/html.ts';
import { measureDistillation } from '../../src/report/measure.ts';
import { parseResult } from '../../src/report/parse-result.ts';
import { textReport } from '../../src/report/text.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { weightWarnings } from '../../src/warnings/weight-warnings.ts';
import { model, wdbc } from '../models.ts';

const data = await wdbc();
const teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing: data.preprocessing });
const weigh = (part: Dataset, of: (i: number) => number): Dataset => ({
  ...part,
  weights: Float64Array.from({ length: part.rows }, (_, i) => of(i)),
  weightColumn: 'w<b>',
});
type Parts = Record<'train' | 'validation' | 'test', Dataset>;
const all = (of: (i: number) => number): Parts => ({
  train: weigh(data.train, of),
  validation: weigh(data.validation, of),
  test: weigh(data.test, of),
});
const uneven = all((i) => [0, 1, 1, 2, 5][i % 5] as number);
const options: Omit<CompleteOptions, 'train' | 'validation'> = {
  teacher,
  student: { hidden: [6] },
  seed: 1,
  epochs: 15,
};
const plainData: Parts = { train: data.train, validation: data.validation, test: data.test };

test('equal weights give the student of no weights, to the bit; others give another', async () => {
  const [plain, equal, other] = [
    await distill({ ...options, ...plainData, calibrate: true }),
    await distill({ ...options, ...all(() => 2.5), calibrate: true }),
    await distill({ ...options, ...uneven, calibrate: true }),
  ];
  expect(equal.student.parameters).toEqual(plain.student.parameters);
  expect(equal.student.threshold).toBe(plain.student.threshold);
  expect(equal.debiased).toEqual(plain.debiased);
  expect(equal.infusion).toEqual(plain.infusion);
  expect(other.student.parameters).not.toEqual(plain.student.parameters);
  expect(other.debias.parameters).not.toEqual(plain.debias.parameters);
  expect(plain.student.provenance).not.toHaveProperty('weights');
  expect(other.student.provenance['weights']).toBe('w<b>');
});

test('record, page and text name the weights, and the metrics are weighted', async () => {
  const run = await distill({ ...options, ...uneven });
  const baselines = await trainBaselines(run, uneven, { ...options });
  const groups = [Array.from({ length: data.test.rows }, (_, i) => `g=${i % 2}`)];
  const { result } = await measureDistillation(run, teacher, { data: uneven, missing: [], groups, baselines });
  expect(result.weights).toEqual({
    column: 'w<b>',
    train: summariseWeights(uneven.train.weights as Float64Array),
    validation: summariseWeights(uneven.validation.weights as Float64Array),
    test: summariseWeights(uneven.test.weights as Float64Array),
  });
  const p = run.student.predictProba(uneven.test);
  const wanted = await evaluate(p, uneven.test.labels, {
    threshold: run.student.threshold,
    scores: run.student.margins(uneven.test),
    weights: uneven.test.weights,
  });
  expect(result.metrics.test).toEqual(wanted.metrics);
  expect(result.debias.logLoss).toBeCloseTo(Math.min(...result.debias.candidates.map(({ logLoss }) => logLoss)), 1);
  const page = await htmlReport(result);
  expect(page).toContain('Rows are weighted by &#34;w&#60;b&#62;&#34;');
  expect(page).toMatch(/Weights of the test rows.*sum \d+, from 0 to 5, effective sample size [\d.]+ of 129/);
  const text = textReport(result, undefined);
  expect(text).toContain('Rows are weighted by "w<b>"\n  training rows: sum ');
  // the schema keeps them
  const stored = parseResult(JSON.parse(JSON.stringify(result)), 'r');
  expect(stored).toEqual(JSON.parse(JSON.stringify(result)));
  expect(await htmlReport(stored)).toBe(page);
  const { result: bare } = await measureDistillation(await distill({ ...options, ...plainData }), teacher, {
    data: plainData,
    missing: [],
  });
  expect(bare).not.toHaveProperty('weights');
  expect(await htmlReport(bare)).not.toContain('eighted');
});

test('weights in one part only are refused before the teacher runs', async () => {
  await expect(distill({ ...options, train: uneven.train, validation: data.validation })).rejects.toThrow(
    /row weights: train has weights, and validation has none/,
  );
  const mixed = { ...uneven, test: data.test };
  await expect(compare(['kd'], { teacher, data: mixed, student: { hidden: [] } })).rejects.toThrow(
    /train has weights, and test has none/,
  );
});

const setting: Omit<CompareOptions, 'data'> = {
  ...{ teacher, student: { hidden: [4] }, epochs: 12, replicates: 20 },
  ...{ seeds: [3], trainRows: 120 },
};
const results = ({ results: rows, summary, paired, rows: counts }: Comparison): object => ({
  rows,
  summary,
  paired,
  counts,
});

test('compare: equal weights give the results of none for every method, others do not, and the record says so', async () => {
  const methods = [...METHODS, 'kd+calibration', 'debiased+calibration'] as const;
  const [plain, equal, other] = [
    await compare(methods, { ...setting, data: plainData }),
    await compare(methods, { ...setting, data: all(() => 3) }),
    await compare(methods, { ...setting, data: uneven }),
  ];
  expect(results(equal)).toEqual(results(plain));
  expect(plain).not.toHaveProperty('weights');
  for (const [i, { method, metrics }] of other.results.entries())
    expect(metrics?.logLoss, method).not.toBe(plain.results[i]?.metrics?.logLoss);
  expect(other.weights?.train?.largest).toBe(5);
  expect(comparisonMarkdown(other)).toContain('Rows are weighted by "w<b>": training rows, sum ');
  expect(comparisonMarkdown(plain)).not.toContain('eighted');
  const stored = parseResult(JSON.parse(JSON.stringify(other)), 'c');
  expect(stored).toEqual(JSON.parse(JSON.stringify(other)));
  expect(await htmlReport(stored)).toContain('Rows are weighted by');
});

test('inputs keep weights on their way to workers; keys depend on them, and are as before without them', async () => {
  const cells = new Map<string, Uint8Array>();
  const cache: LabelCache = {
    get: async (key) => cells.get(key),
    put: async (key, bytes) => void cells.set(key, bytes),
  };
  const seen: CompareInputs[] = [];
  const capture = async (parts: Parts): Promise<Comparison> =>
    compare(['hard'], {
      ...setting,
      data: parts,
      cells: cache,
      pool: (inputs) => {
        seen.push(inputs);
        return {
          size: 1,
          run: async () => ({ kind: 'not applicable', why: 'no', seconds: 0 }),
          [Symbol.dispose]: () => undefined,
        };
      },
    });
  await capture(plainData);
  await capture(uneven);
  await capture(all((i) => 1 + (i % 2)));
  expect(cells.size).toBe(3);
  const [plain, weighted] = seen as [CompareInputs, CompareInputs];
  const unpacked = unpackPlain<CompareInputs>(packPlain(weighted));
  expect(unpacked.train.weights).toEqual(uneven.train.weights);
  expect(inputsDigest(unpacked)).toBe(inputsDigest(weighted));
  const { weights: _, weightColumn: __, ...bare } = weighted.train;
  const without = [weighted.validation, weighted.test].map(({ weights: w, weightColumn: c, ...rest }) => rest);
  const [validation, test] = without as [Dataset, Dataset];
  expect(inputsDigest({ ...weighted, train: bare, validation, test })).toBe(inputsDigest(plain));
});

test('quantisation is measured with the weights of its rows', async () => {
  const { student } = await distill({ ...options, ...plainData });
  const [plain, equal, other] = [data.test, all(() => 7).test, uneven.test].map(
    (part) => quantize(student, 'int8', { data: part, force: true }).quantization?.loss,
  );
  expect(equal).toEqual(plain);
  expect(other?.logLoss).not.toEqual(plain?.logLoss);
  const { metrics } = await evaluate(student.predictProba(uneven.test), uneven.test.labels, {
    weights: uneven.test.weights,
    scores: student.margins(uneven.test),
    replicates: 2,
  });
  expect(other?.logLoss?.[0]).toBeCloseTo(metrics.logLoss.value, 5);
  expect(other?.auc?.[0]).toBeCloseTo(metrics.auc.value, 5);
});

test('warns about few effective rows of a class, and about one row with much of the weight', () => {
  const labels = Int8Array.from({ length: 200 }, (_, i) => i % 2);
  const even = new Float64Array(200).fill(2);
  expect(weightWarnings('training', { labels, weights: even })).toEqual([]);
  expect(weightWarnings('training', { labels })).toEqual([]);
  const [few, ...more] = weightWarnings('test', { labels, weights: even.map((_, i) => (i % 2 && i > 41 ? 0.001 : 1)) });
  expect(few).toMatch(
    /^test: by their weights, the 100 rows of class 1 count as 21\.\d rows of equal weight, fewer than 30/,
  );
  expect(more).toEqual([]);
  const heavy = weightWarnings('validation', { labels, weights: even.map((w, i) => (i === 7 ? 50 : w)) });
  expect(heavy.at(-1)).toMatch(/^validation: row 8 of the part has 11 % of the total weight/);
  const lighter = weightWarnings('validation', { labels, weights: even.map((w, i) => (i === 7 ? 44 : w)) });
  expect(lighter.filter((text) => text.includes('of the total weight'))).toEqual([]);
});
