// A teacher in several threads on hosts with a command line: the same bytes, and the process ends.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { wideOnnx } from '../tiny-onnx.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-threads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, 'model.onnx');
writeFileSync(model, wideOnnx(2 ** 15));
const program = fileURLToPath(new URL('./threads.js', import.meta.url));
const installed = (path: string): string => fileURLToPath(new URL(`./node_modules/${path}`, import.meta.url));

test.each([
  ['Node', process.execPath, []],
  ['Deno', installed('.bin/deno'), ['run', '--allow-read', '--no-lock']],
  ['Bun', installed('.bin/bun'), []],
])('%s', (name, host, flags) => {
  if (!existsSync(host)) {
    console.warn(`skipped: ${name} is absent; npm ci --prefix test/runtime installs it`);
    return;
  }
  const out = execFileSync(host, [...flags, program, model], { encoding: 'utf8', timeout: 60_000 });
  expect(JSON.parse(out)).toEqual({ same: true, rows: 2048, threads: 2, pooled: true });
});
