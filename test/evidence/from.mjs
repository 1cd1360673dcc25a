// Going on from a student: an earlier student is distilled on the earlier rows, and 200 labelled new rows follow. On adult the new rows are
// people from 40 on, on bank, whose rows are in the order of time, those from row 40,000 on. Prints a Markdown table for docs/method-trials.md:
// how AUC and log-loss change on test rows of both kinds.
//   npm run from -- [--data adult --draws 20 --students '32,16;16;logistic' --metric logLoss]
// A draw determines the 200 rows. The test rows, and the earlier student, are always the same. Intervals are 95 %, over the draws.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { figures } from './paired.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'adult' },
    draws: { type: 'string', default: '20' },
    students: { type: 'string', default: '32,16;16;logistic' },
    metric: { type: 'string', default: 'logLoss' },
  },
});
const { data: name } = values;
const { path: shared, json } = requireShared();
const preprocessing = debkd.parsePreprocessing(json(`teachers/${name}.preprocessing.json`), name);
const table = await debkd.readTable(shared(`data/${name}/data.csv.gz`), { target: 'label' });
const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${name}/split-transfer.csv.gz`)) });
const bytes = readFileSync(shared(`teachers/${name}-mlp.logits.f32`));
const margins = Float64Array.from(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
const teacher = debkd.givenSoftLabels(margins, { convention: 'logit' });
/** Whether a row is new: people from 40 on, or in a table in the order of time a later row. */
const ages = name === 'adult' ? debkd.numericColumn(table, 'age') : undefined;
const LATER = 40_000;
const isNewRow = (row) => (ages ? ages[row] >= 40 : row >= LATER);

const pick = (rows, isNew) => Uint32Array.from(rows).filter((row) => isNewRow(row) === isNew);
const encode = (rows, labels = table.labels) =>
  debkd.encode({ ...table, labels }, preprocessing, { rows: Uint32Array.from(rows).sort() });
const pool = [...pick(parts.train, true), ...pick(parts.validation, true)];
const earlierRows = pick(parts.train, false);
const tests = { earlier: encode(pick(parts.test, false)), new: encode(pick(parts.test, true)) };
const measure = (student) =>
  Object.fromEntries(Object.entries(tests).map(([name, data]) => [name, figures(student.margins(data), data.labels)]));

/** The options of each way to go on; the first has the 200 labelled rows alone. */
const WAYS = {
  '200 labels': () => ({}),
  '200 labels, no shift': () => ({}),
  'and 1,500 rows without': () => ({}),
  'and 1,000 earlier rows (replay)': ({ replay }) => ({ replay }),
  'and the teacher': () => ({ teacher }),
  '200 labels, trained alone': () => ({}),
};

/** A draw of one way: 140 labelled rows for training, 60 for validation. */
async function goOn(way, from, seed) {
  const rows = debkd.sampleRows(Uint32Array.from(way.endsWith('no shift') ? noShift : pool), 1700, seed);
  const order = shuffled(rows, seed);
  const [train, validation, unlabelled] = [order.slice(0, 140), order.slice(140, 200), order.slice(200)];
  const without = new Set(way.includes('without') ? unlabelled : []);
  const labels = table.labels.map((y, row) => (without.has(row) ? -1 : y));
  const data = { train: encode([...train, ...without], labels), validation: encode(validation) };
  if (way.endsWith('alone')) {
    const { architecture: student } = from;
    const alone = debkd.hardLabels();
    const targets = { margins: new Float64Array(data.train.rows) };
    return {
      student: await debkd.fit(student, data.train, targets, alone, {
        ...{ seed, validation: debkd.labelSelection(data.validation) },
      }),
    };
  }
  const replay = encode(shuffled(earlierRows, seed).slice(0, 1000));
  return debkd.distill({ from, ...data, seed, metric: values.metric, ...WAYS[way]({ replay }) });
}

/** Earlier rows that the earlier student was not distilled on. */
const known = new Set([...parts.train, ...parts.validation, ...parts.test]);
const noShift = [...table.labels.keys()].filter((row) => !isNewRow(row) && !known.has(row));

/** Rows in an order by seed (Fisher, Yates). */
function shuffled(rows, seed) {
  const out = [...rows];
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

console.log(`${pool.length} new rows to draw from; test rows: ${tests.new.rows} new, ${tests.earlier.rows} earlier.\n`);
for (const text of values.students.split(';')) {
  const { student: from } = await debkd.distill({
    ...{ teacher, train: encode(earlierRows), validation: encode(pick(parts.validation, false)), seed: 1 },
    student: debkd.parseArchitecture(text),
  });
  const before = measure(from);
  const show = ({ auc, logLoss }) => `${auc.toFixed(4)} / ${logLoss.toFixed(4)}`;
  console.log(
    `Student ${text}: AUC / log-loss ${show(before.new)} on new rows, ${show(before.earlier)} on earlier ones.\n`,
  );
  console.log(
    '| with | AUC, new | log-loss, new | AUC, earlier | least | log-loss, earlier | kept |\n|---|---|---|---|---|---|---|',
  );
  for (const way of Object.keys(WAYS)) {
    const changes = [];
    let kept = 0;
    for (let seed = 1; seed <= Number(values.draws); seed++) {
      const run = await goOn(way, from, seed);
      if (run.from?.step === 0) kept++;
      const after = measure(run.student);
      changes.push(
        ['new', 'earlier'].flatMap((part) => ['auc', 'logLoss'].map((m) => after[part][m] - before[part][m])),
      );
    }
    const cell = (k) => {
      const { value, high } = debkd.meanInterval(Float64Array.from(changes, (change) => change[k]));
      return `${value.toFixed(4)} ± ${(high - value).toFixed(4)}`;
    };
    const least = Math.min(...changes.map((change) => change[2])).toFixed(4);
    console.log(`| ${[way, cell(0), cell(1), cell(2), least, cell(3), kept].join(' | ')} |`);
  }
  console.log();
}
