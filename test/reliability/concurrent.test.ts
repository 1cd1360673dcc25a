// Concurrent distillations in one process give the same students as sequential ones, and memory does not grow (npm run long-life).
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { split } from '../../src/data/split.ts';
import { distill } from '../../src/distill.ts';
import { openDiskCache } from '../../src/io/disk-cache.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';

const models = new URL('../../models/', import.meta.url);
const preprocessing = parsePreprocessing(
  JSON.parse(readFileSync(new URL('wdbc/preprocessing.json', models), 'utf8')),
  'wdbc',
);
const table = await readCsv(new URL('wdbc/data.csv', models), { target: 'label' });
const { train, validation } = await encodeParts(table, split(table), preprocessing);
const open = (): Promise<Teacher> => loadTeacher(new URL('wdbc-mlp-biased/teacher.onnx', models), { preprocessing });
const folder = mkdtempSync(join(tmpdir(), 'debkd-concurrent-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('six concurrent distillations, with shared and own teachers, with and without a cache, give the bytes of sequential ones', async () => {
  const shared = await open();
  const cache = await openDiskCache(folder);
  const one = async (seed: number, teacher: Teacher, signal?: AbortSignal): Promise<string> => {
    const options = { train, validation, student: { hidden: [6 + seed] }, epochs: 4, seed, signal };
    const { student } = await distill({ ...options, teacher, cache: seed % 2 ? cache : undefined });
    return sha256(encodeStudent(student));
  };
  const seeds = [1, 2, 3, 4, 5, 6];
  const sequential: string[] = [];
  for (const seed of seeds) sequential.push(await one(seed, shared));
  rmSync(folder, { recursive: true });
  const others = await Promise.all(seeds.map(open));
  const controller = new AbortController();
  const aborted = one(7, shared, controller.signal).catch((error: Error) => error.message);
  const concurrent = seeds.map((seed) => one(seed, seed > 3 ? (others[seed - 1] as Teacher) : shared));
  setTimeout(() => controller.abort(new Error('enough')), 20);
  expect(await Promise.all(concurrent)).toEqual(sequential);
  expect(await aborted).toBe('enough');
  for (const teacher of [shared, ...others]) teacher[Symbol.dispose]();
});

test('memory does not grow over 60 fits, teacher sessions and distillations in one process', async () => {
  const script = fileURLToPath(new URL('long-life.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--times', '60']);
  expect(stdout).toMatch(/^0 faults$/m);
});
