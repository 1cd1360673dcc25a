// Times a transformer (docs/data.md) in one thread and in two, interleaved, and compares the bytes at 1, 2 and 3 threads.
//   node test/evidence/threads.mjs [hate-bert] [wasm|native] [batches]
// The ratio means something only on an idle machine; the CPU time a row shows what the threads cost.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { openSessionPool } from '../../dist/teacher/session-pool.js';
import { findShared } from './shared.mjs';

const [id = 'hate-bert', provider = 'wasm', batches = '16'] = process.argv.slice(2);
const file = `${findShared(['text/teachers'])}/text/teachers/${id}.onnx`;
if (!existsSync(file)) {
  console.log(`skipped: ${id}.onnx is missing`);
  process.exit(0);
}
const [ROWS, LENGTH, TURNS] = [32, 48, 5];
const model = new Uint8Array(readFileSync(file));
const inputs = [
  'input_ids',
  'attention_mask',
  ...(id.startsWith('hate-bert') && id !== 'hate-bert-groupbias' ? ['token_type_ids'] : []),
];
let state = 1;
const token = () => {
  state = (state * 48271) % 2147483647;
  return BigInt(5 + (state % 2000));
};
const plan = Array.from({ length: Number(batches) }, () => {
  const data = {
    input_ids: BigInt64Array.from({ length: ROWS * LENGTH }, token),
    attention_mask: new BigInt64Array(ROWS * LENGTH).fill(1n),
    token_type_ids: new BigInt64Array(ROWS * LENGTH),
  };
  return Object.fromEntries(inputs.map((name) => [name, { type: 'int64', dims: [ROWS, LENGTH], data: data[name] }]));
});

const pools = new Map();
for (const n of [1, 2, 3]) pools.set(n, await openSessionPool(n, { model, external: [], provider, wasm: {} }));

/** Runs all batches. */
async function runAll(threads) {
  const pool = pools.get(threads);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const answers = await Promise.all(plan.map((feeds) => pool.run(feeds, ['logits'])));
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const hash = createHash('sha256');
  for (const [logits] of answers) hash.update(new Uint8Array(logits.data.buffer));
  return { ms, cpu: (user + system) / 1000, hash: hash.digest('hex').slice(0, 16) };
}

const hashes = new Set();
for (const n of [1, 2, 3]) hashes.add((await runAll(n)).hash);
const runs = new Map([1, 2].map((n) => [n, []]));
for (let turn = 0; turn < TURNS; turn++)
  for (const n of [1, 2]) {
    const run = await runAll(n);
    hashes.add(run.hash);
    runs.get(n).push(run);
  }
for (const pool of pools.values()) pool.release();

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const perRow = (n, what) => median(runs.get(n).map((run) => run[what])) / (ROWS * plan.length);
for (const n of [1, 2])
  console.log(
    `${n} thread${n > 1 ? 's' : ''}: ${perRow(n, 'ms').toFixed(2)} ms a row, ${perRow(n, 'cpu').toFixed(2)} ms of CPU`,
  );
console.log(
  `two threads are ${(perRow(1, 'ms') / perRow(2, 'ms')).toFixed(2)} times as fast; load ${loadavg()[0].toFixed(1)}`,
);
console.log(
  hashes.size === 1 ? 'the bytes are equal at 1, 2 and 3 threads' : `the bytes differ: ${[...hashes].join(', ')}`,
);
