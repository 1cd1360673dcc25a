// How labelling scales with the number of workers: measures 1, 2 and 4 workers on this machine, compares the times with a simulation,
// then simulates up to 1,000 workers. Needs redis-server.
//   npm run scale [-- --blocks 16]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encode, fitMany, fitPreprocessing, hardLabels, readCsv, toOnnx } from '../library.mjs';
import { bound, simulate } from './cluster-model.mjs';

const { values } = parseArgs({ options: { blocks: { type: 'string', default: '16' } } });
const ROWS = 16384;
const blocks = Number(values.blocks);
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-scale-'));
const PORT = '7399';
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(program, args, ready) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let said = '';
  return new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text;
      if (ready?.test(said)) resolve({ child, said: () => said });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('close', (code) => {
      children.delete(child);
      if (!ready && code === 0) resolve(said);
      else reject(new Error(said));
    });
  });
}
const debkd = (args, ready) => start(process.execPath, [main, ...args], ready);
const timed = async (work) => {
  const before = performance.now();
  const result = await work();
  return [(performance.now() - before) / 1000, result];
};

// a slow teacher: a wide network on the columns of WDBC, exported to ONNX
const data = fileURLToPath(new URL('../../models/wdbc/data.csv', import.meta.url));
const table = await readCsv(data, { target: 'label' });
const every = Uint32Array.from({ length: table.rows }, (_, i) => i);
const preprocessing = fitPreprocessing(table, { rows: every });
const dataset = encode(table, preprocessing);
const lesson = { targets: { margins: new Float64Array(dataset.rows) }, loss: hardLabels() };
const [wide] = await fitMany({ hidden: [1024, 1024] }, dataset, [lesson], { seed: 1, epochs: 1 });
const [encoded] = (await toOnnx(wide)).files;
writeFileSync(join(folder, 'teacher.onnx'), encoded.bytes);
writeFileSync(join(folder, 'preprocessing.json'), JSON.stringify(preprocessing));
// the rows of WDBC with small changes, so no two blocks are equal
const names = table.columns.map(({ name }) => name);
const source = table.columns.map(({ codes, texts }) => Array.from(codes, (code) => Number(texts[code])));
const lines = Array.from({ length: ROWS * blocks }, (_, i) =>
  source.map((column) => (column[i % table.rows] * (1 + ((i * 7919) % 1009) * 1e-5)).toPrecision(7)).join(','),
);
writeFileSync(join(folder, 'rows.csv'), `${names.join(',')}\n${lines.join('\n')}\n`);
const label = [
  'label',
  `--teacher=${join(folder, 'teacher.onnx')}`,
  `--preprocessing=${join(folder, 'preprocessing.json')}`,
  `--data=${join(folder, 'rows.csv')}`,
];
const out = ['--out', join(folder, 'out.f32')];

await start(
  'redis-server',
  ['--port', PORT, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--dir', folder],
  /Ready to accept/,
);
const places = (name) => ['--queue', `redis://127.0.0.1:${PORT}`, '--store', join(folder, name)];
const begin = async (name, count) =>
  Promise.all(Array.from({ length: count }, () => debkd(['worker', ...places(name)], / is ready:/)));
const end = (workers) => {
  for (const { child } of workers) child.kill('SIGKILL');
};

console.log(`${blocks} blocks of ${ROWS} rows x ${names.length} columns, ${availableParallelism()} cores\n`);
const [alone] = await timed(() => debkd([...label, ...out, '--no-cache']));
const measured = [];
for (const count of [1, 2, 4]) {
  const workers = await begin(`w${count}`, count);
  const [seconds] = await timed(() => debkd([...label, ...out, ...places(`w${count}`)]));
  const tasks = workers.flatMap(({ said }) => Array.from(said().matchAll(/, ([\d.]+) s$/gm), ([, s]) => Number(s)));
  measured.push({ count, seconds, task: tasks.reduce((a, b) => a + b, 0) / tasks.length });
  end(workers);
}
// run again with all results in the store: only the coordinator's work remains (reading, encoding, hashing, asking, writing)
const [again] = await timed(() => debkd([...label, ...out, ...places('w1')]));
// the start-up time of the command line
const [started] = await timed(() => debkd(['inspect', join(folder, 'teacher.onnx')]));
// Redis's own statistics of its commands
const stats = spawnSync('redis-cli', ['-p', PORT, 'info', 'commandstats'], { encoding: 'utf8' }).stdout;
const usec = Array.from(stats.matchAll(/^cmdstat_(?!client|info|config|ping|bzpopmin|xread).*?usec=(\d+)/gm), ([, n]) =>
  Number(n),
).reduce((a, b) => a + b, 0);
const queue = usec / 1e6 / (3 * blocks);
const [first] = measured;
const make = Math.max(0, again - started) / blocks;
const bytes = ROWS * (4 * names.length + 8);
// the compute time with one worker, because workers that share a core slow each other down
const compute = first.task;

console.log(
  '| workers | seconds | rows per second | speed-up over one worker | seconds per task | simulated seconds |',
);
console.log('|---|---|---|---|---|---|');
console.log(`| none: one process | ${alone.toFixed(1)} | ${rate(alone)} | | | |`);
const cores = availableParallelism();
for (const { count, seconds, task } of measured) {
  const model = simulate({ workers: count, tasks: blocks, make, queue, compute, bytes, bandwidth: 5e8 });
  // the workers and the coordinator share the cores of this machine
  const guess = started + Math.max(model.seconds, (blocks * (compute + make)) / cores);
  console.log(
    `| ${count} | ${seconds.toFixed(1)} | ${rate(seconds)} | ${(first.seconds / seconds).toFixed(2)} | ${task.toFixed(2)} | ${guess.toFixed(1)} |`,
  );
}
console.log(`| none: all in the store | ${again.toFixed(1)} | ${rate(again)} | | | |`);
console.log(
  `\nA task: ${compute.toFixed(2)} s of a worker, ${make.toFixed(3)} s of the coordinator, ${(1e3 * queue).toFixed(2)} ms of Redis, ${(bytes / 1e6).toFixed(1)} MB of the store.\n`,
);

console.log(
  'Simulated, 1,000 million rows, store 1 GB/s; times vary by 20 %, a twentieth of the workers is 3 times slower, one task of 1,000 loses its worker:\n',
);
console.log('| teacher, rows per second and core | workers | hours | worker utilisation | bound by | core hours |');
console.log('|---|---|---|---|---|---|');
const tasks = Math.ceil(1e9 / ROWS);
for (const speed of [300, 3000, Math.round(ROWS / compute)]) {
  for (const workers of [1, 10, 100, 1000]) {
    const cell = { workers, tasks, make, queue, compute: ROWS / speed, bytes, bandwidth: 1e9 };
    const { seconds, busy } = simulate({ ...cell, spread: 0.2, slow: 0.05, times: 3, lost: 0.001 });
    const { by } = bound({ ...cell, rows: ROWS });
    console.log(
      `| ${speed} | ${workers} | ${(seconds / 3600).toFixed(2)} | ${(100 * busy).toFixed(0)} % | ${by} | ${((seconds * workers) / 3600).toFixed(0)} |`,
    );
  }
}
process.exit(0);

function rate(seconds) {
  return Math.round((ROWS * blocks) / seconds).toLocaleString('en');
}
