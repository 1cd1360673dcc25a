// Invalid arguments of the library: unknown names, wrong lengths and counts out of range are refused before training.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as debkd from '../src/index.ts';
import * as internals from '../src/internals.ts';
import type { LabelCache } from '../src/io/cache.ts';
import { temporary } from './cli/run.ts';
import { model, wdbc } from './models.ts';

const { train, validation, test: held, preprocessing, table } = await wdbc();
const teacher = await debkd.loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
const margins = (await debkd.softLabels(teacher, train)).margins;
const short = margins.slice(0, 5);
const student = { hidden: [4] };
const base = { teacher, train, validation, student, seed: 1, epochs: 1 };
const compared = { teacher, data: { train, validation, test: held }, student, seeds: 1, epochs: 1 };
const fitted = await debkd.fit(student, train, { margins }, debkd.hardLabels(), { seed: 1, epochs: 1 });
const odd = <T>(value: unknown): T => value as T;

const cases: readonly [string, () => unknown, RegExp][] = [
  ['distill debias', () => debkd.distill({ ...base, debias: odd('plat') }), /"plat".*did you mean platt\?/],
  [
    'distill form',
    () => debkd.distill({ ...base, infusion: { form: odd('foo') } }),
    /form: "foo", expected one of mix/,
  ],
  [
    'distill select',
    () => debkd.distill({ ...base, select: odd('foo') }),
    /select: "foo", expected one of debiased, labels/,
  ],
  ['distill loss', () => debkd.distill({ ...base, loss: { ...debkd.hardLabels(), name: odd('foo') } }), /loss: "foo"/],
  ['compare method', () => debkd.compare([odd('foo'), 'hard'], compared), /method: "foo"/],
  ['compare select', () => debkd.compare(['debiased'], { ...compared, select: odd('foo') }), /select: "foo"/],
  [
    'compare form',
    () => debkd.compare(['debiased'], { ...compared, infusion: { form: odd('foo'), strength: 1 } }),
    /"foo"/,
  ],
  [
    'compare rows',
    () => debkd.compare(['hard'], { ...compared, trainRows: -5 }),
    /-5 training rows, expected 1 or more/,
  ],
  ['compare replicates', () => debkd.compare(['hard'], { ...compared, replicates: -1 }), /-1 replicates/],
  ['sampleRows', () => internals.sampleRows(new Uint32Array(9), -5, 1), /-5 rows, expected 0 or more/],
  [
    'none takes no strength',
    () => debkd.infuse({ margins }, train, { form: 'none', strength: 0.3 }),
    /strength 0.3 for the form none, expected 0/,
  ],
  ['quantize', () => debkd.quantize(fitted, odd('foo')), /"foo", expected one of float16, int8/],
  ['exportTo', () => debkd.exportTo(odd('lambda'), fitted), /"lambda", expected one of onnx/],
  [
    'fit targets',
    () => debkd.fit(student, train, { margins: short }, debkd.hardLabels(), { seed: 1 }),
    /5 targets for \d+ rows/,
  ],
  [
    'fit weights',
    () => debkd.fit(student, train, { margins }, debkd.hardLabels(), { seed: 1, weights: short }),
    /5 weights for \d+ rows/,
  ],
  ['infuse', () => debkd.infuse({ margins: short }, train, { form: 'mix', strength: 0.5 }), /5 margins for/],
  ['fitDebias', () => debkd.fitDebias(short, train), /5 margins for/],
  [
    'debiasParts',
    () => debkd.debiasParts({ data: train, margins: short }, { data: validation, margins: short }),
    /5 margins for/,
  ],
  ['recordChanges', () => internals.recordChanges(margins, short, margins, train), /5 de-biased labels for/],
  ['rocAuc', () => internals.rocAuc(short, train.labels), /5 scores for/],
  ['chooseThreshold', () => debkd.chooseThreshold(short, train.labels), /5 probabilities for/],
  ['groupBias', () => debkd.groupBias(fitted.predictProba(train), train.labels, ['a'], 0.5), /1 groups for/],
  ['evaluate', () => debkd.evaluate(fitted.predictProba(train), train.labels, { groups: [['a']] }), /1 groups for/],
  [
    'chooseThreshold options',
    () => debkd.chooseThreshold(margins.map(debkd.sigmoid), train.labels, { rule: 'recal>=0.9' }),
    /recal/,
  ],
  [
    'chooseThreshold labels',
    () => debkd.chooseThreshold(Float64Array.of(0.1, 0.9), Int8Array.of(1, 2)),
    /row 2: label 2, expected 1, 0, or -1/,
  ],
  ['evaluate labels', () => debkd.evaluate([0.1, 0.9], [1, 2]), /row 2: label 2, expected 1, 0, or -1/],
  ['evaluate soft labels', () => debkd.evaluate([0.1, 0.9], [1, 0.7]), /row 2: label 0.7/],
  [
    'evaluate threshold',
    () => debkd.evaluate([0.1, 0.9], [1, 0], { threshold: NaN }),
    /threshold NaN, expected a number from/,
  ],
  ['evaluate thresholds', () => debkd.evaluate([0.1, 0.9], [1, 0], { thresholds: [0.5, 50] }), /row 2: threshold 50/],
  ['evaluate replicates', () => debkd.evaluate([0.1, 0.9], [1, 0], { replicates: 1.5 }), /replicates 1.5/],
  [
    'evaluate no replicates',
    () => debkd.evaluate([0.1, 0.9], [1, 0], { replicates: 0 }),
    /replicates 0, expected .* 1/,
  ],
  ['evaluate seed', () => debkd.evaluate([0.1, 0.9], [1, 0], { seed: -1 }), /seed -1/],
  ['groupBias labels', () => debkd.groupBias([0.1, 0.9], [1, 2], ['a', 'a'], 0.5), /row 2: label 2/],
  ['groupBias threshold', () => debkd.groupBias([0.1, 0.9], [1, 0], ['a', 'a'], NaN), /threshold NaN/],
  [
    'selectRows',
    () => debkd.selectRows(train, Uint32Array.of(999_999)),
    /row 999999, expected a whole number from 0 to/,
  ],
  ['holdOut', () => debkd.holdOut(validation, -1), /seed -1, expected a whole number of at least 0/],
  ['holdOut part', () => debkd.holdOut(validation, 1.5), /seed 1.5/],
  [
    'chooseDeferral of both',
    () => debkd.chooseDeferral(fitted, held, odd({ target: 0.2, rate: 0.1 })),
    /a target and a rate, expected one of them/,
  ],
  ['chooseDeferral of none', () => debkd.chooseDeferral(fitted, held, odd({})), /neither a target nor a rate/],
  ['chooseDeferral by', () => debkd.chooseDeferral(fitted, held, odd({ target: 0.2, by: 'group' })), /by: "group"/],
  ['a rate by class', () => debkd.chooseDeferral(fitted, held, odd({ rate: 0.2, by: 'class' })), /"class" with a rate/],
  ['student threshold', () => fitted.with({ threshold: 50 }), /student: threshold 50, expected a number from 0 to 1/],
  ['student NaN', () => fitted.with({ threshold: NaN }), /threshold NaN/],
  ['student band', () => fitted.with({ defer: { from: 0.9, to: 0.1 } }), /deferral band 0.9 to 0.1/],
  [
    'student groups',
    () => fitted.with({ groupThresholds: { column: 'sex', thresholds: [['F', 2]] } }),
    /group "F": threshold 2/,
  ],
  ['predictProba list', () => fitted.predictProba(odd([1, 2])), /student: a list, expected a dataset/],
  ['predictProba float64', () => fitted.predictProba(odd(new Float64Array(30))), /Float64Array, expected a dataset/],
  ['sha256', () => debkd.sha256(odd('abc')), /sha256: a text, expected bytes/],
  ['distill strength', () => debkd.distill({ ...base, infusion: { strength: 7 } }), /strength 7/],
  [
    'chooseThreshold weights',
    () => debkd.chooseThreshold(Float64Array.of(0.1), Int8Array.of(1), odd([1])),
    /a list, expected an object/,
  ],
  [
    'evaluate option',
    () => debkd.evaluate([0.1, 0.9], [1, 0], odd({ treshold: 0.5 })),
    /"treshold".*did you mean threshold/,
  ],
  [
    'readTable option',
    () => debkd.readCsv(new TextEncoder().encode('x,label\n1,0\n'), odd({ label: 'label' })),
    /option "label", expected one of target/,
  ],
  ['split of a number', () => debkd.split(table, odd(0.2)), /split: a number, expected an object of options/],
  [
    'split option',
    () => debkd.split(table, odd({ test: 0.3 })),
    /option "test", expected one of by, group, time, shares/,
  ],
  ['distill option', () => debkd.distill({ ...base, ...{ epoch: 5 } }), /"epoch".*did you mean epochs/],
  ['debiasedSelection', () => debkd.debiasedSelection(validation, short), /5 margins for/],
];

