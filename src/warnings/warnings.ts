// The warnings of a distillation; each gives a figure and a remedy.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import type { Matrix } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import { sortFloats } from '../data/sort-floats.ts';
import { addUnknown, MAX_UNKNOWN } from '../data/unknown-values.ts';
import type { CompleteOptions, Distillation } from '../distill-options.ts';
import { quote } from '../io/errors.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { debiasesRichly, minLabels } from '../labels/candidates.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { SELECTION_LOSSES } from '../student/selection-metrics.ts';
import type { StudentData } from '../student/student-data.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { textNotes } from '../teacher/text-notes.ts';
import { columnWarnings } from './column-warnings.ts';
import { constantWarnings } from './constant-warnings.ts';
import { limitedWarnings, unknownWarnings as withoutSoftLabel } from './given-warnings.ts';
import { teacherWarnings } from './teacher-warnings.ts';
import { textWarnings } from './text-warnings.ts';
import { validationWarnings } from './validation-warnings.ts';
import { weightWarnings } from './weight-warnings.ts';

/** Warn with fewer labelled training rows of a class. */
const MIN_OF_A_CLASS = 10;

/** The warnings about data, teacher and training. */
export function warningsOf(
  {
    soft,
    debias,
    leakage,
    training,
    thresholdBy,
  }: Pick<Distillation, 'soft' | 'debias' | 'leakage' | 'thresholdBy'> & Pick<StudentData, 'training'>,
  { teacher, train, validation, debias: method = 'auto', metric = 'logLoss', from }: CompleteOptions,
): string[] {
  const loss = SELECTION_LOSSES[metric];
  const warnings: string[] = [];
  if (leakage.leaked) {
    const [a, b] = [leakage.trainLoss.toFixed(3), leakage.heldOutLoss.toFixed(3)];
    warnings.push(
      `teacher: it seems to have been fitted on these training rows (log-loss ${a} on them, ${b} on held-out rows, z ${leakage.z.toFixed(1)}), so label de-biasing is fitted on the validation rows only. Train on rows that the teacher has not seen`,
    );
  }
  warnings.push(...teacherWarnings(soft.validation.margins, validation, train, teacher.given !== undefined));
  warnings.push(...unknownWarnings(train, validation), ...leakWarnings(teacher, train, validation));
  // what an earlier student knows of a column stays
  if (!from) warnings.push(...constantWarnings(train));
  warnings.push(...columnWarnings(train));
  warnings.push(...weightWarnings('training', train), ...weightWarnings('validation', validation));
  const clippedCount = soft.train.clippedCount + soft.validation.clippedCount;
  const parts = teacher.parts ?? [teacher];
  for (const [k, { given }] of parts.entries()) {
    const [a, b] = [soft.train.each?.[k] ?? soft.train, soft.validation.each?.[k] ?? soft.validation];
    if (a.texts || b.texts) {
      const texts = {
        cut: (a.texts?.cut ?? 0) + (b.texts?.cut ?? 0),
        empty: (a.texts?.empty ?? 0) + (b.texts?.empty ?? 0),
      };
      warnings.push(...textNotes(texts, train.rows + validation.rows, parts[k]?.text?.maxLength));
    }
    if (given) warnings.push(...limitedWarnings(given, a.clippedCount + b.clippedCount));
  }
  warnings.push(...textWarnings(train, validation, debias));
  warnings.push(...withoutSoftLabel(soft, { train, validation }));
  if (clippedCount > 0 && !parts.some(({ given }) => given))
    warnings.push(
      `teacher: ${clippedCount} probabilities rounded to 0 or 1; their margins are clipped to +-16. Export the logit to keep the exact margins`,
    );
  if (method === 'auto' && !debiasesRichly(leakage.leaked ? [validation] : [train, validation])) {
    const least = minLabels(train);
    const { ones } = countLabels({ labels: validation.labels }, { labels: leakage.leaked ? [] : train.labels });
    const [named, others] = debias.candidates.some(({ on }) => on === 'groups')
      ? [', a shifted prior and the named groups', 'other subgroups']
      : [' and a shifted prior', 'subgroups'];
    warnings.push(
      `label de-biasing: with ${debias.rows} labelled training and validation rows, ${Math.min(ones, debias.rows - ones)} of the rarer class, only over-confidence${named} are corrected. With at least ${least.rows} and ${least.rarer}, errors in ${others} are searched for, too`,
    );
  }
  warnings.push(...validationWarnings(validation, thresholdBy));
  const { rows: labelled, ones: positives } = countLabels({ labels: train.labels });
  if (training?.settled === false && textColumnsOf(train.preprocessing).length > 0 && training.penalty !== undefined) {
    warnings.push(
      `training: the weakest ridge penalty, ${training.penalty}, has the lowest ${loss} on the validation rows; more training rows may give a better student`,
    );
  } else if (training?.settled === false) {
    warnings.push(
      `training: the ${loss} on the validation rows was still falling at the last of ${training.epochs} epochs; more epochs may give a better student`,
    );
  }
  for (const [name, rows] of [
    [1, positives],
    [0, labelled - positives],
  ] as const) {
    if (labelled > 0 && rows < MIN_OF_A_CLASS) {
      warnings.push(
        `training: ${rows} row${rows === 1 ? '' : 's'} of class ${name}, fewer than ${MIN_OF_A_CLASS}; the student learns that class mostly from the teacher. Give more rows of it`,
      );
    }
  }
  return warnings;
}

