// The cache of soft labels answers only for the same rows and teacher, and with complete entries.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { type Dataset, selectRows } from '../../src/data/dataset.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { openDiskCache } from '../../src/io/disk-cache.ts';
import { CACHE_ENTRY_ROWS, decodeLabels, encodeLabels, labelKey } from '../../src/teacher/label-cache.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { debkd, WDBC } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-label-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const data = await wdbc();
const load = (name = 'wdbc-mlp'): Promise<Teacher> =>
  loadTeacher(model(`${name}/teacher.onnx`), { preprocessing: data.preprocessing });
const teacher = await load();
afterAll(() => teacher[Symbol.dispose]());
const rowsOf = (n: number, of: (i: number) => number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => of(i));

test('the second call does not run the teacher, and gives the same bits', async () => {
  const cache = await openDiskCache(join(folder, 'plain'));
  const direct = await softLabels(teacher, data.train);
  const first = await softLabels(teacher, data.train, { cache });
  expect(first).toEqual(direct);
  const silent = { ...teacher, margins: () => Promise.reject(new Error('asked')) } as Teacher;
  const seen: number[] = [];
  const again = await softLabels(silent, data.train, { cache, onProgress: ({ done }) => seen.push(done) });
  expect(again).toEqual({ ...direct, cached: data.train.rows });
  expect(seen).toEqual([data.train.rows]);
  expect(readdirSync(join(folder, 'plain'))).toHaveLength(1);
});

test('shuffled, fewer, repeated or re-encoded rows, or another teacher, run the teacher', async () => {
  const cache = await openDiskCache(join(folder, 'shuffled'));
  const whole = await softLabels(teacher, data.train, { cache });
  const n = data.train.rows;
  const others: [Dataset, (i: number) => number][] = [
    [
      selectRows(
        data.train,
        rowsOf(n, (i) => (i * 7) % n),
      ),
      (i) => (i * 7) % n,
    ],
    [
      selectRows(
        data.train,
        rowsOf(n - 1, (i) => i),
      ),
      (i) => i,
    ],
    [
      selectRows(
        data.train,
        rowsOf(n, () => 3),
      ),
      () => 3,
    ],
  ];
  for (const [rows, from] of others) {
    const labels = await softLabels(teacher, rows, { cache });
    expect(labels.cached).toBe(0);
    labels.margins.forEach((v, i) => {
      expect(v).toBe(whole.margins[from(i)]);
    });
  }
  using biased = await load('wdbc-mlp-biased');
  expect((await softLabels(biased, data.train, { cache })).cached).toBe(0);
});

test('every part of the rows changes the key', () => {
  const { teacherInputs: rows } = data.validation;
  if (!('data' in rows)) throw new Error('encoded rows are needed');
  const words = rows.data.slice();
  words[0] = (words[0] as number) + 1;
  const column = (texts: string[], codes: number[], name = 'a') => ({ name, texts, codes: Uint32Array.from(codes) });
  const raw = (column_: ReturnType<typeof column>, missing?: string[]) => ({
    name: 'd',
    rows: column_.codes.length,
    rowNumbers: column_.codes,
    columns: [column_],
    ...(missing && { missing }),
  });
  const base = raw(column(['x', 'y'], [0, 1, 0]));
  const keys = [
    labelKey('t', rows),
    labelKey('u', rows),
    labelKey('t', { ...rows, data: words }),
    labelKey('t', { ...rows, width: rows.width + 1 }),
    labelKey('t', base),
    labelKey('t', raw(column(['x', 'z'], [0, 1, 0]))),
    labelKey('t', raw(column(['x', 'y'], [0, 1, 1]))),
    labelKey('t', raw(column(['x', 'y'], [0, 1, 0], 'b'))),
    labelKey('t', raw(column(['x', 'y'], [0, 1, 0]), ['x'])),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  // equal rows of a table that numbers its texts in another order
  expect(labelKey('t', raw(column(['w', 'y', 'x'], [2, 1, 2])))).toBe(labelKey('t', base));
});

test('the reading and the weights of a teacher are part of its identity', async () => {
  const place = new URL('./tiny/logits.onnx', import.meta.url);
  using second = await loadTeacher(place);
  using again = await loadTeacher(place);
  using first = await loadTeacher(place, { positiveClass: 'first' });
  expect(again.identity).toBe(second.identity);
  expect(first.identity).not.toBe(second.identity);
  const external = new Uint8Array(readFileSync(new URL('./tiny/external.bin', import.meta.url)));
  const bytes = new Uint8Array(readFileSync(new URL('./tiny/external.onnx', import.meta.url)));
  const other = external.slice();
  other[3] = (other[3] as number) ^ 64;
  using a = await loadTeacher(bytes, { externalData: new Map([['external.bin', external]]) });
  using b = await loadTeacher(bytes, { externalData: new Map([['external.bin', other]]) });
  expect(a.sha256).toBe(b.sha256);
  expect(a.identity).not.toBe(b.identity);
});

test('a damaged or cut entry, or one of another key or number of rows, is ignored', async () => {
  const labels = { margins: Float64Array.of(1, -2, 1e-9), clippedCount: 2 };
  const bytes = encodeLabels('k', labels);
  expect(decodeLabels('k', bytes, 3)).toEqual(labels);
  expect(decodeLabels('l', bytes, 3)).toBeUndefined();
  expect(decodeLabels('k', bytes, 2)).toBeUndefined();
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(decodeLabels('k', changed, 3)).toBeUndefined();
    expect(decodeLabels('k', bytes.slice(0, at), 3)).toBeUndefined();
  }
  const place = join(folder, 'damaged');
  const cache = await openDiskCache(place);
  const want = await softLabels(teacher, data.validation, { cache });
  const [file] = readdirSync(place).map((name) => join(place, name));
  truncateSync(file as string, 100);
  expect(await softLabels(teacher, data.validation, { cache })).toEqual(want);
  expect((await softLabels(teacher, data.validation, { cache })).cached).toBe(data.validation.rows);
});

