// Does the promise of a deferral band hold? Distils a student of each teacher of docs/data.md, with half of the validation labels held out.
// Then it splits these rows and the test rows at random 200 times: one part, as large as the held-out rows were, sets the band, the
// other tests it. Prints the share of splits in which the error rate of the answered rows of the test part is at most the target, and the
// share of rows that the student answers.
//   npm run deferral [-- --teachers bank-mlp,adult-mlp --splits 200]
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const ALL =
  'adult-mlp,adult-mlp-groupbias,adult-mlp-noise,adult-mlp-overconfident,adult-mlp-priorshift,adult-ftt,adult-gbdt,adult-resnet,bank-mlp,bank-mlp-groupbias,default-mlp,german-mlp,spambase-mlp,wdbc-mlp';
const { values } = parseArgs({
  options: { teachers: { type: 'string', default: ALL }, splits: { type: 'string', default: '200' } },
});
const shared = requireShared();
const splits = Number(values.splits);
const cache = await debkd.openDiskCache(new URL('../../build/label-cache', import.meta.url).pathname);

/** Error rate and share of the answered rows. */
function answered({ defer, threshold }, { p, y }, rows) {
  let [answers, wrong] = [0, 0];
  for (const i of rows) {
    if (debkd.isDeferred({ defer }, p[i])) continue;
    answers++;
    if (p[i] >= threshold !== (y[i] === 1)) wrong++;
  }
  return { share: answers / rows.length, error: answers === 0 ? 0 : wrong / answers };
}

function shuffled(n, seed) {
  const source = debkd.words(seed, 2000, 0);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = debkd.below(source, i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

console.log(
  '| teacher | rows that set the band, that test it | target | promise holds | no band | answered (median) | error on them (median) |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
for (const id of values.teachers.split(',')) {
  const data = id.split('-')[0];
  const preprocessing = debkd.parsePreprocessing(await shared.json(`teachers/${data}.preprocessing.json`), data);
  const teacher = await debkd.loadTeacher(shared.path(`teachers/${id}.onnx`), { preprocessing });
  const table = await debkd.readCsv(shared.path(`data/${data}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(shared.path(`data/${data}/split-transfer.csv.gz`)) });
  const encoded = (rows) => debkd.encode(table, preprocessing, { rows });
  const [train, test] = [encoded(parts.train), encoded(parts.test)];
  const { validation, heldOut } = debkd.holdOut(encoded(parts.validation), 1);
  const run = await debkd.distill({ teacher, train, validation, student: { hidden: [16] }, cache, seed: 1 });
  const { threshold } = run.student;
  const { margins } = await debkd.softLabels(teacher, test, { cache });
  const ofTeacher = debkd.chooseThreshold(run.soft.validation.margins.map(debkd.sigmoid), validation.labels);
  const error = (p, at) => [...test.labels].filter((y, i) => p[i] >= at !== (y === 1)).length / test.rows;
  const teacherError = error(margins.map(debkd.sigmoid), ofTeacher);
  const p = Float64Array.from([...run.student.predictProba(heldOut), ...run.student.predictProba(test)]);
  const y = Int8Array.from([...heldOut.labels, ...test.labels]);
  const studentError = error(run.student.predictProba(test), threshold);
  const targets = [
    ['teacher + .01', { target: teacherError + 0.01 }],
    ['two thirds of the student', { target: (2 / 3) * studentError }],
    ['by class, error of the student', { target: Math.min(0.5, 2 * studentError), by: 'class' }],
  ];
  for (const [name, rule] of targets) {
    const found = Array.from({ length: splits }, (_, k) => {
      const order = shuffled(p.length, k + 1);
      const [set, tested] = [order.slice(0, heldOut.rows), order.slice(heldOut.rows)];
      const rows = { probabilities: Float64Array.from(set, (i) => p[i]), labels: Int8Array.from(set, (i) => y[i]) };
      try {
        const { band: defer } = debkd.chooseBand(rule, threshold, rows);
        const classes = rule.by ? [0, 1].map((label) => tested.filter((i) => y[i] === label)) : [tested];
        const errors = classes.map((rowsOf) => answered({ defer, threshold }, { p, y }, rowsOf).error);
        return {
          ...answered({ defer, threshold }, { p, y }, tested),
          holds: Math.max(...errors) <= rule.target,
          some: true,
        };
      } catch (problem) {
        if (problem.code !== 'rows') throw problem;
        return { share: 0, error: 0, holds: true, some: false };
      }
    });
    const share = (of) => found.filter(of).length / splits;
    console.log(
      `| ${id} | ${heldOut.rows}, ${test.rows} | ${name}: ${rule.target.toFixed(3)} | ${(100 * share(({ holds }) => holds)).toFixed(1)} % | ${(100 * share(({ some }) => !some)).toFixed(1)} % | ${(100 * median(found.map((one) => one.share))).toFixed(1)} % | ${median(found.map((one) => one.error)).toFixed(4)} |`,
    );
  }
  teacher[Symbol.dispose]?.();
}
