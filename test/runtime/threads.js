// Runs a teacher in one thread and in three; prints whether the bytes agree, and how many threads a pool has. The teachers are
// not disposed of: its threads must not keep the process alive. For Node, Deno and Bun.
//   node test/runtime/threads.js MODEL
import { readFile } from 'node:fs/promises';
import * as debkd from '../../dist/index.js';
import * as internals from '../../dist/internals.js';
import { openSessionPool } from '../../dist/teacher/session-pool.js';
import { openThreads } from '../../dist/threads/open-threads.js';
import { countMaps } from './maps-task.js';

// time runs so fast that threads seem worth their start after the first batch
const now = performance.now.bind(performance);
performance.now = () => 10_000 * now();
const model = new Uint8Array(await readFile(process.argv[2]));
const ROWS = 2048;
const values = Float32Array.from({ length: 2 * ROWS }, (_, i) => ((i * 7919) % 10_007) / 100);
const rows = internals.denseMatrix(values, 2);
const answers = [];
for (const threads of [1, 3]) {
  const teacher = await debkd.loadTeacher(model, { convention: 'logit', threads });
  answers.push((await teacher.margins(rows, { batchSize: 64 })).margins);
}
const [one, three] = answers;
const pool = await openSessionPool(2, { model, external: [], provider: 'wasm', wasm: {} });
const feeds = { input: { type: 'float32', dims: [64, 2], data: values.slice(0, 128) } };
const pooled = await Promise.all([1, 2, 3].map(() => pool.run(feeds, ['y'])));
const threads = pool.concurrency;
pool.release();
console.log(
  JSON.stringify({
    same: one.every((v, i) => v === three[i]),
    rows: three.length,
    threads,
    ...(await countMaps(openThreads)),
    pooled: pooled.every(([y]) => y.data.every((v, i) => v === one[i])),
  }),
);
