// Two teachers of the same rows against each of them alone: students of `debiased`, on the same rows and seeds.
//   npm run pairs [-- --pairs a+b,c+d --seeds 4 --rows 2000 --epochs 15]
// Prints the mean log-loss on the test rows of the students of a alone, of b alone and of both, and the paired difference of both to
// the better one alone, with its standard error over seeds; then the same for plain distillation.
import { parseArgs } from 'node:util';
import {
  combineTeachers,
  compare,
  encodeParts,
  loadTeacher,
  openDiskCache,
  parsePreprocessing,
  readSplit,
  readTable,
  split,
} from '../library.mjs';
import { requireShared } from './shared.mjs';

const KINDS = ['mlp', 'gbdt', 'resnet', 'ftt', 'mlp-groupbias', 'mlp-noise', 'mlp-overconfident', 'mlp-priorshift'];
const ADULT = KINDS.flatMap((a, i) => KINDS.slice(i + 1).map((b) => `adult-${a}+adult-${b}`));
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: [...ADULT, 'bank-mlp+bank-mlp-groupbias'].join(',') },
    seeds: { type: 'string', default: '4' },
    rows: { type: 'string', default: '2000' },
    epochs: { type: 'string' },
    cache: { type: 'string' },
  },
});
const { path: shared, json } = requireShared();
const cache = values.cache === undefined ? undefined : await openDiskCache(values.cache);
const tables = new Map();

async function rowsOf(dataset) {
  const found = tables.get(dataset);
  if (found) return found;
  const preprocessing = parsePreprocessing(json(`teachers/${dataset}.preprocessing.json`), dataset);
  const table = await readTable(shared(`data/${dataset}/data.csv.gz`), { target: 'label' });
  const parts = split(table, { by: await readSplit(shared(`data/${dataset}/split-transfer.csv.gz`)) });
  const made = { preprocessing, data: await encodeParts(table, parts, preprocessing) };
  tables.set(dataset, made);
  return made;
}

const digits = (x) => x.toFixed(4).replace(/^(-?)0/, '$1');
const signed = (x) => `${x < 0 ? '−' : '+'}${digits(Math.abs(x))}`;
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
console.log('| a | b | a alone | b alone | both | both − better | kd: a | kd: b | kd: both |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
const worst = { difference: -Infinity };
for (const pair of values.pairs.split(',')) {
  const ids = pair.split('+');
  const { preprocessing, data } = await rowsOf(ids[0].split('-')[0]);
  const teachers = [];
  for (const id of ids) teachers.push(await loadTeacher(shared(`teachers/${id}.onnx`), { preprocessing }));
  const teacher = combineTeachers(teachers);
  const { results } = await compare(['kd', 'debiased'], {
    teacher,
    data,
    student: { hidden: [16] },
    trainRows: Number(values.rows),
    seeds: Number(values.seeds),
    replicates: 0,
    epochs: values.epochs === undefined ? undefined : Number(values.epochs),
    cache,
  });
  const lossesOf = (method) => results.filter((row) => row.method === method).map((row) => row.metrics.logLoss);
  const [a, b, both] = [`debiased@${ids[0]}`, `debiased@${ids[1]}`, 'debiased'].map(lossesOf);
  const better = mean(a) < mean(b) ? a : b;
  const differences = both.map((loss, i) => loss - better[i]);
  const difference = mean(differences);
  const spread = Math.sqrt(differences.reduce((sum, x) => sum + (x - difference) ** 2, 0) / (differences.length - 1));
  const plain = [`kd@${ids[0]}`, `kd@${ids[1]}`, 'kd'].map((method) => digits(mean(lossesOf(method))));
  const error = digits(spread / Math.sqrt(differences.length));
  const cells = [
    ...ids,
    ...[a, b, both].map((list) => digits(mean(list))),
    `${signed(difference)} ± ${error}`,
    ...plain,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  teacher[Symbol.dispose]?.();
  if (difference > worst.difference) Object.assign(worst, { difference, pair });
}
console.log(`\nworst: ${worst.pair}, ${signed(worst.difference)} to the better teacher alone`);
