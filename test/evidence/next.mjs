// Active labelling: how many labels reach the log-loss of 500 random ones. The rows of a pool get labels in batches: by nextRows (next),
// by nextRows without random rows (variance), at random, or where the corrected probability is nearest to .5 (uncertainty). The labels
// correct the soft labels, and the rows of the test part measure them. npm run next [-- --draws 10] [--only adult-mlp-groupbias] [--ways random,next] [--student]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { path: shared, json } = requireShared();
const { values } = parseArgs({
  options: {
    draws: { type: 'string' },
    only: { type: 'string' },
    ways: { type: 'string' },
    student: { type: 'boolean' },
  },
});

/** The teachers, and the column whose groups are balanced. */
const CASES = {
  'adult-mlp-groupbias': 'sex',
  'bank-mlp-groupbias': 'marital',
  'adult-mlp-noise': 'sex',
  'adult-mlp-priorshift': 'sex',
  'default-mlp': 'SEX',
};
/** Rows of a pool, labels at the start, in a batch, at the end, and of the random sample to compare with. */
const [POOL, START, BATCH, END, MORE] = [2500, 50, 50, 300, 500];
/** How rows are chosen. */
const WAYS = (values.ways ?? 'random,uncertainty,variance,next,next by group').split(',');
const DRAWS = Number(values.draws ?? 10);
const VALIDATION_FOLD = 4;

const teachers = Object.entries(CASES).filter(
  ([id]) => values.only === undefined || values.only.split(',').includes(id),
);
for (const [id, column] of teachers) {
  const rows = await openRows(id, column);
  const losses = new Map();
  const gaps = new Map();
  const students = new Map();
  const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
  for (let seed = 1; seed <= DRAWS; seed++) {
    const pool = pickRows(rows.pool, debkd.sampleRows(all(rows.pool.data.rows), POOL, seed));
    const order = shuffled(POOL, seed);
    for (const way of WAYS) {
      let known = order.slice(0, START);
      for (;;) {
        const part = withLabels(pool, known);
        const found = known.length % 100 === 0 || way === 'uncertainty' ? await correct(part, rows.test) : undefined;
        if (known.length % 100 === 0) add(losses, `${way} ${known.length}`, found.loss);
        if (known.length === END) {
          add(gaps, `${way} ${END}`, gapOf(found.margins, rows.test));
          if (values.student) add(students, `${way} ${END}`, await studentLoss(found.parts, rows.test, seed));
          break;
        }
        known = [...known, ...(await choose(way, { part, order, known, found }))];
      }
    }
    const part = withLabels(pool, order.slice(0, MORE));
    const found = await correct(part, rows.test);
    add(losses, `random ${MORE}`, found.loss);
    add(gaps, `random ${MORE}`, gapOf(found.margins, rows.test));
    if (values.student) add(students, `random ${MORE}`, await studentLoss(found.parts, rows.test, seed));
  }
  console.log(
    `${id}: log-loss of the teacher ${logLoss(rows.test.margins, rows.test.data.labels).toFixed(4)}, ${DRAWS} draws`,
  );
  show('log-loss of d', losses);
  show('largest gap of a group', gaps);
  if (values.student) show('log-loss of the student', students);
}

/** Means with their differences to 500 random labels, and the standard error of the difference. */
function show(title, found) {
  console.log(`  ${title}`);
  const against = found.get(`random ${MORE}`);
  for (const [name, list] of found) {
    const differences = list.map((value, i) => value - against[i]);
    const mean = meanOf(differences);
    const error = Math.sqrt(meanOf(differences.map((x) => (x - mean) ** 2)) / Math.max(1, differences.length - 1));
    console.log(
      `    ${name.padEnd(18)}${meanOf(list).toFixed(4)}  ${mean >= 0 ? '+' : ''}${mean.toFixed(4)} ± ${error.toFixed(4)}`,
    );
  }
}

