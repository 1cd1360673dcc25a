// What the command line loads before it does anything: a command loads only what it needs, so that it starts soon.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAIN, modelPath, temporary } from './run.ts';

const HOOK = pathToFileURL(fileURLToPath(new URL('./log-loads.mjs', import.meta.url))).href;
const REGISTER = `data:text/javascript,${encodeURIComponent(`import { register } from 'node:module'; register('${HOOK}');`)}`;

/** The modules that a command line loads: files of src/ by the comments in the bundles, and names of packages. */
function loadedBy(...args: readonly string[]): { status: number | null; modules: readonly string[] } {
  const LOADS = join(temporary(), 'loads');
  writeFileSync(LOADS, '');
  const { status } = spawnSync(process.execPath, ['--import', REGISTER, MAIN, ...args], {
    env: { ...process.env, LOADS },
  });
  const urls = readFileSync(LOADS, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'));
  const modules = urls.flatMap((url) => {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
    if (name !== undefined) return [name];
    return [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ (\S+\.tsx?)$/gm)].map(
      ([, path]) => path as string,
    );
  });
  return { status, modules: [...new Set(modules)] };
}

/** Parts that take long to load, or that few commands need. */
const REPORT = /^src\/report\//;
const CLUSTER = /^src\/cluster\/|^bullmq$|^ioredis$|^aws4fetch$/;
const TABLES = /parquet|^papaparse$|^src\/data\/(csv|npy|read-table|build-table)/;
const IMAGES = /^src\/data\/image\/|-wasm\.ts$/;
const TEXTS = /tokenizer|^src\/data\/text\//;
const KERNELS = /^src\/kernels\/(?!activation-names)/;

describe('modules that are loaded', () => {
  test.each<[string, readonly string[], number]>([
    ['--help', ['--help'], 0],
    ['--version', ['--version'], 0],
    ['the options of a command', ['distill', '--help'], 0],
    ['a typo', ['inspekt'], 2],
  ])('%s: the table of commands alone', (_, args, code) => {
    const { status, modules } = loadedBy(...args);
    expect(status).toBe(code);
    expect(modules).toContain('src/cli/commands.ts');
    expect(modules).not.toContain('src/cli/run-command.ts');
    for (const part of [REPORT, CLUSTER, TABLES, IMAGES, TEXTS, KERNELS, /^onnxruntime/, /^src\/(data|teacher)\//])
      expect(modules.filter((path) => part.test(path))).toEqual([]);
  });

  test('inspect: the runtime and the kernels, and nothing of tables, images, texts, reports or clusters', () => {
    const { status, modules } = loadedBy('inspect', modelPath('wdbc-mlp-biased/teacher.onnx'));
    expect(status).toBe(0);
    for (const needed of ['src/cli/inspect.ts', 'src/kernels/load.ts', 'onnxruntime-web'])
      expect(modules).toContain(needed);
    for (const part of [REPORT, CLUSTER, TABLES, IMAGES, TEXTS])
      expect(modules.filter((path) => part.test(path))).toEqual([]);
  });
});

test('a teacher from a path: fetch, which takes longer to load than the model, is not loaded', () => {
  const index = new URL('../../dist/index.js', import.meta.url).href;
  const program = `
    const { loadTeacher } = await import(process.argv[1]);
    await loadTeacher(process.argv[2]);
    process.stdout.write(process.moduleLoadList.filter((name) => name.includes('undici')).join());`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, index, modelPath('wdbc-mlp-biased/teacher.onnx')],
    { encoding: 'utf8' },
  );
  expect([stdout, stderr]).toEqual(['', '']);
});
