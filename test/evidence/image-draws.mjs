// The image data sets of docs/data.md, their teachers, and the draws of labelled rows that the image evidence is measured on.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { path: shared } = requireShared(['images/teachers'], ' -- --sets images');
const lines = (file) => gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);

/** The teachers, those with a known bias first. Those of `scenes` may not be copied: `npm run data` does not have them. */
const ALL_TEACHERS = [
  ...['malaria-resnet-groupbias', 'scenes-resnet-groupbias', 'trash-mobilenet-noise', 'scenes-resnet-overconfident'],
  ...['malaria-resnet', 'scenes-resnet', 'trash-mobilenet'],
];
const dataOf = (id) => id.replace(/-.*/, '');
const isThere = (id) => existsSync(shared(`images/teachers/${id}.onnx`)) && existsSync(shared(`images/${dataOf(id)}`));
export const TEACHERS = ALL_TEACHERS.filter(isThere);
export const BIASED = ALL_TEACHERS.slice(0, 4).filter(isThere);
if (TEACHERS.length < ALL_TEACHERS.length)
  console.error(`without ${ALL_TEACHERS.filter((id) => !isThere(id)).join(', ')}: not in ${shared('images')}`);

/** Settings: labelled rows and validation rows, and whether the other rows of the training part are used without labels. */
export const SETTINGS = {
  B: { labelled: 300, validation: 100, unlabelled: true },
  A: { labelled: 1500, validation: 400, unlabelled: false },
};

/** The group of each data set in which its biased teacher is worst, and the changes of training images. */
const SETS = {
  malaria: { group: 'light', augment: ['mirror', 'flip', 'turn', 'shift'] },
  scenes: { group: 'dark', augment: ['mirror', 'shift'] },
  trash: { group: 'mid', augment: ['mirror', 'shift'] },
};

/** Opens a data set with a teacher: its table, the parts of rows that no teacher was fitted on, margins of all rows. */
export async function openData(id) {
  const name = dataOf(id);
  requireShared([`images/teachers/${id}.onnx`, `images/${name}`], ' -- --sets images');
  const file = shared(`images/${name}/data.csv.gz`);
  const { group, augment } = SETS[name];
  const table = await debkd.openImages(await debkd.readTable(file, { target: 'label', drop: ['brightness'] }));
  const parts = { train: [], validation: [], test: [] };
  for (const [row, part] of lines(shared(`images/${name}/split-transfer.csv.gz`)).entries()) parts[part]?.push(row);
  const stored = readFileSync(shared(`images/teachers/${id}.logits.f32`));
  const margins = Float64Array.from(new Float32Array(stored.buffer, stored.byteOffset, stored.length / 4));
  const column = table.dropped.find((one) => one.name === 'brightness');
  const code = column.texts.indexOf(group);
  const inGroup = Array.from(column.codes, (one) => one === code);
  const files = {
    model: shared(`images/teachers/${id}.onnx`),
    config: shared(`images/teachers/${name}.preprocessor_config.json`),
  };
  return { name, table, parts, margins, group, inGroup, augment, files };
}

/** The teacher's hidden layer for the rows of all parts. */
export async function openFeatures({ table, parts, files }, cache) {
  const teacher = await debkd.loadTeacher(files.model, { imageConfig: files.config, image: 'image', threads: 2 });
  const found = teacher.hiddenLayer();
  const rows = Uint32Array.from([...parts.train, ...parts.validation, ...parts.test]);
  const raw = debkd.rawColumns(table, rows);
  const features = await debkd.hiddenFeatures(
    teacher.forTarget(table.target).forTable(table),
    { teacherInputs: raw },
    {
      layer: found.layer,
      cache,
    },
  );
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
export async function drawParts({ table, parts, margins }, setting, seed, { image, cache } = {}) {
  const { labelled, validation, unlabelled } = setting;
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
  const data = await debkd.encodeParts({ ...table, labels }, rows, undefined, { image, cache });
  const marginsOf = (part) => Float64Array.from(rows[part], (row) => margins[row]);
  return {
    rows,
    data,
    margins: { train: marginsOf('train'), validation: marginsOf('validation'), test: marginsOf('test') },
  };
}
