// Streams rows through `debkd predict` as CSV and as NDJSON, checks their order, and prints seconds, rows per second and the peak memory
// of the process, for a hundredth, a tenth and all of the rows. Linux only.
//   npm run stream [-- --rows 1000000]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const folder = mkdtempSync(join(tmpdir(), 'debkd-stream-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: 'ignore' });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`debkd ${args[0]} exited with ${code}`))));
  });
}

const student = join(folder, 'student');
const model = (path) => join(root, 'models', path);
await run([
  'distill',
  `--teacher=${model('wdbc-mlp/teacher.onnx')}`,
  `--data=${model('wdbc/data.csv')}`,
  `--preprocessing=${model('wdbc/preprocessing.json')}`,
  '--student=16',
  '--epochs=5',
  `--out=${student}`,
]);
const [header, ...lines] = readFileSync(model('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const names = header.split(',');
const objects = lines.map((line) => {
  const fields = line.split(',').map((text, j) => `${JSON.stringify(names[j])}:${text}`);
  return `${fields.join(',')}}`;
});
const FORMATS = {
  csv: {
    head: `row,${header}\n`,
    row: (i) => `${i},${lines[i % lines.length]}\n`,
    first: (line) => Number.parseInt(line, 10),
    skip: 1,
  },
  ndjson: {
    head: '',
    row: (i) => `{"row":${i},${objects[i % lines.length]}\n`,
    first: (line) => JSON.parse(line).row,
    skip: 0,
  },
};

async function stream({ head, row, first, skip }, rows) {
  const started = performance.now();
  const child = spawn(process.execPath, [main, 'predict', '--student', student, '--keep', 'row'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let memory = 0;
  const timer = setInterval(() => {
    try {
      memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
    } catch {}
  }, 20);
  let [seen, rest] = [-skip, ''];
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => {
    const found = (rest + text).split('\n');
    rest = found.pop();
    for (const line of found) {
      if (seen >= 0 && first(line) !== seen) throw new Error(`expected row ${seen}, got ${line}`);
      seen++;
    }
  });
  child.stdin.write(head);
  for (let from = 0; from < rows; from += 500) {
    const text = Array.from({ length: Math.min(500, rows - from) }, (_, i) => row(from + i)).join('');
    if (!child.stdin.write(text)) await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (seen !== rows) throw new Error(`${seen} rows were answered, expected ${rows}`);
  return { seconds: (performance.now() - started) / 1000, memory };
}

console.log('| format | rows | seconds | rows per second | peak memory |\n|---|---|---|---|---|');
for (const [name, format] of Object.entries(FORMATS)) {
  for (const rows of [0.01, 0.1, 1].map((share) => Math.round(share * Number(values.rows)))) {
    const { seconds, memory } = await stream(format, rows);
    console.log(
      `| ${name} | ${rows} | ${seconds.toFixed(1)} | ${Math.round(rows / seconds)} | ${memory.toFixed(0)} MB |`,
    );
  }
}