/** Warns about columns with mostly unknown values. */
function unknownWarnings(...parts: readonly AnyDataset[]): string[] {
  const many = addUnknown(parts.map(({ unknown = [] }) => unknown)).filter(
    ({ count, rows }) => count > MAX_UNKNOWN * rows,
  );
  const [first] = many;
  if (!first) return [];
  const names = many.map(({ column }) => quote(column)).join(', ');
  const cause = first.cause === '' ? '' : `; the likely cause is ${first.cause}`;
  return [
    `column${many.length > 1 ? 's' : ''} ${names}: the preprocessing, given or fitted on the training rows, does not list most of the values, such as ${quote(first.example)} (${first.count} of ${first.rows} rows of ${quote(first.column)}), and they are encoded as no category${cause}. Spell them as it does, or train on rows that have them`,
  ];
}

/** A column whose AUC on held-out rows exceeds this probably leaks the label; a column that the teacher takes needs a higher AUC. */
const TELLS = { other: 0.99, taken: 0.9995 };
/** With fewer validation rows of the rarer class, a high AUC may be chance. */
const FEWEST_OF_A_CLASS = 20;

/** Warns about columns that almost determine the label of held-out rows. */
function leakWarnings(teacher: Teacher, train: AnyDataset, validation: AnyDataset): string[] {
  const labels = validation.labels.subarray(0, SHUFFLE_BLOCK_ROWS);
  if (countLabels({ labels }).rarer < FEWEST_OF_A_CLASS) return [];
  const { columns } = validation.preprocessing;
  const parts = [train, validation].map(({ features, rows }) =>
    matrixRows(features).read(0, Math.min(SHUFFLE_BLOCK_ROWS, rows)),
  );
  return columns.flatMap(({ name, kind }, field) => {
    if (kind === 'text' || kind === 'image') return [];
    const all = columnAucs(field, parts as [Matrix, Matrix], [train.labels, labels]);
    const best = Math.max(...all.flatMap((auc) => [auc, 1 - auc]));
    if (!(best > (takes(teacher, train, name) ? TELLS.taken : TELLS.other))) return [];
    return [
      `column ${quote(name)}: it alone ranks the held-out rows with an AUC of ${best.toFixed(3)}. Drop it if it is known only after the label`,
    ];
  });
}

/** Whether the teacher takes a column: every column of a matrix or preprocessing, otherwise those named as its inputs. */
function takes(
  { takes: as, inputs }: Teacher,
  { teacherInputs, features, studentOnly }: AnyDataset,
  name: string,
): boolean {
  if (as === 'rows' || studentOnly?.includes(name)) return false;
  return as === 'matrix' || teacherInputs === features || inputs.includes(name);
}

