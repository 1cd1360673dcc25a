// compare on WDBC: equal terms for all methods, paired statistics, resumed cells.
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import type { CompareOptions } from '../../src/compare/compare-options.ts';
import type { Comparison } from '../../src/compare/comparison.ts';
import type { Method, Setting } from '../../src/compare/method.ts';
import { prepareInputs } from '../../src/compare/method-inputs.ts';
import { METHODS } from '../../src/compare/method-names.ts';
import { methodSpec, parseMethod } from '../../src/compare/methods.ts';
import { decodeOutcome, encodeOutcome } from '../../src/compare/outcome.ts';
import { rankMethods } from '../../src/compare/ranks.ts';
import { openJobs } from '../../src/compare/run-jobs.ts';
import type { Pair } from '../../src/compare/summary.ts';
import { comparisonCsv, comparisonMarkdown, differencesTable } from '../../src/compare/tables.ts';
import { selectRows } from '../../src/data/dataset.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import type { Progress } from '../../src/io/progress.ts';
import { distillation, hardLabels, weightedSoftLabels } from '../../src/loss/distillation.ts';
import { regressionHint, relationHint } from '../../src/loss/hints.ts';
import { METRICS, type Metric } from '../../src/metrics/metric.ts';
import { meanInterval, wilcoxon } from '../../src/metrics/paired.ts';
import { fitMany, fit as fitStudent } from '../../src/student/fit.ts';
import type { FitTask } from '../../src/student/fit-context.ts';
import { debiasedSelection, labelSelection } from '../../src/student/selection.ts';
import type { Features } from '../../src/teacher/features.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';
import { dice } from '../random.ts';
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

test('every method has the same number of different settings, the first by default', () => {
  for (const method of METHODS) {
    const settings = methodSpec(method).settings.map((setting) => JSON.stringify(setting));
    expect(settings, method).toHaveLength(15);
    expect(new Set(settings).size, method).toBe(15);
  }
  expect(methodSpec('kd').settings[0]).toEqual({ temperature: 1, alpha: 0.5 });
  expect(methodSpec('debiased').settings[0]).toEqual({ temperature: 1, strength: 0 });
});

