// Students of texts, a logistic regression on hashed n-grams: labels only, plain distillation and de-biased distillation, each with
// and without calibration, over draws of labelled rows. Prints Markdown tables for docs/results.md.
//   npm run text -- [--settings B,A --teachers all|ID,ID --draws 10 --cache DIR --json FILE --no-features]
// Every method tries three shares of the label (0, .3, .6) and the same path of penalties. The calibration is the same for all. A draw
// determines the labelled training and validation rows; the test rows are always the same. Intervals are 95 %, over the draws, paired.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { figures, mean, paired, show } from './paired.mjs';
import { BIASED, drawParts, openData, openFeatures, SETTINGS, TEACHERS } from './text-draws.mjs';

const { values } = parseArgs({
  options: {
    settings: { type: 'string', default: 'B,A' },
    teachers: { type: 'string', default: 'all' },
    draws: { type: 'string', default: '10' },
    cache: { type: 'string', default: '.cache/text' },
    json: { type: 'string' },
    'no-features': { type: 'boolean', default: false },
    print: { type: 'string' },
  },
});
const SHARES = [0, 0.3, 0.6];
const LOSS = debkd.debiasedDistillation({ temperature: 1, alpha: 1 });
const LOGISTIC = { hidden: [] };

/** The best of the students of all shares. @param margins of the training rows */
async function tuned(train, margins, selection) {
  let best;
  for (const strength of SHARES) {
    const targets = debkd.infuse({ margins }, train, { form: 'mix', strength });
    const student = await debkd.fit(LOGISTIC, train, targets, LOSS, { seed: 1, validation: selection });
    const { selectionLoss } = student.training;
    if (!best || selectionLoss < best.selectionLoss) best = { student, strength, selectionLoss };
  }
  return best;
}

/** Metrics on the test rows; the threshold has the best F1 on the validation rows. */
function measure(student, { validation, test }, inGroup, ownThreshold = false) {
  const probabilities = student.predictProba(test);
  // the calibration has chosen a threshold on all labelled rows
  const threshold = ownThreshold
    ? student.threshold
    : debkd.chooseThreshold(student.predictProba(validation), validation.labels);
  return {
    ...figures(student.margins(test), test.labels),
    ...falseAlarmsOf(probabilities, test.labels, inGroup, { chosen: threshold, half: 0.5 }),
  };
}

/** The group's false alarms, and how many more than among the other rows, at the chosen threshold and at .5. */
function falseAlarmsOf(scores, labels, inGroup, { chosen, half }) {
  const others = inGroup.map((is) => !is);
  const [falseAlarms, falseAlarmsAtHalf] = [chosen, half].map((at) => rateOf(scores, labels, inGroup, at));
  const [rest, restAtHalf] = [chosen, half].map((at) => rateOf(scores, labels, others, at));
  return { falseAlarms, falseAlarmsAtHalf, gap: falseAlarms - rest, gapAtHalf: falseAlarmsAtHalf - restAtHalf };
}

/** The share of the group's rows of class 0 with a score from the threshold on. */
function rateOf(scores, labels, inGroup, threshold) {
  const rows = [...labels.keys()].filter((i) => labels[i] === 0 && inGroup[i]);
  return rows.filter((i) => scores[i] >= threshold).length / rows.length;
}

async function runDraw(source, featuresOf, setting, seed) {
  const { rows, data, margins } = await drawParts(source, setting, seed);
  const inGroup = Array.from(rows.test, (row) => source.inGroup[row]);
  const { train } = await debkd.chooseTextWeights(data, margins);
  const { validation, test } = data;
  const all = { train, validation, test };
  const out = {};
  const both = async (name, { student, strength }, targetsWithout) => {
    out[name] = measure(student, all, inGroup);
    const made = await debkd.crossCalibrate(student, {
      train,
      validation,
      loss: LOSS,
      targetsWithout: (fold) => targetsWithout(fold, strength),
    });
    out[`${name} + calibration`] = measure(made.student, all, inGroup, true);
  };
  const mixed = (of, strength) => debkd.infuse({ margins: of }, train, { form: 'mix', strength });
  const labels = Float64Array.from(train.labels, (y) => (y < 0 ? NaN : y > 0 ? Infinity : -Infinity));
  const hard = await debkd.fit(LOGISTIC, train, { margins: labels }, LOSS, {
    seed: 1,
    validation: debkd.labelSelection(validation),
  });
  out['hard labels'] = measure(hard, all, inGroup);
  const byTeacher = debkd.debiasedSelection(validation, margins.validation, 0.5);
  await both('KD', await tuned(train, margins.train, byTeacher), (_, strength) => mixed(margins.train, strength));
  const parts = ['train', 'validation'].map((part) => ({
    ...{ data: all[part], margins: margins[part] },
    ...(featuresOf && { features: featuresOf(rows[part]) }),
  }));
  const fitted = await debkd.debiasParts(...parts);
  const best = await tuned(
    train,
    fitted.debiased.train,
    debkd.debiasedSelection(validation, fitted.selectionMargins.validation),
  );
  const without = debkd.debiasedWithout(fitted, ...parts);
  await both('de-biased', best, (fold, strength) => mixed(without(fold), strength));
  out.teacher = {
    ...figures(margins.test, test.labels),
    ...falseAlarmsOf(margins.test, test.labels, inGroup, { chosen: 0, half: 0 }),
  };
  return out;
}

