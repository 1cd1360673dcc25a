// Checks the teacher on a sample of the rows before a run.
import { countMissing } from '../../data/count-missing.ts';
import { type Dataset, selectRows } from '../../data/dataset.ts';
import { textColumnsOf } from '../../data/encode-texts.ts';
import { openedImages } from '../../data/image-columns.ts';
import { tableWarnings } from '../../data/leaks.ts';
import { encodeParts, partWeights } from '../../data/parts.ts';
import { type Split, sampleRows } from '../../data/split.ts';
import { addUnknown, describeUnknown } from '../../data/unknown-values.ts';
import { quote } from '../../io/errors.ts';
import { detectLeakage, type Leakage } from '../../labels/leakage.ts';
import { rocAuc } from '../../metrics/ranking.ts';
import { readyTeacher } from '../../teacher/ready-teacher.ts';
import { type SoftLabels, softLabels } from '../../teacher/soft-labels.ts';
import { textNotes } from '../../teacher/text-notes.ts';
import type { Checked } from '../input-messages.ts';
import { columnOptions, columnsOf, type Inputs, isStudentLimited, splitRows } from './inputs.ts';
import { runOptions } from './run-options.ts';

/** Sampled rows of each part. */
const SAMPLED = 1000;
/** Those that a teacher of texts or images answers, because it takes milliseconds for each. */
const SAMPLED_TEXTS = 128;
/** Sampled rows of each part where they have images, which take milliseconds to decode. */
const SAMPLED_IMAGES = 256;

/** The teacher's AUC on a sample, and warnings. */
export async function checkInputs(inputs: Inputs): Promise<Checked> {
  const { table } = inputs;
  const parts = splitRows(inputs);
  const weights = rowWeights(inputs, parts);
  const sampled = openedImages(table).length > 0 ? SAMPLED_IMAGES : SAMPLED;
  const sample = {
    ...parts,
    train: sampleRows(parts.train, Math.min(sampled, parts.train.length), 1),
    validation: sampleRows(parts.validation, Math.min(sampled, parts.validation.length), 1),
    test: new Uint32Array(0),
  };
  const data = await encodeParts(table, sample, inputs.preprocessing, columnOptions(inputs));
  // labelled rows may show how a teacher reads images
  const teacher = await readyTeacher(inputs.teacher, data.train);
  const { student } = columnsOf(inputs, data.train.preprocessing);
  const { by, column = '' } = inputs.choice.split ?? {};
  const readers = (teacher.parts ?? [teacher]).flatMap(({ text }) => text ?? []);
  const isSlow = readers.length > 0 || (teacher.parts ?? [teacher]).some(({ image }) => image);
  const most = isSlow ? SAMPLED_TEXTS : SAMPLED;
  const [trainRows, heldOutRows] = [data.train, data.validation].map(({ rows }) =>
    sampleRows(
      Uint32Array.from({ length: rows }, (_, row) => row),
      Math.min(most, rows),
      1,
    ),
  ) as [Uint32Array, Uint32Array];
  const asked = { train: selectRows(data.train, trainRows), validation: selectRows(data.validation, heldOutRows) };
  const answersOf = (part: Dataset): Promise<SoftLabels> => softLabels(teacher, part);
  const answers = [await answersOf(asked.train), await answersOf(asked.validation)] as const;
  const [train, heldOut] = [answers[0].margins, answers[1].margins];
  // rows without a soft label count as unlabelled
  const [trainLabels, labels] = [labelsOf(asked.train, train), labelsOf(asked.validation, heldOut)];
  const weightsOf = (rows: Uint32Array, chosen: Uint32Array): Float64Array | undefined =>
    weights && Float64Array.from(chosen, (i) => weights[rows[i] as number] as number);
  const trainWeights = weightsOf(sample.train, trainRows);
  const heldOutWeights = weightsOf(sample.validation, heldOutRows);
  const leakage = detectLeakage(
    { margins: train, labels: trainLabels, weights: trainWeights },
    { margins: heldOut, labels, weights: heldOutWeights },
  );
  return {
    rows: { train: parts.train.length, validation: parts.validation.length, test: parts.test.length },
    labelled: table.labels.filter((y) => y >= 0).length,
    positives: table.labels.filter((y) => y > 0).length,
    missing: countMissing(table),
    texts: textColumnsOf(data.train.preprocessing).map(({ name }) => name),
    hasImage: data.train.preprocessing.columns.some(({ kind }) => kind === 'image'),
    softLabels: (teacher.parts ?? [teacher]).find(({ given }) => given)?.reading.reason,
    auc: rocAuc(heldOut, labels, heldOutWeights),
    sampled: labels.filter((y) => y >= 0).length,
    known: leakage.leaked,
    notes: [
      ...teacher.notes,
      ...cutNotes(answers, readers[0]?.maxLength),
      ...tableWarnings(table, parts, isStudentLimited(inputs) ? student : undefined),
      ...(by && student.includes(column)
        ? [`column ${quote(column)}: it splits the rows, and new rows have other values; do not give it to the student`]
        : []),
      ...addUnknown([data.train, data.validation].map(({ unknown = [] }) => unknown)).map(describeUnknown),
    ],
    sentence: sentenceOf(leakage),
    options: runOptions(inputs),
  };
}

/** Notes about the sampled texts that the teacher did not read as a whole. */
function cutNotes(answers: readonly SoftLabels[], maxLength: number | undefined): string[] {
  const counts = answers.flatMap(({ texts }) => texts ?? []);
  const [cut, empty] = [counts.reduce((sum, one) => sum + one.cut, 0), counts.reduce((sum, one) => sum + one.empty, 0)];
  const rows = answers.reduce((sum, { margins }) => sum + margins.length, 0);
  return textNotes({ cut, empty }, rows, maxLength);
}

function labelsOf({ labels }: Dataset, margins: Float64Array): Int8Array {
  return labels.map((y, row) => (Number.isNaN(margins[row]) ? -1 : y));
}

/** The weights of the rows, checked in all rows of each part, as a run does; undefined where none are chosen. */
function rowWeights(
  { table, preprocessing, teachers, choice: { weights } }: Inputs,
  parts: Split,
): Float64Array | undefined {
  if (weights === undefined) return undefined;
  const byPart = partWeights(table, parts, weights, [preprocessing, ...teachers]);
  const all = new Float64Array(table.rows);
  for (const part of ['train', 'validation', 'test'] as const)
    parts[part].forEach((row, i) => {
      all[row] = byPart[part][i] as number;
    });
  return all;
}

function sentenceOf({ leaked, trainLoss, heldOutLoss }: Leakage): string {
  const [a, b] = [trainLoss.toFixed(3), heldOutLoss.toFixed(3)];
  return leaked
    ? `The teacher seems to be fitted on these rows: its log-loss is ${a} on training rows and ${b} on validation rows. Use rows that it was not trained on.`
    : `The teacher does not seem to be fitted on these rows: on a sample, its log-loss is ${a} on training rows and ${b} on validation rows. The run checks all rows.`;
}
