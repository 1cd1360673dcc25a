// What unlabelled rows gain: compares training on 500 labelled rows with training on the same rows plus all others, unlabelled.
//   node test/evidence/unlabelled.mjs [--teacher adult-mlp-groupbias --labelled 500 --validation 250 --seeds 6]
// Run npm run build first. A seed determines the labelled rows, the validation rows, the initial weights and the order of training rows.
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({
  options: {
    teacher: { type: 'string', default: 'adult-mlp-groupbias' },
    labelled: { type: 'string', default: '500' },
    validation: { type: 'string', default: '250' },
    seeds: { type: 'string', default: '6' },
  },
});
const { path: shared, json } = requireShared();
const [dataset] = values.teacher.split('-');
const student = { hidden: [16] };
const table = await debkd.readCsv(shared(`data/${dataset}/data.csv.gz`), { target: 'label' });
const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${dataset}/split-transfer.csv.gz`)) });
const preprocessing = debkd.parsePreprocessing(json(`teachers/${dataset}.preprocessing.json`), dataset);
const teacher = await debkd.loadTeacher(shared(`teachers/${values.teacher}.onnx`), { preprocessing });
const encode = (rows) => debkd.encode(table, preprocessing, { rows });
const test = encode(parts.test);
const results = new Map([
  ['hard labels, labelled rows', []],
  ['debiased, labelled rows', []],
  ['debiased, with unlabelled rows', []],
]);
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  const labelled = debkd.sampleRows(parts.train, Number(values.labelled), seed);
  const few = encode(labelled);
  const validation = encode(debkd.sampleRows(parts.validation, Number(values.validation), seed));
  const known = new Set(labelled);
  const all = encode(parts.train);
  const many = { ...all, labels: all.labels.map((y, i) => (known.has(parts.train[i]) ? y : -1)) };
  const alone = await debkd.distill({ teacher, train: few, validation, student, seed });
  const joined = await debkd.distill({ teacher, train: many, validation, student, seed });
  const material = debkd.prepareInputs(
    { data: few, margins: alone.soft.train.margins },
    { data: validation, margins: alone.soft.validation.margins },
  );
  const { student: hard } = await debkd.tuneMethod('hard', material, { student, seed });
  for (const [name, s] of [...results.keys()].map((name, i) => [name, [hard, alone.student, joined.student][i]])) {
    const { metrics } = await debkd.evaluate(s.predictProba(test), test.labels, { replicates: 2 });
    results.get(name).push([metrics.auc.value, metrics.logLoss.value]);
  }
}
teacher[Symbol.dispose]();
const mean = (list, k) => list.reduce((sum, row) => sum + row[k], 0) / list.length;
console.log(
  `${values.teacher}: ${values.labelled} labelled of ${parts.train.length} rows, ${values.seeds} seeds, test AUC / log-loss`,
);
for (const [name, list] of results)
  console.log(`${name.padEnd(34)}${mean(list, 0).toFixed(4)} / ${mean(list, 1).toFixed(4)}`);
