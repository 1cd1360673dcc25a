// Measures the time and the peak memory of distilling 10^4 to 10^7 rows of 30 columns.
//   npm run size -- [--rows 10000,100000,1000000,10000000 --epochs 15 --folder DIR --raw]
// The rows are drawn from WDBC, with noise. --raw gives no preprocessing: debkd fits one, and the teacher takes raw columns.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { uniform } from './interrupt.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000,1000000,10000000' },
    epochs: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    raw: { type: 'boolean', default: false },
  },
});
const local = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(values.folder, 'debkd-size-'));
const [header, ...lines] = readFileSync(local('models/wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const known = lines.map((line) => line.split(',').map(Number));

async function write(path, rows) {
  const file = createWriteStream(path, { highWaterMark: 2 ** 22 });
  const next = uniform(9);
  let text = `${header}\n`;
  for (let i = 0; i < rows; i++) {
    const row = known[Math.floor(next() * known.length)];
    const last = row.length - 1;
    for (let j = 0; j < last; j++) text += `${(row[j] * (0.8 + 0.4 * next())).toPrecision(6)},`;
    text += `${next() < 0.1 ? 1 - row[last] : row[last]}\n`;
    if (text.length > 2 ** 20) {
      if (!file.write(text)) await once(file, 'drain');
      text = '';
    }
  }
  file.end(text);
  await once(file, 'finish');
}

/** The --teacher option for a teacher of 30 raw columns. */
async function rawTeacher() {
  const outfile = join(folder, 'tiny-onnx.mjs');
  await build({ entryPoints: [local('test/tiny-onnx.ts')], outfile, bundle: true, format: 'esm', platform: 'node' });
  const { tinyOnnx } = await import(outfile);
  const path = join(folder, 'raw.onnx');
  const means = known[0].slice(0, -1).map((_, j) => known.reduce((sum, row) => sum + row[j], 0) / known.length);
  writeFileSync(path, tinyOnnx({ inputs: 30, weights: means.map((mean, j) => ((j % 5) - 2) / mean / 5) }));
  return ['--teacher', path];
}

const encoded = ['--preprocessing', local('models/wdbc/preprocessing.json')];
const teacher = values.raw
  ? await rawTeacher()
  : ['--teacher', local('models/wdbc-mlp-biased/teacher.onnx'), ...encoded];

async function measure(path) {
  const args = [
    'distill',
    ...teacher,
    '--data',
    path,
    '--student',
    '16',
    '--no-cache',
    '--json',
    '--out',
    join(folder, 'out'),
  ];
  if (values.epochs) args.push('--epochs', values.epochs);
  const started = performance.now();
  const child = spawn(process.execPath, [local('dist/cli/main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [json, notes, peak] = ['', '', 0];
  const stages = new Map();
  let stage = 'start';
  let since = started;
  child.stdout.on('data', (chunk) => {
    json += chunk;
  });
  child.stderr.on('data', (chunk) => {
    notes += chunk;
    // such as "12 %, 22 s left; 5 of 16: removing the teacher's bias"
    for (const [, name] of String(chunk).matchAll(/^\d+ %[^;\n]*; \d+ of \d+: ([^,\n]+)/gm)) {
      if (name === stage) continue;
      const now = performance.now();
      const kind = stage.replace(/ \d+ of \d+/, 's');
      stages.set(kind, (stages.get(kind) ?? 0) + (now - since) / 1000);
      [stage, since] = [name, now];
    }
  });
  const watch = setInterval(() => {
    try {
      const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peak = Math.max(peak, Number(kib ?? 0) / 1024);
    } catch {
      // the process has just ended, or this is not Linux
    }
  }, 100);
  const [status] = await once(child, 'exit');
  clearInterval(watch);
  if (status !== 0) throw new Error(`debkd distill exited with ${status}: ${notes}`);
  const { student, metrics } = JSON.parse(json);
  stages.set(stage, (stages.get(stage) ?? 0) + (performance.now() - since) / 1000);
  return { seconds: (performance.now() - started) / 1000, peak, student, auc: metrics.test.auc.value, stages };
}

try {
  console.log(
    '| rows | CSV, MB | seconds | microseconds per row | peak memory, MiB | AUC |\n|---|---|---|---|---|---|',
  );
  const details = [];
  for (const rows of values.rows.split(',').map(Number)) {
    const path = join(folder, 'rows.csv');
    await write(path, rows);
    const size = statSync(path).size / 1e6;
    const { seconds, peak, auc, stages } = await measure(path);
    const each = ((1e6 * seconds) / rows).toFixed(1);
    console.log(
      `| ${rows} | ${size.toFixed(0)} | ${seconds.toFixed(1)} | ${each} | ${peak.toFixed(0)} | ${auc.toFixed(4)} |`,
    );
    details.push(`${rows} rows: ${[...stages].map(([name, time]) => `${name} ${time.toFixed(1)}`).join(', ')}`);
    rmSync(path);
  }
  console.log(`\nSeconds by stage:\n${details.join('\n')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
