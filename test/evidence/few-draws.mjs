// Tables with few labels: training sets with few positives or with few labels of a group, drawn from the rows of docs/data.md that no
// teacher was fitted on.
import { readFileSync } from 'node:fs';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { path: shared, json } = requireShared();

/** 60 positives among 1,500 rows. The test rows and the teacher's margins are moved to the same rate. */
const RARE = { train: 1130, validation: 370, rate: 0.04 };
/** 400 labels; the other rows are used without. */
const FEW = { train: 300, validation: 100, unlabelled: 1700 };
const WOMEN = { group: 'sex', value: 'Female' };

/** The draws by name: teacher, numbers of rows, share of class 1, and the group to watch, whose column label de-biasing is given. */
export const DRAWS = {
  bank: { teacher: 'bank-mlp', ...RARE },
  'bank, biased': { teacher: 'bank-mlp-groupbias', ...RARE, group: 'marital', value: 'single' },
  default: { teacher: 'default-mlp', ...RARE },
  adult: { teacher: 'adult-mlp', ...RARE },
  'adult, biased': { teacher: 'adult-mlp-groupbias', ...RARE, ...WOMEN },
  'adult, noise': { teacher: 'adult-mlp-noise', ...RARE },
  spambase: { teacher: 'spambase-mlp', train: 450, validation: 140, rate: 0.05 },
  german: { teacher: 'german-mlp', train: 145, validation: 49 },
  'adult, 300 labels': { teacher: 'adult-mlp-groupbias', ...FEW, ...WOMEN },
  'adult, 300 labels, by race': { teacher: 'adult-mlp', ...FEW, group: 'race', value: 'Black' },
};

/** Opens a draw's table, with the teacher's margins and hidden layer. */
export async function openDraw(name) {
  const setting = DRAWS[name];
  const { teacher: id, rate, group, value } = setting;
  const data = id.replace(/-.*/, '');
  const preprocessing = debkd.parsePreprocessing(json(`teachers/${data}.preprocessing.json`), data);
  const table = await debkd.readTable(shared(`data/${data}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(shared(`data/${data}/split-transfer.csv.gz`)) });
  const pool = Uint32Array.from([...parts.train, ...parts.validation]).sort();
  const column = group && table.columns.find((one) => one.name === group);
  return {
    ...{ setting, table, preprocessing, pool },
    margins: marginsOf(id, rate && oddsShift(table.labels, rate)),
    test: rate ? atRate(table.labels, parts.test, rate) : parts.test,
    featuresOf: await openFeatures(id, debkd.encode(table, preprocessing, { rows: pool }), pool),
    ...(column && { inGroup: Array.from(column.codes, (code) => column.texts[code] === value) }),
  };
}

/** The stored margins of a teacher, moved by a constant. */
function marginsOf(id, shift = 0) {
  const bytes = readFileSync(shared(`teachers/${id}.logits.f32`));
  const margins = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return Float64Array.from(margins, (v) => v + shift);
}

/** What a teacher's margins change by where the share of class 1 is another. */
function oddsShift(labels, rate) {
  const share = labels.filter((y) => y === 1).length / labels.length;
  return Math.log(rate / (1 - rate)) - Math.log(share / (1 - share));
}

/** Rows with the wanted share of class 1: all of class 0, and some of class 1. */
function atRate(labels, rows, rate) {
  const [ones, zeros] = [1, 0].map((y) => rows.filter((row) => labels[row] === y));
  const wanted = Math.round((zeros.length * rate) / (1 - rate));
  return Uint32Array.from([...zeros, ...debkd.sampleRows(ones, Math.min(wanted, ones.length), 1)]).sort();
}

/** Returns a function from rows of the pool to the teacher's hidden layer. */
async function openFeatures(id, data, pool) {
  const preprocessing = data.preprocessing;
  const teacher = await debkd.loadTeacher(shared(`teachers/${id}.onnx`), { preprocessing });
  const { width, values } = await debkd.hiddenFeatures(teacher, data, { layer: teacher.hiddenLayer().layer });
  teacher[Symbol.dispose]();
  const place = new Map(Array.from(pool, (row, i) => [row, i]));
  return (rows) => {
    const picked = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      picked.set(values.subarray(place.get(row) * width, (place.get(row) + 1) * width), i * width);
    });
    return { rows: rows.length, width, values: picked };
  };
}

/** A draw: both parts with the teacher's margins and hidden layer, and the test rows. A seed determines it. */
export async function drawTable({ setting, table, preprocessing, margins, pool, test, featuresOf }, seed) {
  const { train, validation, unlabelled = 0, rate, group } = setting;
  // drawn with the same shares of both classes, where a rate is given
  const [labelled, validationRows] = rate
    ? [1, 0]
        .map((y) => ({ rows: pool.filter((row) => table.labels[row] === y), share: y ? rate : 1 - rate }))
        .reduce(
          ([some, others], { rows, share }, k) => {
            const [n, m] = [train, validation].map((size) => Math.round(size * share));
            const drawn = shuffled(rows, seed + 1000 * k).slice(0, n + m);
            return [
              [...some, ...drawn.slice(0, n)],
              [...others, ...drawn.slice(n)],
            ];
          },
          [[], []],
        )
    : [shuffled(pool, seed).slice(validation, validation + train), shuffled(pool, seed).slice(0, validation)];
  const others = rate ? [] : shuffled(pool, seed).slice(validation + train, validation + train + unlabelled);
  const hidden = new Set(others);
  const rows = {
    train: Uint32Array.from([...labelled, ...others]).sort(),
    validation: Uint32Array.from(validationRows).sort(),
  };
  const labels = table.labels.map((y, row) => (hidden.has(row) ? -1 : y));
  const data = await debkd.encodeParts({ ...table, labels }, { ...rows, test }, preprocessing, {
    ...(group && { groups: [group] }),
  });
  const partOf = (part) => ({
    data: data[part],
    margins: Float64Array.from(rows[part], (row) => margins[row]),
    features: featuresOf(rows[part]),
  });
  return { train: partOf('train'), validation: partOf('validation'), test: data.test };
}

/** Rows in an order by seed (Fisher, Yates). */
function shuffled(rows, seed) {
  const out = [...rows];
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
