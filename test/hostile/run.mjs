// Feeds mutated inputs to everything that reads untrusted files.
//   npm run hostile -- [--inputs 200000 --distills 5000 --seed 1 --kind csv --only 1234 --seconds 5]
// Each input must be read or rejected with a DebkdError, within --seconds and a memory limit. It prints the seed; without --seed that is
// a random one.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import * as debkd from '../library.mjs';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '200000' },
    distills: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 2 ** 31)) },
    kind: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '5' },
  },
});
const SECONDS = Number(values.seconds);
/** The memory limit of the whole process, in bytes. It runs up to four threads. */
const MEMORY = 1.5 * 2 ** 30;
const SHARES = new Map([
  ['csv', 30],
  ['ndjson', 12],
  ['parquet', 16],
  ['npy', 8],
  ['preprocessing', 10],
  ['split', 8],
  ['config', 8],
  ['student', 12],
  ['checkpoint', 6],
  ['onnx', 20],
  ['onnx, opened', 5],
  ['request', 15],
]);
const BATCH = 500;

const seed = Number(values.seed);
const corpus = new URL('corpus/', import.meta.url).href;
const folder = new URL('../../node_modules/.cache/debkd-hostile/', import.meta.url);
mkdirSync(folder, { recursive: true });
const program = new URL(`worker-${process.pid}.mjs`, folder);
await build({
  entryPoints: [new URL('worker.ts', import.meta.url).pathname],
  outfile: program.pathname,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});

const student = debkd.decodeStudent(readFileSync(new URL('student/mlp.debkd', corpus)));
const { files } = await debkd.toEdge(student, 'cloudflare');
const project = new URL(`service-${process.pid}/`, folder);
for (const { path, bytes } of files) {
  mkdirSync(new URL('.', new URL(path, project)), { recursive: true });
  writeFileSync(new URL(path, project), bytes);
}
const service = new URL(files.find(({ path }) => path.endsWith('fetch.js')).path, project).href;

const total = [...SHARES.values()].reduce((sum, share) => sum + share, 0);
const wanted = [...SHARES].map(([kind, share]) => [kind, Math.ceil((Number(values.inputs) * share) / total)]);
wanted.push(['distill', Number(values.distills)]);
const tasks = [];
for (const [kind, count] of wanted) {
  if (values.kind !== undefined && values.kind !== kind) continue;
  if (values.only !== undefined) tasks.push({ kind, from: Number(values.only), to: Number(values.only) + 1 });
  else for (let from = 0; from < count; from += BATCH) tasks.push({ kind, from, to: Math.min(count, from + BATCH) });
}

const counts = new Map();
const faults = [];
let most = 0;
let done = 0;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 50);

/** Runs one batch in a thread. Where an input takes too long, terminates the thread and continues after that input in a new one. */
function run({ kind, from, to }) {
  return new Promise((resolve) => {
    const worker = new Worker(program, {
      workerData: { kind, from, to, seed, corpus, service },
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    let index = from;
    let timer;
    let busy = false;
    const fail = (what) => faults.push({ kind, index, what });
    const next = (limit) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // while the runtime works, a timeout is no fault: the command line also stops such a teacher from outside
        if (busy) count(kind, 'teacher, stopped');
        else fail(`longer than ${SECONDS} s`);
        void worker.terminate();
        resolve(index + 1 < to ? run({ kind, from: index + 1, to }) : undefined);
      }, limit);
    };
    next(30000); // time for the thread to start
    worker.on('message', (message) => {
      if (message.busy !== undefined) busy = message.busy;
      else if (message.fault) fail(message.fault);
      else if (message.how) count(kind, message.how);
      else {
        index = message.index;
        busy = false;
        next(1000 * SECONDS);
      }
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      fail(`the thread crashed: ${error.stack ?? error}`);
      resolve(index + 1 < to ? run({ kind, from: index + 1, to }) : undefined);
    });
    worker.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function count(kind, how) {
  const own = counts.get(kind) ?? new Map();
  counts.set(kind, own);
  own.set(how, (own.get(how) ?? 0) + 1);
}

const queue = [...tasks];
await Promise.all(
  Array.from({ length: Math.min(cpus().length, 4) }, async () => {
    for (let task = queue.shift(); task; task = queue.shift()) {
      await run(task);
      done += task.to - task.from;
      if (process.stderr.isTTY) process.stderr.write(`\r${done} inputs, ${faults.length} faults `);
    }
  }),
);
clearInterval(watch);
rmSync(program);
rmSync(project, { recursive: true });
console.log(`seed ${seed}`);
console.log('| kind | inputs | read | refused, by code |\n|---|---|---|---|');
for (const [kind, own] of counts) {
  const sum = [...own.values()].reduce((a, b) => a + b, 0);
  const codes = [...own].filter(([how]) => how !== 'read').sort((a, b) => b[1] - a[1]);
  console.log(`| ${kind} | ${sum} | ${own.get('read') ?? 0} | ${codes.map(([how, n]) => `${how} ${n}`).join(', ')} |`);
}
const shown = new Map();
for (const { kind, index, what } of faults) {
  // print only the first fault of each kind at each place
  const place = what.split('\n').slice(0, 2).join(' ');
  const known = shown.get(`${kind} ${place}`);
  if (!known)
    console.log(`FAULT --kind '${kind}' --only ${index} --seed ${seed}\n${what.split('\n').slice(0, 6).join('\n')}`);
  shown.set(`${kind} ${place}`, (known ?? 0) + 1);
}
console.log(`${faults.length} faults; at most ${Math.round(most / 2 ** 20)} MiB (bound ${MEMORY / 2 ** 20})`);
if (faults.length > 0 || most > MEMORY) process.exitCode = 1;
process.exit();
