// The library in a worker, by the same names: equal bytes, progress, aborts, errors; and the process ends.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DebkdError } from '../../src/io/errors.ts';
import { packError, unpackError } from '../../src/worker/messages.ts';

const program = fileURLToPath(new URL('./in-worker.js', import.meta.url));
const installed = (path: string): string => fileURLToPath(new URL(`./node_modules/${path}`, import.meta.url));
const hosts: [string, string, string[]][] = [
  ['Node', process.execPath, []],
  ['Deno', installed('.bin/deno'), ['run', '--allow-read', '--no-lock']],
  ['Bun', installed('.bin/bun'), []],
];

test.each(hosts)('%s', (name, host, flags) => {
  if (!existsSync(host)) {
    console.warn(`skipped: ${name} is absent; npm ci --prefix test/runtime installs it`);
    return;
  }
  const out = execFileSync(host, [...flags, program], { encoding: 'utf8', timeout: 60_000 });
  expect(JSON.parse(out)).toEqual({
    ...{ same: true, answers: true, aborted: true, mine: true },
    stages: expect.arrayContaining(['soft labels', 'label de-biasing', 'student 1 of 6']),
    convention: 'logit',
    failed: [true, 'value', expect.stringMatching(/^student "0": expected "logistic" or up to 8 hidden widths/)],
    after: '709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c',
    gone: 'TypeError',
    wrong: [
      'value: worker: debkd has no function "nosuch"; see its index of names',
      'value: worker: an argument of split cannot be passed to a worker (...); await what is a promise, and give no functions but onProgress',
      'wasm: worker: sha256 was called after the worker was ended',
    ],
  });
});

test('errors keep code and field', () => {
  const error = unpackError(structuredClone(packError(new DebkdError('column', 'no age', { field: 'age' }))));
  expect(error).toBeInstanceOf(DebkdError);
  expect(error).toMatchObject({ code: 'column', message: 'no age', field: 'age' });
  expect(unpackError(packError(new DebkdError('rows', 'none')))).toMatchObject({ code: 'rows', field: undefined });
  expect(unpackError(packError(new RangeError('far')))).toMatchObject({ name: 'RangeError', message: 'far' });
});

test('a page that distils 50,000 rows in a worker goes on drawing', async () => {
  const { remotePage } = (await import('./browsers.mjs' as string)) as {
    remotePage(): { why?: string; run(): Promise<{ block: number; auc: number; stages: string[] }> };
  };
  const { why, run } = remotePage();
  if (why) {
    console.warn(`skipped: ${why}`);
    return;
  }
  const { block, auc, stages } = await run();
  expect(auc).toBeGreaterThan(0.7);
  expect(stages).toEqual(expect.arrayContaining(['soft labels', 'label de-biasing', 'student 6 of 6']));
  console.info(`the page's longest block: ${block.toFixed(0)} ms`);
});