const METHODS = ['hard labels', 'KD', 'KD + calibration', 'de-biased', 'de-biased + calibration'];

function print(name, results) {
  const ids = Object.keys(results);
  console.log(
    `\n### Setting ${name}: ${SETTINGS[name].labelled} labelled rows${SETTINGS[name].unlabelled ? ', the others unlabelled' : ' at most, no others'}, ${results[ids[0]].length} draws\n`,
  );
  console.log(
    `Test AUC / log-loss, means over the draws.\n\n| teacher | its own | ${METHODS.join(' | ')} |\n|${'---|'.repeat(METHODS.length + 2)}`,
  );
  const cell = (rows, method) =>
    `${show(mean(rows.map((row) => row[method].auc)))} / ${show(mean(rows.map((row) => row[method].logLoss)))}`;
  for (const id of ids)
    console.log(`| ${id} | ${['teacher', ...METHODS].map((method) => cell(results[id], method)).join(' | ')} |`);
  console.log(
    `\nDe-biased with calibration, minus KD and minus KD with calibration: log-loss and AUC with 95 % intervals.\n`,
  );
  console.log('| teacher | log-loss − KD | log-loss − KD + calibration | AUC − KD |\n|---|---|---|---|');
  const against = (rows, base, metric) => {
    const { centre, half } = paired(rows, 'de-biased + calibration', base, metric);
    return `${show(centre)} ± ${show(half)}`;
  };
  for (const id of ids)
    console.log(
      `| ${id} | ${against(results[id], 'KD', 'logLoss')} | ${against(results[id], 'KD + calibration', 'logLoss')} | ${against(results[id], 'KD', 'auc')} |`,
    );
  const biased = ids.filter((id) => BIASED.includes(id));
  const average = (list, method, metric) => mean(list.map((id) => mean(results[id].map((row) => row[method][metric]))));
  for (const [label, list] of [
    ['all', ids],
    ['biased', biased],
  ])
    if (list.length > 0)
      console.log(
        `| mean, ${label} | ${['KD', 'KD + calibration'].map((base) => show(average(list, 'de-biased + calibration', 'logLoss') - average(list, base, 'logLoss'))).join(' | ')} | ${show(average(list, 'de-biased + calibration', 'auc') - average(list, 'KD', 'auc'))} |`,
      );
  const rate = 'False alarms in the group: the share of its rows of class 0 that are answered 1';
  const gap = 'False alarms in the group minus those among the other rows';
  const best =
    "the threshold has the best F1 on the validation rows, with calibration on all labelled rows; the teacher's is .5";
  printFalseAlarms(results, 'falseAlarms', `${rate}; ${best}`);
  printFalseAlarms(results, 'falseAlarmsAtHalf', `${rate}; all thresholds are .5`);
  printFalseAlarms(results, 'gap', `${gap}; ${best}`);
  printFalseAlarms(results, 'gapAtHalf', `${gap}; all thresholds are .5`);
}

/** A table of false alarms. */
function printFalseAlarms(results, metric, title) {
  const ids = Object.keys(results).filter((id) => results[id][0].KD[metric] !== undefined);
  if (ids.length === 0) return;
  console.log(`\n${title}.\n`);
  console.log(
    '| teacher | its own | hard labels | KD | KD + calibration | de-biased + calibration | − KD | − KD + calibration |\n|---|---|---|---|---|---|---|---|',
  );
  for (const id of ids) {
    const rate = (method) => show(mean(results[id].map((row) => row[method][metric])), 3);
    const difference = (base) => {
      const { centre, half } = paired(results[id], 'de-biased + calibration', base, metric);
      return `${show(centre, 3)} ± ${show(half, 3)}`;
    };
    console.log(
      `| ${id} | ${['teacher', 'hard labels', 'KD', 'KD + calibration', 'de-biased + calibration'].map(rate).join(' | ')} | ${difference('KD')} | ${difference('KD + calibration')} |`,
    );
  }
}

const results = values.print ? JSON.parse(readFileSync(values.print, 'utf8')) : {};
if (!values.print) {
  const cache = await debkd.openDiskCache(values.cache);
  const ids = values.teachers === 'all' ? TEACHERS : values.teachers.split(',');
  const started = performance.now();
  for (const id of ids) {
    const source = await openData(id);
    const featuresOf = values['no-features'] ? undefined : await openFeatures(source, cache);
    for (const setting of values.settings.split(',')) {
      results[setting] ??= {};
      results[setting][id] = [];
      for (let seed = 1; seed <= Number(values.draws); seed++)
        results[setting][id].push(await runDraw(source, featuresOf, SETTINGS[setting], seed));
      console.error(`${id}, setting ${setting}: ${Math.round((performance.now() - started) / 1000)} s`);
      if (values.json) writeFileSync(values.json, JSON.stringify(results));
    }
  }
}
for (const [name, of] of Object.entries(results)) print(name, of);