test.each(cases)('%s', async (_, call, message) => {
  const refused = await (async () => call())().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(debkd.DebkdError);
  expect((refused as debkd.DebkdError).message).toMatch(message);
});

test('a cache may return a Node Buffer that is a view', async () => {
  const entries = new Map<string, Uint8Array>();
  const plain: LabelCache = {
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
  const pooled: LabelCache = {
    get: async (key) => {
      const bytes = entries.get(key);
      return bytes && Buffer.from(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)); // a view into a larger buffer
    },
    put: async () => undefined,
  };
  for (const cache of [plain, pooled])
    expect(await debkd.softLabels(teacher, train, { cache })).toMatchObject({ margins });
});

test.skipIf(process.platform === 'win32')('a named pipe is opened only once', async () => {
  const pipe = join(temporary(), 'rows.csv');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `printf 'x,label\\n1,0\\n2,1\\n3,1\\n' > ${pipe}`]);
  const ended = new Promise((resolve) => writer.on('exit', resolve));
  using table = await debkd.storeTable(pipe, { target: 'label' });
  expect(table.rows).toBe(3);
  expect(await ended).toBe(0);
});

test('init refuses an address that does not answer, and one of an HTML page', async () => {
  const server = createServer((_, response) => response.end('<!doctype html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const page = debkd.init({ wasm: new URL(`http://127.0.0.1:${port}/`) });
  await expect(page).rejects.toMatchObject({
    code: 'wasm',
    message: expect.stringMatching(/does not compile the bytes/),
  });
  server.close();
  const nobody = debkd.init({ wasm: new URL(`http://127.0.0.1:${port}/`) });
  await expect(nobody).rejects.toMatchObject({ code: 'source', message: expect.stringMatching(/^address /) });
});

test('numeric columns with spelled missing values have groups', async () => {
  const lines = Array.from({ length: 100 }, (_, i) => `${i % 10 === 0 ? 'NA' : i},${i % 2}`);
  const table = await debkd.readCsv(new TextEncoder().encode(`x,label\n${lines.join('\n')}\n`), { target: 'label' });
  const groups = debkd.groupRows(
    table,
    'x',
    Uint32Array.from({ length: 100 }, (_, i) => i),
  );
  expect(new Set(groups).size).toBe(5);
  expect(groups[0]).toBe('x=');
});

test('numeric ranges are ordered by their numbers', () => {
  const groups = ['age 17 .. <28', 'age 9 .. <17', 'age 28 .. 90', 'age=', 'sex=b', 'sex=a'];
  const bias = debkd.groupBias(new Float64Array(6).fill(0.5), new Int8Array(6), groups, 0.5);
  expect(bias.map(({ group }) => group)).toEqual([
    'age 9 .. <17',
    'age 17 .. <28',
    'age 28 .. 90',
    'age=',
    'sex=a',
    'sex=b',
  ]);
});

test('a teacher gets the number of the first row of each block, for its errors', async () => {
  const table = await debkd.readCsv(
    new TextEncoder().encode(`a,b,label\n${Array.from({ length: 20_000 }, (_, i) => `1,2,${i % 2}`).join('\n')}\n`),
    { target: 'label' },
  );
  const data = debkd.encode(table, debkd.fitPreprocessing(table, { rows: debkd.split(table).train }));
  const asked: (number | undefined)[] = [];
  const counting = {
    ...teacher,
    margins: async (rows: { rows: number }, options: { firstRow?: number }) => {
      asked.push(options.firstRow);
      return { margins: new Float64Array(rows.rows), clippedCount: 0 };
    },
  } as unknown as debkd.Teacher;
  await debkd.softLabels(counting, data, { cache: { get: async () => undefined, put: async () => undefined } });
  expect(asked).toEqual([0, 16_384]);
});
