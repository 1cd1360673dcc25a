// An ablation of label de-biasing: `debiased` complete, and with one component left out, on the same rows and seeds.
//   npm run parts [-- --teachers a,b --seeds 10 --threads 2]
// Prints the means of the complete method and the paired differences (ablated minus complete), with 95 % t intervals over seeds.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ABLATION_COMPONENTS, meanInterval } from '../library.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string', default: 'adult-mlp-groupbias,adult-mlp-noise,adult-mlp-overconfident,adult-mlp' },
    seeds: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const { path: shared, json } = requireShared();
const listed = json('teachers/teachers.json');
const known = Array.isArray(listed) ? listed : listed.teachers;

function run(id, part) {
  const { dataset } = known.find((teacher) => teacher.id === id);
  const args = [
    'compare',
    `--teacher=${shared(`teachers/${id}.onnx`)}`,
    `--data=${shared(`data/${dataset}/data.csv.gz`)}`,
    `--preprocessing=${shared(`teachers/${dataset}.preprocessing.json`)}`,
    `--split=${shared(`data/${dataset}/split-transfer.csv.gz`)}`,
    '--train-rows=2000',
    '--student=16',
    '--tune',
    '--methods=debiased',
    `--seeds=${values.seeds}`,
    `--threads=${values.threads}`,
    '--json',
    ...(part === undefined ? [] : [`--ablate=${part}`]),
  ];
  const { status, stdout } = spawnSync(process.execPath, [`${root}dist/cli/main.js`, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout).results;
}

const signed = (x) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(4).replace(/^0/, '')}`;
const lines = ['| teacher | without | AUC | log-loss |', '| --- | --- | --- | --- |'];
for (const id of values.teachers.split(',')) {
  const whole = run(id);
  const mean = (metric) => whole.reduce((sum, { metrics }) => sum + metrics[metric] / whole.length, 0);
  lines.push(
    `| ${id} | (whole) | ${mean('auc').toFixed(4).replace(/^0/, '')} | ${mean('logLoss').toFixed(4).replace(/^0/, '')} |`,
  );
  for (const part of ABLATION_COMPONENTS) {
    const less = run(id, part);
    const cells = ['auc', 'logLoss'].map((metric) => {
      const { value, low, high } = meanInterval(less.map((row, i) => row.metrics[metric] - whole[i].metrics[metric]));
      return `${signed(value)} (${signed(low)} .. ${signed(high)})`;
    });
    lines.push(`| ${id} | ${part} | ${cells.join(' | ')} |`);
  }
}
console.log(lines.join('\n'));