/** The labels of the training rows and of the held-out rows. */
type Labels = readonly [fitted: Int8Array, tested: Int8Array];

/** The AUC on held-out rows of one column: of its numbers, and of the share of class 1 among training rows with the same value or bin. */
function columnAucs(field: number, [train, validation]: readonly [Matrix, Matrix], labels: Labels): number[] {
  if ((validation.fieldColumns[field] as number) < 0) {
    const places = new Map<number, number>();
    const keysOf = (part: Matrix): Uint32Array =>
      wordsOf(part, field).map((word) => {
        const place = places.get(word) ?? places.size;
        if (place === places.size) places.set(word, place);
        return place;
      });
    const [fitted, tested] = [keysOf(train), keysOf(validation)];
    return [aucOfShares([fitted, tested], labels, places.size)];
  }
  const numbers = (part: Matrix): Float32Array => new Float32Array(wordsOf(part, field).buffer);
  const [fitted, tested] = [numbers(train), numbers(validation)];
  const edges = edgesOf(fitted);
  return [
    rocAuc(Float64Array.from(tested), labels[1]),
    aucOfShares([binsOf(fitted, edges), binsOf(tested, edges)], labels, 2 * BINS),
  ];
}

function wordsOf({ data, fields, rows }: Matrix, field: number): Uint32Array {
  const words = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) words[row] = data[row * fields + field] as number;
  return words;
}

/** Bins of numbers. A value that fills a bin, such as the one that replaces missing values, gets a separate bin. */
const BINS = 20;

function edgesOf(numbers: Float32Array): Float32Array {
  const sorted = numbers.slice();
  sortFloats(sorted);
  return Float32Array.from(
    { length: BINS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)] as number,
  );
}

/** The bin of each number; BINS more for a value that fills a bin. */
function binsOf(numbers: Float32Array, edges: Float32Array): Uint8Array {
  const frequent = new Set(edges.filter((edge, i) => edge === edges[i + 1]));
  const bins = new Uint8Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    const x = numbers[row] as number;
    // bisection, because each value of each column comes here
    let above = 0;
    let end = edges.length;
    while (above < end) {
      const middle = (above + end) >> 1;
      if ((edges[middle] as number) <= x) above = middle + 1;
      else end = middle;
    }
    bins[row] = frequent.size > 0 && frequent.has(x) ? BINS + above : above;
  }
  return bins;
}

/**
 * The AUC of the share of class 1 among the fitted rows with the same key, with half a row of each class added: as rocAuc, whose sums
 * are exact in any order, but without sorting the rows. @param size keys are below it
 */
function aucOfShares(
  [fitted, tested]: readonly [Uint8Array | Uint32Array, Uint8Array | Uint32Array],
  [known, labels]: Labels,
  size: number,
): number {
  const count = (keys: Uint8Array | Uint32Array, of: Int8Array): Float64Array => {
    const counts = new Float64Array(2 * size);
    for (let row = 0; row < keys.length; row++) {
      const y = of[row] as number;
      if (y >= 0) counts[2 * (keys[row] as number) + y] = (counts[2 * (keys[row] as number) + y] as number) + 1;
    }
    return counts;
  };
  const [before, now] = [count(fitted, known), count(tested, labels)];
  const shares = Float64Array.from({ length: size }, (_, key) => {
    const [zeros, ones] = [before[2 * key] as number, before[2 * key + 1] as number];
    return (ones + 0.5) / (zeros + ones + 1);
  });
  const order = [...shares.keys()].sort((a, b) => (shares[b] as number) - (shares[a] as number));
  let [positives, negatives, area] = [0, 0, 0];
  for (let i = 0; i < size; ) {
    let [ones, zeros] = [0, 0];
    const share = shares[order[i] as number];
    for (; i < size && shares[order[i] as number] === share; i++) {
      const key = order[i] as number;
      zeros += now[2 * key] as number;
      ones += now[2 * key + 1] as number;
    }
    area += zeros * positives + 0.5 * zeros * ones;
    positives += ones;
    negatives += zeros;
  }
  return Math.min(1, area / (positives * negatives));
}
