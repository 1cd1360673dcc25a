// Tables with few labels: training sets with few positives, or with few labels of a group, drawn from the rows of ../shared that no
// teacher was fitted on.
import { readFileSync } from 'node:fs';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { path: shared, json } = requireShared();

/** Few positives: bank, default and adult at 4 %, spambase at 5 %. The teachers' margins are moved to that rate. */
const RARE = { train: 1130, validation: 370, rate: 0.04 };
/** The whole of what no teacher was fitted on. */
const SMALL = { train: 145, validation: 49 };
/** Few labels: the other rows are used without. */
const FEW = { train: 300, validation: 100, unlabelled: 1700 };

/** The draws by name. */
export const DRAWS = {
  bank: { teacher: 'bank-mlp', data: 'bank', ...RARE },
  'bank, biased': { teacher: 'bank-mlp-groupbias', data: 'bank', ...RARE, group: ['marital', 'single'] },
  default: { teacher: 'default-mlp', data: 'default', ...RARE },
  adult: { teacher: 'adult-mlp', data: 'adult', ...RARE },
  'adult, biased': { teacher: 'adult-mlp-groupbias', data: 'adult', ...RARE, group: ['sex', 'Female'] },
  'adult, noise': { teacher: 'adult-mlp-noise', data: 'adult', ...RARE },
  spambase: { teacher: 'spambase-mlp', data: 'spambase', train: 450, validation: 140, rate: 0.05 },
  german: { teacher: 'german-mlp', data: 'german', ...SMALL },
  'adult, 300 labels': { teacher: 'adult-mlp-groupbias', data: 'adult', ...FEW, group: ['sex', 'Female'] },
};

/** Opens the table, teacher, margins and hidden layer of a draw. */
export async function openDraw(name) {
  const { teacher: id, data, ...setting } = DRAWS[name];
  const preprocessing = debkd.parsePreprocessing(json(`teachers/${data}.preprocessing.json`), data);
  const teacher = await debkd.loadTeacher(shared(`teachers/${id}.onnx`), { preprocessing });
  const table = await debkd.readTable(shared(`data/${data}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${data}/split-transfer.csv.gz`)) });
  const stored = readFileSync(shared(`teachers/${id}.logits.f32`));
  const { rate } = setting;
  const share = table.labels.filter((y) => y === 1).length / table.labels.length;
  const shift = rate ? Math.log(rate / (1 - rate)) - Math.log(share / (1 - share)) : 0;
  const margins = Float64Array.from(
    new Float32Array(stored.buffer, stored.byteOffset, stored.length / 4),
    (v) => v + shift,
  );
  const pool = Uint32Array.from([...parts.train, ...parts.validation]).sort();
  const { layer } = teacher.hiddenLayer();
  const features = await debkd.hiddenFeatures(teacher, debkd.encode(table, preprocessing, { rows: pool }), { layer });
  teacher[Symbol.dispose]();
  const place = new Map(Array.from(pool, (row, i) => [row, i]));
  const featuresOf = (rows) => {
    const { width, values } = features;
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      const at = place.get(row) * width;
      out.set(values.subarray(at, at + width), i * width);
    });
    return { rows: rows.length, width, values: out };
  };
  let inGroup;
  if (setting.group) {
    const [column, value] = setting.group;
    const { codes, texts } = table.columns.find((one) => one.name === column);
    const code = texts.indexOf(value);
    inGroup = Array.from(codes, (one) => one === code);
  }
  const test = rate ? atRate(table.labels, parts.test, rate, 1) : parts.test;
  return { setting, table, preprocessing, margins, pool, test, featuresOf, inGroup };
}

/** Rows with the wanted share of class 1: all rows of class 0, and as many of class 1. */
function atRate(labels, rows, rate, seed) {
  const [ones, zeros] = [1, 0].map((y) => rows.filter((row) => labels[row] === y));
  const wanted = Math.round((zeros.length * rate) / (1 - rate));
  return Uint32Array.from([...zeros, ...debkd.sampleRows(ones, Math.min(wanted, ones.length), seed)]).sort();
}

/** A draw: encoded parts with the teacher's margins and features, and the test rows. */
export function drawTable({ setting, table, preprocessing, margins, pool, test, featuresOf }, seed) {
  const { train, validation, unlabelled = 0, rate } = setting;
  const total = train + validation;
  let rows;
  if (rate) {
    const ones = Math.round(total * rate);
    const drawn = [1, 0].map((y) =>
      debkd.sampleRows(
        pool.filter((row) => table.labels[row] === y),
        y ? ones : total - ones,
        seed,
      ),
    );
    const inTrain = Math.round(train * rate);
    const shuffled = drawn.map((some, k) => shuffle(some, seed + 1000 * k));
    rows = {
      train: [...shuffled[0].slice(0, inTrain), ...shuffled[1].slice(0, train - inTrain)],
      validation: [...shuffled[0].slice(inTrain), ...shuffled[1].slice(train - inTrain)],
    };
  } else {
    const drawn = shuffle(debkd.sampleRows(pool, Math.min(pool.length, total + unlabelled), seed), seed);
    rows = { validation: drawn.slice(0, validation), train: drawn.slice(validation) };
  }
  for (const part of ['train', 'validation']) rows[part] = Uint32Array.from(rows[part]);
  const known = new Set(unlabelled ? rows.train.slice(0, train) : rows.train);
  const inTrain = new Set(rows.train);
  const labels = table.labels.map((y, row) => (known.has(row) || !inTrain.has(row) ? y : -1));
  for (const part of ['train', 'validation']) rows[part].sort();
  const encoded = (some) => debkd.encode({ ...table, labels }, preprocessing, { rows: some });
  const partOf = (some) => ({
    data: encoded(some),
    margins: Float64Array.from(some, (row) => margins[row]),
    features: featuresOf(some),
  });
  return { train: partOf(rows.train), validation: partOf(rows.validation), test: encoded(test) };
}

/** Rows in an order by seed. */
function shuffle(rows, seed) {
  const out = [...rows];
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
