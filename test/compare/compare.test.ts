// Methods by seeds on the WDBC case: equal terms, paired statistics, nothing lost.
import { expect, test } from 'vitest';
import { type CompareOptions, type Comparison, compare } from '../../src/compare/compare.ts';
import { openJobs } from '../../src/compare/job.ts';
import { METHODS, type Method, methodSpec, parseMethod } from '../../src/compare/methods.ts';
import { decodeOutcome, encodeOutcome } from '../../src/compare/outcome.ts';
import { comparisonCsv, comparisonMarkdown } from '../../src/compare/tables.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { METRICS } from '../../src/metrics/evaluation.ts';
import { meanInterval, wilcoxon } from '../../src/metrics/paired.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

const data = await wdbc();
const teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing: data.preprocessing });
const options: CompareOptions = {
  ...{ teacher, data, student: { hidden: [6] }, epochs: 40, replicates: 40 },
  ...{ seeds: 2, trainRows: 120 },
};
const cacheOf = (entries: Map<string, Uint8Array>): LabelCache => ({
  get: async (key) => entries.get(key),
  put: async (key, bytes) => void entries.set(key, bytes),
});
const plain = ({ timing: _, ...rest }: Comparison): object => rest;
const whole = await compare(METHODS, options);

test('every method has as many settings, all different; the first is the default', () => {
  for (const method of METHODS) {
    const settings = methodSpec(method).settings.map((setting) => JSON.stringify(setting));
    expect(settings, method).toHaveLength(15);
    expect(new Set(settings).size, method).toBe(15);
  }
  expect(methodSpec('kd').settings[0]).toEqual({ temperature: 1, alpha: 0.5 });
  expect(methodSpec('debiased').settings[0]).toEqual({ temperature: 1, strength: 0 });
});

test('one row a method and seed, every metric, every pair', () => {
  expect(whole.schema).toBe('debkd/compare@1');
  expect(whole.results.map(({ method, seed }) => `${method} ${seed}`)).toEqual(
    METHODS.flatMap((m) => [`${m} 1`, `${m} 2`]),
  );
  for (const row of whole.results) {
    expect(Object.keys(row.metrics ?? {}), row.method).toEqual([...METRICS]);
    expect(row.settings).toEqual(methodSpec(row.method).settings[0]);
    expect(row.metrics?.auc).toBeGreaterThan(0.8);
  }
  expect(whole.rows).toEqual({ train: 120, pool: 200, validation: 120, test: 129 });
  expect(whole.summary).toHaveLength(13 * 10);
  expect(whole.paired).toHaveLength(78 * 10);
  const of = (method: Method): number[] =>
    whole.results.filter((row) => row.method === method).map((row) => row.metrics?.logLoss as number);
  const pair = whole.paired.find(({ a, b, metric }) => a === 'debiased' && b === 'kd' && metric === 'logLoss');
  const differences = of('debiased').map((x, i) => x - (of('kd')[i] as number));
  expect(pair?.difference).toEqual(meanInterval(differences));
  expect([pair?.p, pair?.pHolm]).toEqual([null, null]);
  expect(pair?.resampled.low).toBeLessThan(pair?.difference.value as number);
  expect(pair?.resampled.high).toBeGreaterThan(pair?.difference.value as number);
});

test('the same again; fewer methods, in any order, give the same cells', async () => {
  const some = await compare(['debiased', 'hard', 'rkd'], options);
  expect(some.methods).toEqual(['hard', 'rkd', 'debiased']);
  expect(some.results).toEqual(whole.results.filter(({ method }) => some.methods.includes(method)));
  expect(plain(await compare(['debiased', 'hard', 'rkd'], options))).toEqual(plain(some));
});

test('workers, in whatever order they answer, change nothing', async () => {
  const pool: CompareOptions['pool'] = (inputs) => {
    const runs = [openJobs(inputs), openJobs(inputs), openJobs(inputs)];
    let turn = 0;
    return {
      size: 3,
      async run(job) {
        const mine = turn++;
        await new Promise((resolve) => setTimeout(resolve, (mine * 7) % 11));
        return (runs[mine % 3] as (typeof runs)[number])(job);
      },
      [Symbol.dispose]: () => undefined,
    };
  };
  expect(plain(await compare(METHODS, { ...options, pool }))).toEqual(plain(whole));
});

test('tuning: every setting is tried, the one with the lowest selection loss is measured', async () => {
  const tuned = await compare(['kd', 'debiased'], { ...options, seeds: [5], tune: true });
  expect(tuned.seeds).toEqual([5]);
  for (const { method, settings } of tuned.results) {
    const tried = tuned.candidates.filter((c) => c.method === method);
    expect(tried.map((c) => c.settings)).toEqual(methodSpec(method).settings);
    const best = tried.reduce((a, b) => (b.selectionLoss < a.selectionLoss ? b : a));
    expect(settings).toEqual(best.settings);
  }
});

test('finished cells are not repeated; a cell of other rows or options is', async () => {
  const entries = new Map<string, Uint8Array>();
  const cells = cacheOf(entries);
  const controller = new AbortController();
  const stop = compare(['hard', 'kd', 'debiased'], {
    ...{ ...options, cells, signal: controller.signal },
    onProgress: ({ stage, done }) => {
      if (stage === 'compare' && done === 2) controller.abort(new Error('power cut'));
    },
  });
  await expect(stop).rejects.toThrow('power cut');
  expect(entries.size).toBe(2);
  const resumed = await compare(['hard', 'kd', 'debiased'], { ...options, cells });
  expect(resumed.timing.resumed).toBe(2);
  expect(resumed.results).toEqual(whole.results.filter(({ method }) => resumed.methods.includes(method)));
  expect((await compare(['hard', 'kd', 'debiased'], { ...options, cells })).timing.resumed).toBe(6);
  expect((await compare(['hard'], { ...options, cells, epochs: 5 })).timing.resumed).toBe(0);
  expect((await compare(['hard'], { ...options, cells, trainRows: 119 })).timing.resumed).toBe(0);
  expect((await compare(['hard'], { ...options, cells, tune: true, seeds: 1 })).timing.resumed).toBe(0);
});