test('has one row per method and seed, every metric and every pair', () => {
  expect(whole.schema).toBe('debkd/compare@1');
  expect(whole.results.map(({ method, seed }) => `${method} ${seed}`)).toEqual(
    METHODS.flatMap((m) => [`${m} 1`, `${m} 2`]),
  );
  for (const row of whole.results) {
    expect(Object.keys(row.metrics ?? {}), row.method).toEqual([...METRICS]);
    // 120 training and 120 validation rows have fewer than 250 labels of the rarer class
    const { hint, ...first } = methodSpec(row.method).settings[0] as Setting;
    expect(row.settings).toEqual(
      row.method === 'debiased-hint'
        ? { ...first, hint: row.settings?.hint }
        : { ...first, ...(hint !== undefined && { hint }) },
    );
    if (row.method === 'debiased-hint') expect(row.settings?.hint).toBeGreaterThan(2 * (hint as number));
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

test('repeats its cells, also with fewer methods in another order', async () => {
  const some = await compare(['debiased', 'hard', 'rkd'], options);
  expect(some.methods).toEqual(['hard', 'rkd', 'debiased']);
  expect(some.results).toEqual(whole.results.filter(({ method }) => some.methods.includes(method)));
  expect(plain(await compare(['debiased', 'hard', 'rkd'], options))).toEqual(plain(some));
});

test('gives the same comparison for any order of workers', async () => {
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

test('tunes over every setting and measures the one with the lowest selection loss', async () => {
  const tuned = await compare(['kd', 'debiased'], { ...options, seeds: [5], tune: true });
  expect(tuned.seeds).toEqual([5]);
  for (const { method, settings } of tuned.results) {
    const tried = tuned.candidates.filter((c) => c.method === method);
    // with the values used in training: a higher rate needs many rows
    const used = methodSpec(method).settings.map(({ learningRateScale, ...setting }) =>
      method === 'debiased' ? setting : { learningRateScale, ...setting },
    );
    expect(tried.map((c) => c.settings)).toEqual(used);
    const best = tried.reduce((a, b) => (b.selectionLoss < a.selectionLoss ? b : a));
    expect(settings).toEqual(best.settings);
  }
});

test('records the given options in each setting', async () => {
  const { results } = await compare(['hard', 'debiased'], {
    ...{ ...options, seeds: [5], temperature: 2, alpha: 0.5 },
    infusion: { form: 'mix', strength: 0.3 },
  });
  const settings = Object.fromEntries(results.map(({ method, settings }) => [method, settings]));
  expect(settings['debiased']).toEqual({ temperature: 2, alpha: 0.5, strength: 0.3 });
  expect(settings['hard']).toEqual(methodSpec('hard').settings[0]);
});

test('the progress of the whole call never falls and ends at its total', async () => {
  const seen: Progress[] = [];
  await compare(['hard', 'debiased'], { ...options, onProgress: (progress) => seen.push(progress) });
  const shares = seen.map(({ overall }) => overall?.done as number);
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0))).toBe(true);
  expect(seen.at(-1)?.overall).toEqual({ done: 1, total: 1, secondsLeft: 0 });
  expect(seen.at(-1)?.step?.name).toBe('training and measuring the students of all methods');
});

test('reuses finished cells unless rows or options differ', async () => {
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

test('an outcome round-trips through its entry, and a damaged entry is ignored', async () => {
  const run = openJobs({
    ...{ train: data.train, validation: data.validation, test: data.test, features: { why: 'none' } },
    ...{ margins: { train: new Float64Array(200), validation: new Float64Array(120) } },
    ...{ student: { hidden: [] }, trainRows: 50, tune: false, replicates: 3, epochs: 2, debiasedOptions: {} },
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

test('reports the reason for a method that does not apply or fails, and runs the others', async () => {
  const weights = Array.from({ length: 30 }, (_, i) => (i % 3) - 1);
  using linear = await loadTeacher(tinyOnnx({ inputs: 30, weights }));
  const validation = { ...data.validation, labels: data.validation.labels.map(() => -1) };
  const change = { teacher: linear, data: { ...data, validation } };
  const result = await compare(['hard', 'kd-soft', 'fitnet'], { ...options, ...change });
  const [hard, , soft, , fitnet] = result.results;
  expect(hard?.failed).toMatch(/validation: no rows to select the student by/);
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
  expect(markdown).toMatch(/hard: failed: validation: no rows to select/);
  expect(comparisonCsv(result).split('\n')).toHaveLength(8);
  const flat = await compare(['rkd'], { ...options, student: { hidden: [] }, seeds: 1 });
  expect(flat.results[0]?.notApplicable).toMatch(/the student is a logistic regression/);
});

test('writes means with intervals, differences of the de-biased methods, and a note on too few seeds', () => {
  const markdown = comparisonMarkdown(whole);
  expect(markdown).toMatch(
    /^120 training rows of 200, 120 validation rows, 129 test rows; student 6; 2 seeds; not tuned: the first setting of each method\. ± is half the 95 % t interval over seeds\.\n/,
  );
  expect(markdown).toMatch(
    /\| debiased − kd \| log-loss \| [+−]\.\d{4} \([+−].* \.\. [+−].*\) \| .* \| too few seeds \|/,
  );
  expect(markdown).toMatch(/a test needs 6 or more seeds with a difference/);
  const lines = comparisonCsv(whole).trimEnd().split('\n');
  expect(lines).toHaveLength(27);
  expect(lines[1]).toMatch(/^hard,1,"\{""learningRateScale"":1,""weightDecayScale"":1\}",0\.\d+,/);
});

test('computes p-values from six seeds on, corrected over the rivals', async () => {
  const result = await compare(['hard', 'kd', 'debiased'], { ...options, seeds: 6 });
  const pairs = result.paired.filter(({ metric, a }) => metric === 'logLoss' && a === 'debiased');
  expect(pairs.map(({ b }) => b)).toEqual(['hard', 'kd']);
  for (const { p, pHolm } of pairs) expect(pHolm).toBeGreaterThanOrEqual(p as number);
  const of = (method: Method): number[] =>
    result.results.filter((row) => row.method === method).map((row) => row.metrics?.logLoss as number);
  expect(pairs[1]?.p).toBe(wilcoxon(of('debiased').map((x, i) => x - (of('kd')[i] as number))));
});

test.each<[RegExp, object]>([
  [/seeds are none, expected different whole numbers from 0, at least one/, { seeds: 0 }],
  [/seeds are 1, 1, expected different/, { seeds: [1, 1] }],
  [/hidden widths from 1/, { student: { hidden: [0] } }],
  [/no tensor "relu9".*\(layer\)/, { layer: 'relu9' }],
  [/epochs is 0/, { epochs: 0 }],
  [
    /test rows have labels of one class/,
    { data: { ...data, test: { ...data.test, labels: data.test.labels.map(() => 1) } } },
  ],
])('refuses: %s', async (message, change) => {
  await expect(compare(['hard', 'fitnet'], { ...options, ...change } as CompareOptions)).rejects.toThrow(message);
});

test('lists the methods when one is unknown', async () => {
  expect(() => parseMethod('fitnett')).toThrow(
    /method: "fitnett", expected one of hard, kd, .*; did you mean fitnet\?/,
  );
  await expect(compare([], options)).rejects.toThrow(/no methods, expected some of hard/);
});

test('fitMany gives the bits of fit for each task, also with hints and dropout', async () => {
  const { train, validation } = data;
  const d = dice(4);
  const features = (width: number): Features => ({
    ...{ rows: train.rows, width },
    values: Float32Array.from({ length: train.rows * width }, () => d.real(-1, 1)),
  });
  const [wide, odd] = [features(8), features(5)];
  const margins = Float64Array.from(train.labels, (y) => (y > 0 ? 2 : -2));
  const [labels, soft] = [labelSelection(validation), debiasedSelection(validation, new Float64Array(validation.rows))];
  const base = distillation({ temperature: 2, alpha: 0.7 });
  const tasks: FitTask[] = [
    { targets: { margins }, loss: base, validation: labels },
    { targets: { margins }, loss: hardLabels(), validation: soft, optimizer: { learningRate: 0.01, weightDecay: 0.1 } },
    { targets: { margins }, loss: regressionHint(base, { weight: 1 }), features: wide, validation: labels },
    { targets: { margins }, loss: regressionHint(base, { weight: 0.2 }), features: odd, validation: labels },
    { targets: { margins }, loss: relationHint(base, { weight: 5 }), features: odd, validation: labels },
    { targets: { margins }, loss: relationHint(base, { weight: 1 }), features: odd },
    { targets: { margins }, loss: weightedSoftLabels(), validation: soft, optimizer: { name: 'sgd' } },
  ];
  const { rows } = train;
  for (const batchSize of [7, 64, 500]) {
    const shared = { seed: 3, epochs: 6, batchSize, dropout: 0.1, earlyStopping: { patience: 2 } };
    const together = await fitMany({ hidden: [6] }, train, tasks, shared);
    for (const [i, { targets, loss, ...rest }] of tasks.entries()) {
      const alone = await fitStudent({ hidden: [6] }, train, targets, loss, { ...shared, ...rest });
      expect(together[i]?.parameters, `task ${i}, batches of ${batchSize} of ${rows} rows`).toEqual(alone.parameters);
      expect(together[i]?.training).toEqual(alone.training);
    }
  }
  const other = { ...(tasks[4] as FitTask), features: wide };
  await expect(fitMany({ hidden: [6] }, train, [...tasks, other], { seed: 1, epochs: 1 })).rejects.toThrow(
    'relation hints with different teacher features, expected the same features for all students',
  );
});

test('applies options of the de-biased methods only to them, and records them', async () => {
  const few: CompareOptions = { ...options, seeds: 1 };
  const of = (run: Comparison, method: Method): object | undefined =>
    run.results.find((row) => row.method === method)?.metrics;
  const plain = await compare(['kd', 'debiased'], few);
  expect(plain.own).toEqual({});
  const changes: Partial<CompareOptions>[] = [
    { debias: 'none' },
    { infusion: { form: 'mix', strength: 0.9 } },
    { infusion: { form: 'residual', strength: 0.9 } },
    { temperature: 3 },
    { alpha: 0.2 },
    { select: 'labels' },
  ];
  for (const change of changes) {
    const run = await compare(['kd', 'debiased'], { ...few, ...change });
    expect(of(run, 'kd')).toEqual(of(plain, 'kd'));
    const loss = ({ candidates }: Comparison): number | undefined =>
      candidates.find(({ method }) => method === 'debiased')?.selectionLoss;
    expect(loss(run), JSON.stringify(change)).not.toBe(loss(plain));
    expect(run.own).toEqual(change);
  }
  const byLabels = await compare(['debiased'], { ...few, select: 'labels' });
  expect(of(await compare(['debiased'], { ...few, ablate: ['selection'] }), 'debiased')).toEqual(
    of(byLabels, 'debiased'),
  );
  const weighted = await compare(['kd'], { ...few, classWeight: 'balanced' });
  expect(of(weighted, 'kd')).not.toEqual(of(plain, 'kd'));
  await expect(compare(['debiased'], { ...few, temperature: 0 })).rejects.toThrow('temperature 0');
  await expect(compare(['debiased'], { ...few, infusion: { form: 'mix', strength: 2 } })).rejects.toThrow('strength 2');
  await expect(compare(['kd'], { ...few, classWeight: -1 })).rejects.toThrow('class weight -1');
});

test('ranks over comparisons: ties share a rank, and a comparison without a method does not count', () => {
  const made = (means: Readonly<Partial<Record<Method, number>>>, metric: Metric = 'auc'): Comparison => ({
    ...whole,
    methods: ['hard', 'kd', 'debiased'],
    summary: Object.entries(means).map(([method, mean]) => ({
      ...{ method: method as Method, metric, mean: mean as number, low: null, high: null },
    })),
  });
  const list = [
    made({ hard: 0.7, kd: 0.8, debiased: 0.9 }),
    made({ hard: 0.7, kd: 0.9, debiased: 0.9 }),
    made({ hard: 0.99, kd: 0.1 }),
  ];
  expect(rankMethods(list, 'auc')).toEqual({
    comparisons: 2,
    ranks: [
      { method: 'debiased', meanRank: 1.25, first: 2 },
      { method: 'kd', meanRank: 1.75, first: 1 },
      { method: 'hard', meanRank: 3, first: 0 },
    ],
  });
  const losses = [made({ hard: 0.3, kd: 0.2, debiased: 0.1 }, 'logLoss')];
  expect(rankMethods(losses, 'logLoss').ranks.map(({ method }) => method)).toEqual(['debiased', 'kd', 'hard']);
  expect(rankMethods([], 'auc')).toEqual({ comparisons: 0, ranks: [] });
});

test('the table of differences says which method won', () => {
  const pair = (b: Method, metric: Metric, low: number, high: number): Pair => ({
    ...{ a: 'debiased', b, metric, difference: { value: (low + high) / 2, low, high } },
    ...{ resampled: { low: null, high: null }, p: null, pHolm: null },
  });
  const paired = [
    pair('kd', 'auc', 0.001, 0.003),
    pair('kd', 'logLoss', 0.001, 0.003),
    pair('hard', 'auc', -0.3, -0.1),
    pair('hard', 'logLoss', -0.001, 0.003),
  ];
  expect(differencesTable({ ...whole, paired }, 'debiased').slice(2)).toEqual([
    '| kd | +.0020 (+.0010 .. +.0030) won | +.0020 (+.0010 .. +.0030) lost |',
    '| hard | −.2000 (−.3000 .. −.1000) lost | +.0010 (−.0010 .. +.0030) |',
  ]);
});

test('tries a higher learning rate only from 5,000 rows on', async () => {
  const { settings, plan } = methodSpec('debiased');
  const fast = settings.find(({ learningRateScale }) => learningRateScale === 2) as Setting;
  const validation = { data: data.validation, margins: new Float64Array(data.validation.rows) };
  const rateOf = async (rows: number): Promise<number | undefined> => {
    const picked = selectRows(
      data.train,
      Uint32Array.from({ length: rows }, (_, i) => i % data.train.rows),
    );
    const train = { data: picked, margins: new Float64Array(rows) };
    return (await plan(fast, prepareInputs(train, validation, { debias: 'none' }))).learningRateScale;
  };
  expect(await rateOf(4999)).toBe(1);
  expect(await rateOf(5000)).toBe(2);
});