/** Numbers of the rows to label next. */
async function choose(way, { part, order, known, found }) {
  const count = Math.min(BATCH, END - known.length);
  const left = order.filter((i) => !known.includes(i));
  if (way === 'random') return left.slice(0, count);
  if (way === 'uncertainty') {
    const distance = (i) => Math.abs(found.margins.pool[i]);
    return left.sort((i, j) => distance(i) - distance(j)).slice(0, count);
  }
  const groups = way === 'next by group' ? [part.groups] : [];
  const options = { groups, random: way !== 'variance' };
  return (await debkd.nextRows({ data: part.data, margins: part.margins }, count, options)).rows;
}

/** Corrects the soft labels of a pool and of the test rows. */
async function correct(part, test) {
  const isValidation = (i) => part.data.folds[i] === VALIDATION_FOLD;
  const [inTrain, inValidation] = [false, true].map((wanted) => all(POOL).filter((i) => isValidation(i) === wanted));
  const [train, validation] = [pickRows(part, inTrain), pickRows(part, inValidation)];
  const parts = await debkd.debiasParts(train, validation, { method: 'residual' });
  const margins = debkd.applyDebias(parts.debias, test.margins, test.data);
  const pool = new Float64Array(POOL);
  inTrain.forEach((i, k) => {
    pool[i] = parts.debiased.train[k];
  });
  inValidation.forEach((i, k) => {
    pool[i] = parts.debiased.validation[k];
  });
  return {
    parts: { ...parts, train, validation },
    margins: { test: margins, pool },
    loss: logLoss(margins, test.data.labels),
  };
}

async function studentLoss({ debiased, selectionMargins, train, validation }, test, seed) {
  const student = await debkd.fit(
    { hidden: [16] },
    train.data,
    { margins: debiased.train },
    debkd.debiasedDistillation(),
    {
      seed,
      validation: debkd.debiasedSelection(validation.data, selectionMargins.validation),
    },
  );
  return logLoss(student.margins(test.data), test.data.labels);
}

/** The largest difference between mean probability and share of class 1 in a group. */
function gapOf({ test: margins }, { groups, data: { labels } }) {
  const byGroup = new Map();
  groups.forEach((group, i) => {
    const [rows, sum] = byGroup.get(group) ?? [0, 0];
    byGroup.set(group, [rows + 1, sum + debkd.sigmoid(margins[i]) - labels[i]]);
  });
  return Math.max(...[...byGroup.values()].map(([rows, sum]) => Math.abs(sum / rows)));
}

/** The transfer rows of a teacher, which it was not fitted on. */
async function openRows(id, column) {
  const [name] = id.split('-');
  const preprocessing = debkd.parsePreprocessing(json(`teachers/${name}.preprocessing.json`), name);
  const table = await debkd.readTable(shared(`data/${name}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${name}/split-transfer.csv.gz`)) });
  const stored = readFileSync(shared(`teachers/${id}.logits.f32`));
  const margins = Float64Array.from(new Float32Array(stored.buffer, stored.byteOffset, stored.length / 4));
  const open = (some) => ({
    data: debkd.encode(table, preprocessing, { rows: some }),
    margins: Float64Array.from(some, (row) => margins[row]),
    groups: debkd.groupRows(table, column, some),
  });
  return { pool: open(Uint32Array.from([...parts.train, ...parts.validation]).sort()), test: open(parts.test) };
}

function pickRows({ data, margins, groups }, rows) {
  return {
    data: debkd.selectRows(data, Uint32Array.from(rows)),
    margins: Float64Array.from(rows, (row) => margins[row]),
    groups: Array.from(rows, (row) => groups[row]),
  };
}

/** A pool with the labels of some rows only. */
function withLabels(pool, known) {
  const set = new Set(known);
  return { ...pool, data: { ...pool.data, labels: pool.data.labels.map((y, i) => (set.has(i) ? y : -1)) } };
}

function all(rows) {
  return Uint32Array.from({ length: rows }, (_, i) => i);
}

function logLoss(margins, labels) {
  return meanOf(Array.from(margins, (d, i) => debkd.softplus(labels[i] === 1 ? -d : d)));
}

function meanOf(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

/** The numbers 0 to n - 1 in an order by seed. */
function shuffled(n, seed) {
  const out = Array.from({ length: n }, (_, i) => i);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