test('an outcome survives its entry, a damaged entry does not', async () => {
  const run = openJobs({
    ...{ train: data.train, validation: data.validation, test: data.test, features: { why: 'none' } },
    ...{ margins: { train: new Float64Array(200), validation: new Float64Array(120) } },
    ...{ student: { hidden: [] }, trainRows: 50, tune: false, replicates: 3, epochs: 2, own: {} },
  });
  const outcome = await run({ method: 'hard', seed: 1 });
  const bytes = encodeOutcome('k', outcome);
  expect(decodeOutcome('k', bytes)).toEqual(outcome);
  expect(decodeOutcome('l', bytes)).toBeUndefined();
  expect(decodeOutcome('k', bytes.slice(0, -1))).toBeUndefined();
  const none = await run({ method: 'fitnet', seed: 1 });
  expect(none).toEqual({ kind: 'not applicable', why: 'none', seconds: 0 });
  expect(decodeOutcome('k', encodeOutcome('k', none))).toEqual(none);
});

test('a method that cannot apply, or fails, is a row with the reason, and the rest goes on', async () => {
  const weights = Array.from({ length: 30 }, (_, i) => (i % 3) - 1);
  using linear = await loadTeacher(tinyOnnx({ inputs: 30, weights }));
  const validation = { ...data.validation, labels: data.validation.labels.map(() => -1) };
  const change = { teacher: linear, data: { ...data, validation } };
  const result = await compare(['hard', 'kd-soft', 'fitnet'], { ...options, ...change });
  const [hard, , soft, , fitnet] = result.results;
  expect(hard?.failed).toMatch(/validation: no rows to choose the student by/);
  expect(soft?.failed).toBeUndefined();
  expect(soft?.metrics?.auc).toBeGreaterThan(0);
  expect(fitnet).toEqual({
    method: 'fitnet',
    seed: 1,
    notApplicable: 'the teacher is a linear model without a hidden layer',
  });
  expect(result.paired).toEqual([]);
  const markdown = comparisonMarkdown(result);
  expect(markdown).toMatch(/fitnet: not applicable: the teacher is a linear model/);
  expect(markdown).toMatch(/hard: failed: validation: no rows to choose/);
  expect(comparisonCsv(result).split('\n')).toHaveLength(8);
  const flat = await compare(['rkd'], { ...options, student: { hidden: [] }, seeds: 1 });
  expect(flat.results[0]?.notApplicable).toMatch(/the student is a logistic regression/);
});

test('tables: means with intervals, differences of ours, and too few seeds said', () => {
  const markdown = comparisonMarkdown(whole);
  expect(markdown).toMatch(
    /^120 training rows of 200, 120 to choose by, 129 test rows; student 6; 2 seeds; not tuned\.\n/,
  );
  expect(markdown).toMatch(
    /\| debiased − kd \| log-loss \| [+−]0\.\d{4} \([+−].* \.\. [+−].*\) \| .* \| too few seeds \|/,
  );
  expect(markdown).toMatch(/fewer than 6 seeds with a difference are too few for a test/);
  const lines = comparisonCsv(whole).trimEnd().split('\n');
  expect(lines).toHaveLength(27);
  expect(lines[1]).toMatch(/^hard,1,"\{""rate"":0\.002,""decay"":0\.0001\}",0\.\d+,/);
});

test('six seeds and more have p-values, corrected over the rivals', async () => {
  const result = await compare(['hard', 'kd', 'debiased'], { ...options, seeds: 6 });
  const pairs = result.paired.filter(({ metric, a }) => metric === 'logLoss' && a === 'debiased');
  expect(pairs.map(({ b }) => b)).toEqual(['hard', 'kd']);
  for (const { p, pHolm } of pairs) expect(pHolm).toBeGreaterThanOrEqual(p as number);
  const of = (method: Method): number[] =>
    result.results.filter((row) => row.method === method).map((row) => row.metrics?.logLoss as number);
  expect(pairs[1]?.p).toBe(wilcoxon(of('debiased').map((x, i) => x - (of('kd')[i] as number))));
});

test.each([
  [{ seeds: 0 }, /seeds are none, expected different whole numbers/],
  [{ seeds: [1, 1] }, /seeds are 1, 1, expected different/],
  [{ student: { hidden: [0] } }, /hidden widths from 1/],
  [{ layer: 'relu9' }, /no tensor "relu9"; .*\(--layer\)/],
  [{ epochs: 0 }, /epochs is 0/],
  [
    { data: { ...data, test: { ...data.test, labels: data.test.labels.map(() => 1) } } },
    /test rows have labels of one class/,
  ],
])('%j is refused', async (change, message) => {
  await expect(compare(['hard', 'fitnet'], { ...options, ...change } as CompareOptions)).rejects.toThrow(message);
});

test('unknown methods list what exists', async () => {
  expect(() => parseMethod('fitnett')).toThrow(
    /method "fitnett": unknown, expected some of hard, kd, .*; did you mean fitnet\?/,
  );
  await expect(compare([], options)).rejects.toThrow(/no method given, expected some of hard/);
});