test('rows of several entries; an interrupted run keeps its complete entries', async () => {
  const rows = 2 * CACHE_ENTRY_ROWS + 100;
  const many = selectRows(
    data.train,
    rowsOf(rows, (i) => (i * i) % data.train.rows),
  );
  const cache = await openDiskCache(join(folder, 'blocks'));
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done > CACHE_ENTRY_ROWS) controller.abort(new Error('stop'));
  };
  await expect(softLabels(teacher, many, { cache, signal: controller.signal, onProgress })).rejects.toThrow('stop');
  const seen: number[] = [];
  const labels = await softLabels(teacher, many, { cache, onProgress: ({ done }) => seen.push(done) });
  expect(labels.cached).toBe(CACHE_ENTRY_ROWS);
  expect(labels.margins).toEqual((await softLabels(teacher, many)).margins);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(rows);
});

test('a size limit removes the least recently used entries and abandoned parts, and no other files', async () => {
  const place = join(folder, 'limited');
  const cache = await openDiskCache(place, { maxBytes: 2500 });
  const bytes = new Uint8Array(1000);
  const [a, b, c, huge] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64)) as [string, string, string, string];
  const age = (name: string, seconds: number): void => utimesSync(join(place, name), seconds, seconds);
  await cache.put(a, bytes);
  await cache.put(b, bytes);
  age(`${a}.labels`, 1000);
  age(`${b}.labels`, 2000);
  expect(await cache.get(a)).toEqual(bytes); // a is now the more recent one
  const [left, fresh] = [0, 1].map((n) => `${'e'.repeat(64)}.labels.part-01234567-89ab-cdef-0123-456789abcdef-${n}`);
  const theirs = ['cats.labels', 'thesis.txt', 'x.labels.part-1'];
  for (const name of [left, fresh, ...theirs]) writeFileSync(join(place, name as string), 'some bytes');
  for (const name of [left, ...theirs]) age(name as string, 1000);
  await cache.put(c, bytes);
  expect(readdirSync(place).sort()).toEqual([`${a}.labels`, `${c}.labels`, fresh, ...theirs].sort());
  await cache.put(huge, new Uint8Array(2501));
  expect(await cache.get(huge)).toBeUndefined();
});

test('a folder that cannot be written or read is not an error', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const cache: LabelCache = await openDiskCache(join(file, 'below'));
  await cache.put('a', new Uint8Array(3));
  expect(await cache.get('a')).toBeUndefined();
  mkdirSync(join(folder, 'odd', 'a.labels'), { recursive: true });
  const odd = await openDiskCache(join(folder, 'odd'));
  await odd.put('a', new Uint8Array(3));
  expect(await odd.get('a')).toBeUndefined();
  expect(readdirSync(join(folder, 'odd'))).toEqual(['a.labels']);
});

test('with concurrent writers a reader sees a complete entry or none', async () => {
  const place = join(folder, 'crowd');
  const size = 300_000;
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(async ({ openDiskCache }) => {
      const cache = await openDiskCache(workerData.place, { maxBytes: 2 * ${size} + 1000 });
      for (let i = 0; i < 40; i++) {
        const key = 'k' + (i % 3);
        await cache.put(key, new Uint8Array(${size}).fill(i % 3 + 1));
        const bytes = await cache.get('k' + ((i + 1) % 3));
        if (bytes && (bytes.length !== ${size} || !bytes.every((b) => b === (i + 1) % 3 + 1))) throw new Error('torn');
      }
      parentPort.postMessage('done');
    });`;
  const module = new URL('../../dist/index.js', import.meta.url).href;
  const ends = Array.from(
    { length: 4 },
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(program, { eval: true, workerData: { module, place } });
        worker.on('message', resolve).on('error', reject);
      }),
  );
  expect(await Promise.all(ends)).toEqual(new Array(4).fill('done'));
  const left = readdirSync(place);
  expect(left.every((name) => /^k[012]\.labels$/.test(name))).toBe(true);
  expect(left.reduce((sum, name) => sum + statSync(join(place, name)).size, 0)).toBeLessThanOrEqual(3 * size);
});

test('on the command line the second run takes the labels from the cache, unless --no-cache is given', () => {
  const place = join(folder, 'cli');
  const run = (...more: string[]): { sha256: string; cachedRows: number } => {
    const { status, stdout, stderr } = debkd(['distill', ...WDBC, '--json', ...more]);
    expect(status, stderr).toBe(0);
    const { student, timing } = JSON.parse(stdout);
    return { sha256: student.sha256, cachedRows: timing.cachedRows };
  };
  const first = run('--cache', place);
  const second = run('--cache', place);
  const without = run('--no-cache');
  expect([first.cachedRows, second.cachedRows, without.cachedRows]).toEqual([0, 320, 0]);
  expect([second.sha256, without.sha256]).toEqual([first.sha256, first.sha256]);
  expect(readdirSync(place)).toHaveLength(3);
});
