// Students where labels are few: tables with about 60 positives, small tables, and 300 labels of a table with a group that the teacher is
// wrong about. Every method is tuned over its 15 settings on the validation rows. Prints Markdown tables for docs/results-few.md.
//   npm run few -- [--sets 'bank;german' --draws 20 --methods kd,fitnet,debiased,debiased-hint --json FILE]
//   npm run few -- --print FILE
// A draw determines the training and validation rows and the student's seed; the test rows are always the same. Intervals are 95 %, over
// the draws, paired.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { DRAWS, drawTable, openDraw } from './few-draws.mjs';
import { figures, mean, paired, show } from './paired.mjs';

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: Object.keys(DRAWS).join(';') },
    draws: { type: 'string', default: '20' },
    methods: { type: 'string', default: 'hard,kd,kd-soft,fitnet,debiased,debiased-hint' },
    json: { type: 'string' },
    print: { type: 'string' },
  },
});

/** The share of missed positives of a group, and how much more that is than of the others. */
function misses(scores, labels, inGroup, threshold) {
  const shareOf = (group) => {
    const rows = [...labels.keys()].filter((i) => labels[i] === 1 && inGroup[i] === group);
    return rows.filter((i) => scores[i] < threshold).length / rows.length;
  };
  return { missed: shareOf(true), gap: shareOf(true) - shareOf(false) };
}

/** F1 of class 1 at a threshold. */
function f1(scores, labels, threshold) {
  const count = (has) => [...labels.keys()].filter(has).length;
  const hits = count((i) => labels[i] === 1 && scores[i] >= threshold);
  return (2 * hits) / (count((i) => scores[i] >= threshold) + count((i) => labels[i] === 1));
}

async function runDraw(source, seed) {
  const { train, validation, test } = await drawTable(source, seed);
  const inputs = debkd.prepareInputs(train, validation);
  const margins = Float64Array.from(source.test, (row) => source.margins[row]);
  const inGroup = source.inGroup && Array.from(source.test, (row) => source.inGroup[row]);
  const byGroup = (scores, threshold) => inGroup && misses(scores, test.labels, inGroup, threshold);
  const out = {
    teacher: { ...figures(margins, test.labels), f1: f1(margins, test.labels, 0), ...byGroup(margins, 0) },
  };
  for (const method of values.methods.split(',')) {
    const tuned = { student: { hidden: [16] }, seed, tune: true };
    const { student, candidates, chosen } = await debkd.tuneMethod(method, inputs, tuned);
    const probabilities = student.predictProba(test);
    out[method] = {
      ...figures(student.margins(test), test.labels),
      f1: f1(probabilities, test.labels, student.threshold),
      ...byGroup(probabilities, student.threshold),
      setting: candidates[chosen].trained,
    };
  }
  return out;
}

function print(results) {
  const names = Object.keys(results);
  const methods = Object.keys(results[names[0]][0]);
  const average = (name, method, metric) => mean(results[name].map((row) => row[method][metric]));
  const head = (first, columns) => `| ${first} | ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length + 1)}`;
  console.log('Test AUC / log-loss, means over the draws.\n');
  console.log(head('draws', methods));
  for (const name of names) {
    const cells = methods.map((method) => ['auc', 'logLoss'].map((m) => show(average(name, method, m))).join(' / '));
    console.log(`| ${name} (${results[name].length}) | ${cells.join(' | ')} |`);
  }
  const pairs = [
    ['debiased-hint', 'fitnet'],
    ['debiased', 'kd'],
    ['debiased', 'kd-soft'],
  ].filter((pair) => pair.every((method) => methods.includes(method)));
  console.log('\nPaired differences with 95 % intervals: AUC, log-loss.\n');
  console.log(
    head(
      'draws',
      pairs.map(([a, b]) => `${a} − ${b}`),
    ),
  );
  for (const name of names) {
    const cells = pairs.map(([a, b]) =>
      ['auc', 'logLoss']
        .map((metric) => {
          const { centre, half } = paired(results[name], a, b, metric);
          return `${show(centre)} ± ${show(half)}`;
        })
        .join(', '),
    );
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  console.log(
    '\nF1 on the test rows. The threshold of a student has the best F1 by the labels of the validation rows. That of a de-biased student has the best F1 by the',
  );
  console.log("corrected labels of training and validation rows. The teacher's is .5.\n");
  console.log(head('draws', methods));
  for (const name of names) {
    const cells = methods.map((method) => show(average(name, method, 'f1'), 3));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  const grouped = names.filter((name) => results[name][0].teacher.gap !== undefined);
  if (grouped.length === 0) return;
  console.log('\nMissed positives of the group / how many more than of the others, at the same thresholds.\n');
  console.log(head('draws, group', methods));
  for (const name of grouped) {
    const cells = methods.map((method) => ['missed', 'gap'].map((m) => show(average(name, method, m), 3)).join(' / '));
    console.log(`| ${name}: ${DRAWS[name].group} ${DRAWS[name].value} | ${cells.join(' | ')} |`);
  }
}

const results = values.print ? JSON.parse(readFileSync(values.print, 'utf8')) : {};
if (!values.print) {
  const started = performance.now();
  for (const name of values.sets.split(';')) {
    const source = await openDraw(name);
    results[name] = [];
    for (let seed = 1; seed <= Number(values.draws); seed++) {
      results[name].push(await runDraw(source, seed));
      if (values.json) writeFileSync(values.json, JSON.stringify(results));
    }
    console.error(`${name}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
}
print(results);
