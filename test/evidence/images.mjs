// Students of images, small convolutional networks: labels only, plain distillation and de-biased distillation, each with and without
// calibration, over draws of labelled rows. Prints Markdown tables for docs/results-images.md.
//   npm run images -- [--settings B,A --teachers all|ID,ID --draws 5 --student conv:8,16,32 --pixels 32 --cache DIR --json FILE]
//   npm run images -- --print FILE
// Every method that mixes labels and soft labels tries three shares of the label (0, .3, .6); the calibration is the same for all. A draw
// determines the labelled training and validation rows; the test rows are always the same. Intervals are 95 %, over the draws, paired. If
// a data set has no more rows than a setting labels, all its draws are the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { BIASED, drawParts, openData, openFeatures, SETTINGS, TEACHERS } from './image-draws.mjs';
import { figures, mean, paired, show } from './paired.mjs';

const { values } = parseArgs({
  options: {
    settings: { type: 'string', default: 'B,A' },
    teachers: { type: 'string', default: 'all' },
    draws: { type: 'string', default: '5' },
    student: { type: 'string', default: 'conv:8,16,32' },
    pixels: { type: 'string', default: '32' },
    methods: { type: 'string', default: 'hard labels,KD,de-biased' },
    cache: { type: 'string', default: '.cache/images' },
    json: { type: 'string' },
    print: { type: 'string' },
  },
});
const SHARES = [0, 0.3, 0.6];
const LOSS = debkd.debiasedDistillation({ temperature: 1, alpha: 1 });
const STUDENT = debkd.parseArchitecture(values.student);
const wants = (method) => values.methods.split(',').includes(method);

/** The best of the students of all shares. @param margins of the training rows */
async function tuned(train, margins, selection, augment) {
  let best;
  for (const strength of SHARES) {
    const targets = debkd.infuse({ margins }, train, { form: 'mix', strength });
    const student = await debkd.fit(STUDENT, train, targets, LOSS, { seed: 1, validation: selection, augment });
    const { selectionLoss } = student.training;
    if (!best || selectionLoss < best.selectionLoss) best = { student, strength, selectionLoss };
  }
  return best;
}

/** Metrics on the test rows. @param targets to choose the threshold by; default: the labels of the validation rows */
function measure(student, { validation, test }, inGroup, targets) {
  const { threshold } = debkd.setThreshold(student, validation, targets);
  return {
    ...figures(student.margins(test), test.labels),
    ...missesOf(student.predictProba(test), test.labels, inGroup, { chosen: threshold, half: 0.5 }),
  };
}

/** The group's missed positives, and how many more than among the other rows, at the chosen threshold and at .5. */
function missesOf(scores, labels, inGroup, { chosen, half }) {
  const others = inGroup.map((is) => !is);
  const [missed, missedAtHalf] = [chosen, half].map((at) => shareMissed(scores, labels, inGroup, at));
  const [rest, restAtHalf] = [chosen, half].map((at) => shareMissed(scores, labels, others, at));
  return { missed, missedAtHalf, gap: missed - rest, gapAtHalf: missedAtHalf - restAtHalf };
}

/** The share of the group's rows of class 1 with a score below the threshold. */
function shareMissed(scores, labels, inGroup, threshold) {
  const rows = [...labels.keys()].filter((i) => labels[i] === 1 && inGroup[i]);
  return rows.filter((i) => scores[i] < threshold).length / rows.length;
}

async function runDraw(source, featuresOf, setting, seed, cache) {
  const pixels = values.pixels.split('x').map(Number);
  const image = { size: pixels.length === 2 ? pixels : pixels[0] };
  const { rows, data, margins } = await drawParts(source, setting, seed, { image, cache });
  const inGroup = Array.from(rows.test, (row) => source.inGroup[row]);
  const { train, validation, test } = data;
  const { augment } = source;
  const out = {};
  // calibrated on the targets that selected the student
  const both = async (name, student, strength, selection, targets) => {
    out[name] = { ...measure(student, data, inGroup, targets), strength };
    const { student: calibrated } = await debkd.calibrateOnTargets(student, selection);
    out[`${name} + calibration`] = measure(calibrated, data, inGroup, targets);
  };
  if (wants('hard labels')) {
    const labels = Float64Array.from(train.labels, (y) => (y < 0 ? NaN : y > 0 ? Infinity : -Infinity));
    const validationLabels = debkd.labelSelection(validation);
    const hard = await debkd.fit(STUDENT, train, { margins: labels }, LOSS, {
      seed: 1,
      validation: validationLabels,
      augment,
    });
    await both('hard labels', hard, 1, validationLabels);
  }
  if (wants('KD')) {
    const byTeacher = debkd.debiasedSelection(validation, margins.validation, 0.5);
    const { student, strength } = await tuned(train, margins.train, byTeacher, augment);
    await both('KD', student, strength, byTeacher);
  }
  if (wants('de-biased')) {
    const parts = ['train', 'validation'].map((part) => ({
      ...{ data: data[part], margins: margins[part] },
      features: featuresOf(rows[part]),
    }));
    const { debiased, selectionMargins } = await debkd.debiasParts(...parts);
    const selection = debkd.debiasedSelection(validation, selectionMargins.validation);
    const { student, strength } = await tuned(train, debiased.train, selection, augment);
    await both(
      'de-biased',
      student,
      strength,
      selection,
      debkd.thresholdTargets({ train, validation }, selectionMargins),
    );
  }
  out.teacher = {
    ...figures(margins.test, test.labels),
    ...missesOf(margins.test, test.labels, inGroup, { chosen: 0, half: 0 }),
  };
  return out;
}

