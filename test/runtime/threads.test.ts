// Threads on other hosts, of a teacher and of a distillation: the same bytes, and the process ends.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The code of a function that fits a map without each of three folds, in two threads; both programs have it. */
const TASKS = readFileSync(new URL('./maps-task.js', import.meta.url), 'utf8').replace('export ', '');

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
  expect(JSON.parse(out)).toEqual({ same: true, rows: 2048, threads: 2, pooled: true, task: [11, 11, 12], lost: 0 });
});

test('Chromium: the app, whose work is in a worker, starts threads from there', async () => {
  const page = join(folder, 'page');
  cpSync(fileURLToPath(new URL('../../dist/app', import.meta.url)), page, { recursive: true });
  const [pool, threads] = ['session-pool-', 'open-threads-'].map((start) =>
    readdirSync(page).find((name) => name.startsWith(start)),
  );
  cpSync(model, join(page, 'model.onnx'));
  writeFileSync(join(page, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
  writeFileSync(
    join(page, 'page.js'),
    `const worker = new Worker('/inner.js', { type: 'module' });
const post = (body) => fetch('/', { method: 'POST', body: JSON.stringify(body) });
worker.onmessage = ({ data }) => post(data);
worker.onerror = ({ message }) => post({ error: String(message) });`,
  );
  writeFileSync(
    join(page, 'inner.js'),
    `import { openSessionPool } from './${pool}';
import { openThreads } from './${threads}';
${TASKS}
try {
  const model = new Uint8Array(await (await fetch('/model.onnx')).arrayBuffer());
  const pool = await openSessionPool(2, { model, external: [], provider: 'wasm', wasm: {} });
  const feeds = { input: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) } };
  const answers = await Promise.all([1, 2, 3].map(() => pool.run(feeds, ['y'])));
  postMessage({ threads: pool.concurrency, answers: answers.map(([y]) => [...y.data]), ...(await countMaps(openThreads)) });
} catch (error) {
  postMessage({ error: String(error.stack) });
}`,
  );
  const { builtPage } = (await import('./browsers.mjs' as string)) as {
    builtPage(folder: string): { why?: string; run(): Promise<unknown> };
  };
  const built = builtPage(page);
  if (built.why) return console.warn(`skipped: ${built.why}`);
  // 2^15 columns of (a + b) / 2, each with weight 2^-22
  const answer = [1.5 / 128, 3.5 / 128];
  expect(await built.run()).toEqual({ threads: 2, answers: [answer, answer, answer], task: [11, 11, 12], lost: 0 });
});
