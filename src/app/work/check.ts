// Checks the teacher on a sample of the rows before a run.
import { countMissing } from '../../data/count-missing.ts';
import type { Dataset } from '../../data/dataset.ts';
import { tableWarnings } from '../../data/leaks.ts';
import { encodeParts, partWeights } from '../../data/parts.ts';
import { type Split, sampleRows } from '../../data/split.ts';
import { addUnknown, describeUnknown } from '../../data/unknown-values.ts';
import { quote } from '../../io/errors.ts';
import { detectLeakage, type Leakage } from '../../labels/leakage.ts';
import { rocAuc } from '../../metrics/ranking.ts';
import { softLabels } from '../../teacher/soft-labels.ts';
import type { Checked } from '../messages.ts';
import { columnOptions, columnsOf, type Inputs, splitRows } from './inputs.ts';

/** Sampled rows of each part. */
const SAMPLED = 1000;

/** The teacher's AUC on a sample, and warnings. */
export async function checkInputs(inputs: Inputs): Promise<Checked> {
  const { table, teacher } = inputs;
  const parts = splitRows(inputs);
  const weights = rowWeights(inputs, parts);
  const sample = {
    ...parts,
    train: sampleRows(parts.train, Math.min(SAMPLED, parts.train.length), 1),
    validation: sampleRows(parts.validation, Math.min(SAMPLED, parts.validation.length), 1),
    test: new Uint32Array(0),
  };
  const data = await encodeParts(table, sample, inputs.preprocessing, columnOptions(inputs));
  const { student } = columnsOf(inputs, data.train.preprocessing);
  const { by, column = '' } = inputs.choice.split ?? {};
  const margins = async (part: Dataset): Promise<Float64Array> => (await softLabels(teacher, part)).margins;
  const [train, heldOut] = [await margins(data.train), await margins(data.validation)];
  // rows without a soft label count as unlabelled
  const [trainLabels, labels] = [labelsOf(data.train, train), labelsOf(data.validation, heldOut)];
  const [trainWeights, heldOutWeights] = [sample.train, sample.validation].map(
    (rows) => weights && Float64Array.from(rows, (row) => weights[row] as number),
  );
  const leakage = detectLeakage(
    { margins: train, labels: trainLabels, weights: trainWeights },
    { margins: heldOut, labels, weights: heldOutWeights },
  );
  return {
    rows: { train: parts.train.length, validation: parts.validation.length, test: parts.test.length },
    labelled: table.labels.filter((y) => y >= 0).length,
    positives: table.labels.filter((y) => y > 0).length,
    missing: countMissing(table),
    softLabels: (teacher.parts ?? [teacher]).find(({ given }) => given)?.reading.reason,
    auc: rocAuc(heldOut, labels, heldOutWeights),
    sampled: heldOut.length,
    known: leakage.leaked,
    notes: [
      ...teacher.notes,
      ...tableWarnings(table, parts, inputs.choice.exclude.length > 0 ? student : undefined),
      ...(by && student.includes(column)
        ? [`column ${quote(column)}: it splits the rows, and new rows have other values; do not give it to the student`]
        : []),
      ...addUnknown([data.train, data.validation].map(({ unknown = [] }) => unknown)).map(describeUnknown),
    ],
    sentence: sentenceOf(leakage),
  };
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