const METHODS = ['hard labels', 'KD', 'KD + calibration', 'de-biased', 'de-biased + calibration'];

function print(name, results) {
  const ids = Object.keys(results);
  const { labelled, validation, unlabelled } = SETTINGS[name];
  const others = unlabelled ? ', the others unlabelled' : ' at most, no others';
  console.log(
    `\n### Setting ${name}: ${labelled} labelled rows${others}, ${validation} for validation, ${results[ids[0]].length} draws\n`,
  );
  const methods = METHODS.filter((method) => results[ids[0]][0][method]);
  console.log(
    `Test AUC / log-loss, means over the draws.\n\n| teacher | its own | ${methods.join(' | ')} |\n|${'---|'.repeat(methods.length + 2)}`,
  );
  const cell = (rows, method) =>
    `${show(mean(rows.map((row) => row[method].auc)))} / ${show(mean(rows.map((row) => row[method].logLoss)))}`;
  for (const id of ids)
    console.log(`| ${id} | ${['teacher', ...methods].map((method) => cell(results[id], method)).join(' | ')} |`);
  if (!methods.includes('KD') || !methods.includes('de-biased')) return;
  console.log('\nDe-biased minus KD, both without and both with calibration, with 95 % intervals.\n');
  console.log('| teacher | log-loss | log-loss, calibrated | AUC |\n|---|---|---|---|');
  const against = (rows, suffix, metric) => {
    const { centre, half } = paired(rows, `de-biased${suffix}`, `KD${suffix}`, metric);
    return half > 0 ? `${show(centre)} ± ${show(half)}` : `${show(centre)} (all draws are the same)`;
  };
  const calibrated = ' + calibration';
  for (const id of ids)
    console.log(
      `| ${id} | ${against(results[id], '', 'logLoss')} | ${against(results[id], calibrated, 'logLoss')} | ${against(results[id], '', 'auc')} |`,
    );
  const missed = "Missed positives in the teacher's worst group";
  const gap = `${missed}, minus those among the other rows`;
  const best = "the threshold has the best F1, by the validation labels or by corrected labels; the teacher's is .5";
  printMissed(results, methods, 'missedAtHalf', `${missed} (all thresholds are .5)`);
  printMissed(results, methods, 'missed', `${missed} (${best})`);
  printMissed(results, methods, 'gapAtHalf', `${gap} (all thresholds are .5)`);
  printMissed(results, methods, 'gap', `${gap} (${best})`);
}

/** The share of the group's rows of class 1 that are answered 0. */
function printMissed(results, methods, metric, title) {
  console.log(`\n${title}.\n\n| teacher | its own | ${methods.join(' | ')} |\n|${'---|'.repeat(methods.length + 2)}`);
  for (const [id, rows] of Object.entries(results).filter(([one]) => BIASED.includes(one)))
    console.log(
      `| ${id} | ${['teacher', ...methods].map((method) => show(mean(rows.map((row) => row[method][metric])), 3)).join(' | ')} |`,
    );
}

const results = values.print ? JSON.parse(readFileSync(values.print, 'utf8')) : {};
if (!values.print) {
  const cache = await debkd.openDiskCache(values.cache);
  const ids = values.teachers === 'all' ? TEACHERS : values.teachers.split(',');
  const started = performance.now();
  for (const id of ids) {
    const source = await openData(id);
    const featuresOf = await openFeatures(source, cache);
    for (const setting of values.settings.split(',')) {
      results[setting] ??= {};
      results[setting][id] = [];
      for (let seed = 1; seed <= Number(values.draws); seed++)
        results[setting][id].push(await runDraw(source, featuresOf, SETTINGS[setting], seed, cache));
      console.error(`${id}, setting ${setting}: ${Math.round((performance.now() - started) / 1000)} s`);
      if (values.json) writeFileSync(values.json, JSON.stringify(results));
    }
  }
}
for (const [name, of] of Object.entries(results)) print(name, of);
