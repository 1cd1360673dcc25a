// The Dockerfile: no daemon runs here. Its lines are checked, and what it deletes is not needed to distil.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-docker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').split('\n');
const starting = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `));

test('it runs without root, from one base image that can be pinned, and copies files that exist', () => {
  expect(starting('FROM')).toEqual(['FROM $NODE AS build', 'FROM $NODE']);
  expect(starting('ARG')).toEqual(['ARG NODE=node:24-slim']);
  expect(lines.join('\n')).toMatch(/^#.*node:24-slim@sha256:DIGEST/m);
  const [user] = starting('USER');
  expect(user).toBe('USER node');
  expect(lines.indexOf(user as string)).toBeGreaterThan(lines.lastIndexOf('FROM $NODE'));
  for (const line of starting('COPY')) {
    if (line.includes('--from=build')) continue;
    for (const name of line.split(' ').slice(1, -1)) expect(existsSync(join(root, name)), name).toBe(true);
  }
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  for (const name of ['.git', '**/node_modules', 'build', 'dist', 'test']) expect(ignored).toContain(name);
  // what npm pack and the build read
  for (const name of ['src', 'assembly', 'models', 'docs', 'examples', 'README.md'])
    expect(ignored).not.toContain(name);
});

test.runIf(process.platform === 'linux')('the files of onnxruntime-web that it keeps are enough', () => {
  const place = join(folder, 'debkd');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  for (const name of ['package.json', 'models']) cpSync(join(root, name), join(place, name), { recursive: true });
  cpSync(join(root, 'dist'), join(place, 'dist'), {
    recursive: true,
    filter: (path) => !/dist\/(app|types)$/.test(path),
  });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (/^(onnxruntime-|papaparse|fzstd|hyparquet|long|flatbuffers|platform|protobufjs|guid-)/.test(name))
      cpSync(join(root, 'node_modules', name), join(place, 'node_modules', name), { recursive: true });
  const find = lines.find((line) => line.startsWith('RUN find ')) as string;
  execFileSync('sh', ['-c', find.slice('RUN '.length)], { cwd: place });
  expect(readdirSync(join(place, 'node_modules/onnxruntime-web/dist')).sort()).toEqual([
    'ort-wasm-simd-threaded.mjs',
    'ort-wasm-simd-threaded.wasm',
    'ort.wasm.bundle.min.mjs',
  ]);
  const main = join(place, 'dist/cli/main.js');
  const said = execFileSync(process.execPath, [main, 'demo', '--out', 'demo'], { cwd: folder, encoding: 'utf8' });
  expect(said).toMatch(/^AUC /m);
  expect(existsSync(join(folder, 'demo/student.debkd'))).toBe(true);
});
