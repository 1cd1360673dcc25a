// The evidence table: de-biased distillation beside plain distillation and hard labels, on real teachers in ../shared.
//   npm run evidence [-- --teachers a,b --seeds 5 --rows 2000 --validation 1980 --student 16 --json]
// A seed draws the training rows, the validation rows, the student's start and the order. Test rows are never chosen by.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../../dist/index.js';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string', default: 'adult-mlp-groupbias,adult-mlp-priorshift,adult-gbdt' },
    seeds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '2000' },
    validation: { type: 'string', default: '1000000' },
    student: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
  },
});
const shared = (path) => new URL(`../../../shared/${path}`, import.meta.url);
const student = debkd.parseArchitecture(values.student);
const teachers = JSON.parse(readFileSync(shared('teachers/teachers.json'), 'utf8'));
const list = Array.isArray(teachers) ? teachers : teachers.teachers;
const results = [];
for (const id of values.teachers.split(',')) {
  const { dataset } = list.find((t) => t.id === id);
  const table = await debkd.readCsv(shared(`data/${dataset}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${dataset}/split-transfer.csv.gz`)) });
  const preprocessing = debkd.parsePreprocessing(
    JSON.parse(readFileSync(shared(`teachers/${dataset}.preprocessing.json`), 'utf8')),
    dataset,
  );
  const teacher = await debkd.loadTeacher(shared(`teachers/${id}.onnx`), { preprocessing });
  const test = debkd.encode(table, preprocessing, { rows: parts.test });
  const rows = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const train = debkd.encode(table, preprocessing, {
      rows: debkd.sampleRows(parts.train, Number(values.rows), seed),
    });
    const validation = debkd.encode(table, preprocessing, {
      rows: debkd.sampleRows(parts.validation, Number(values.validation), seed),
    });
    const run = await debkd.distill({ teacher, train, validation, student, seed });
    const data = { train, margins: run.soft.train.margins, validation };
    const students = {
      hard: await debkd.fitBaseline('hard', student, data, { seed }),
      kd: await debkd.fitBaseline('kd', student, data, { seed }),
      debiased: run.student,
    };
    for (const [method, s] of Object.entries(students)) {
      const { metrics } = await debkd.evaluate(s.predictProba(test), test.labels, {
        threshold: s.threshold,
        replicates: 2,
      });
      rows.push({
        method,
        seed,
        auc: metrics.auc.value,
        logLoss: metrics.logLoss.value,
        debias: run.debias.method,
        penalty: run.debias.penalty,
        strength: run.infusion.strength,
      });
    }
  }
  const mean = (method, metric) =>
    rows.filter((r) => r.method === method).reduce((s, r, _, all) => s + r[metric] / all.length, 0);
  const summary = { teacher: id };
  for (const method of ['hard', 'kd', 'debiased'])
    summary[method] = [mean(method, 'auc').toFixed(4), mean(method, 'logLoss').toFixed(4)].join(' / ');
  summary['debiased - kd'] = [
    mean('debiased', 'auc') - mean('kd', 'auc'),
    mean('debiased', 'logLoss') - mean('kd', 'logLoss'),
  ]
    .map((x) => x.toFixed(4))
    .join(' / ');
  summary.chosen = rows
    .filter((r) => r.method === 'debiased')
    .map((r) => `${r.debias}${r.penalty ?? ''}:${r.strength}`)
    .join(' ');
  results.push({ ...summary, rows });
  if (!values.json) console.log(summary);
  teacher[Symbol.dispose]();
}
if (values.json) console.log(JSON.stringify(results));
