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

const { train, validation, test: held, preprocessing } = await wdbc();
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
