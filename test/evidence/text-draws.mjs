// The text data sets of docs/data.md, their teachers, and the draws of labelled rows that the text evidence is measured on.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { path: shared } = requireShared(['text/data', 'text/teachers'], ' -- --sets texts');
const lines = (file) => gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);

/** The teachers of the data sets, those with a known bias first. Some may not be copied: `npm run data` does not have them. */
const ALL_TEACHERS = [
  ...['clickbait-cnn-priorshift', 'rt-polarity-bert-overconfident', 'rt-polarity-cnn-noise'],
  ...['hate-bert-groupbias', 'germeval-bert-groupbias', 'hate-bert', 'hate-bert-int8', 'hate-cnn', 'clickbait-bert'],
  ...['rt-polarity-bert', 'germeval-bert'],
];
const isThere = (id) => existsSync(shared(`text/teachers/${id}.onnx`)) && existsSync(shared(`text/data/${dataOf(id)}`));
const dataOf = (id) => id.replace(/-(bert|cnn).*/, '');
export const TEACHERS = ALL_TEACHERS.filter(isThere);
export const BIASED = ALL_TEACHERS.slice(0, 5).filter(isThere);
if (TEACHERS.length < ALL_TEACHERS.length)
  console.error(`without ${ALL_TEACHERS.filter((id) => !isThere(id)).join(', ')}: not in ${shared('text')}`);

/** Settings: labelled rows and validation rows, and whether the other rows of the training part are used without labels. */
export const SETTINGS = {
  B: { labelled: 500, validation: 250, unlabelled: true },
  A: { labelled: 2000, validation: 500, unlabelled: false },
};

/** Opens a data set with a teacher: its table, the parts of rows that no teacher was fitted on, margins of all rows. */
export async function openData(id) {
  const name = dataOf(id);
  requireShared([`text/teachers/${id}.onnx`, `text/data/${name}`], ' -- --sets texts');
  const table = await debkd.readTable(shared(`text/data/${name}/data.csv.gz`), { target: 'label' });
  const parts = { train: [], validation: [], test: [] };
  for (const [row, part] of lines(shared(`text/data/${name}/split-transfer.csv.gz`)).entries()) parts[part]?.push(row);
  const stored = readFileSync(shared(`text/teachers/${id}.logits.f32`));
  const margins = Float64Array.from(new Float32Array(stored.buffer, stored.byteOffset, stored.length / 4));
  const group = table.columns.find((column) => column.name !== 'text');
  const yes = group.texts.indexOf('yes');
  const inGroup = Array.from(group.codes, (code) => code === yes);
  const files = {
    model: shared(`text/teachers/${id}.onnx`),
    tokenizer: shared(`text/tokenizers/${name}/tokenizer.json`),
  };
  return { name, table, parts, margins, group: group.name, inGroup, files };
}

/** The teacher's hidden layer for the rows of the training and validation parts; undefined if it has none. */
export async function openFeatures({ table, parts, files }, cache) {
  const teacher = await debkd.loadTeacher(files.model, { tokenizer: files.tokenizer, text: ['text'], threads: 2 });
  const found = teacher.hiddenLayer();
  if ('why' in found) return undefined;
  const rows = Uint32Array.from([...parts.train, ...parts.validation]);
  const data = debkd.encode(table, debkd.fitPreprocessing(table, { rows: rows.subarray(0, 100) }), {
    rows,
    teacher: 'raw',
  });
  const features = await debkd.hiddenFeatures(teacher.forTarget(table.target), data, { layer: found.layer, cache });
  teacher[Symbol.dispose]();
  const place = new Map(Array.from(rows, (row, i) => [row, i]));
  return (wanted) => {
    const values = new Float32Array(wanted.length * features.width);
    wanted.forEach((row, i) => {
      const at = place.get(row) * features.width;
      values.set(features.values.subarray(at, at + features.width), i * features.width);
    });
    return { rows: wanted.length, width: features.width, values };
  };
}

/** A draw: encoded parts with the teacher's margins; a seed determines which rows have labels. */
export async function drawParts({ table, parts, margins, group }, { labelled, validation, unlabelled }, seed) {
  const known = debkd.sampleRows(Uint32Array.from(parts.train), Math.min(labelled, parts.train.length), seed);
  const rows = {
    train: unlabelled ? Uint32Array.from(parts.train) : known,
    validation: debkd.sampleRows(
      Uint32Array.from(parts.validation),
      Math.min(validation, parts.validation.length),
      seed,
    ),
    test: Uint32Array.from(parts.test),
  };
  const [isKnown, inTrain] = [new Set(known), new Set(parts.train)];
  const labels = table.labels.map((y, row) => (isKnown.has(row) || !inTrain.has(row) ? y : -1));
  const data = await debkd.encodeParts({ ...table, labels }, rows, undefined, { groups: [group] });
  const marginsOf = (part) => Float64Array.from(rows[part], (row) => margins[row]);
  return {
    rows,
    data,
    margins: { train: marginsOf('train'), validation: marginsOf('validation'), test: marginsOf('test') },
  };
}
