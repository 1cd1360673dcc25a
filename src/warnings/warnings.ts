// The warnings of a distillation; each gives a figure and a remedy.
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import type { Matrix } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import { addUnknown, MAX_UNKNOWN } from '../data/unknown-values.ts';
import type { Distillation, DistillOptions } from '../distill-options.ts';
import { quote } from '../io/errors.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { debiasesRichly, minLabels } from '../labels/candidates.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { SELECTION_LOSSES } from '../student/selection-metrics.ts';
import type { StudentData } from '../student/student-data.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { textNotes } from '../teacher/text-notes.ts';
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
  { teacher, train, validation, debias: method = 'auto', metric = 'logLoss' }: DistillOptions,
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
    const ones = (part: AnyDataset): number => part.labels.filter((y) => y > 0).length;
    const positives = leakage.leaked ? ones(validation) : ones(train) + ones(validation);
    const [elsewhere, alsoNamed] = debias.candidates.some(({ on }) => on === 'groups')
      ? [' elsewhere than in the named groups', ' besides those of the groups']
      : ['', ''];
    warnings.push(
      `label de-biasing: ${debias.rows} labelled rows, ${Math.min(positives, debias.rows - positives)} of the rarer class, too few to find errors in subgroups${elsewhere}; only over-confidence and a shifted prior are corrected${alsoNamed}. Give at least ${least.rows} and ${least.rarer} to try every method`,
    );
  }
  warnings.push(...validationWarnings(validation, thresholdBy));
  const labelled = train.labels.filter((y) => y >= 0).length;
  const positives = train.labels.filter((y) => y > 0).length;
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
        `training: ${rows} rows of class ${name}, fewer than ${MIN_OF_A_CLASS}; the student learns that class mostly from the teacher. Give more rows of it`,
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
    `column${many.length > 1 ? 's' : ''} ${names}: the preprocessing does not list most of the values, such as ${quote(first.example)} (${first.count} of ${first.rows} rows of ${quote(first.column)}), and they are encoded as no category${cause}. Spell them as the preprocessing does`,
  ];
}

/** A column whose AUC on held-out rows exceeds this probably leaks the label; a column that the teacher takes needs a higher AUC. */
const TELLS = { other: 0.99, taken: 0.9995 };
/** With fewer validation rows of the rarer class, a high AUC may be chance. */
const FEWEST_OF_A_CLASS = 20;

/** Warns about columns that almost determine the label of held-out rows. */
function leakWarnings(teacher: Teacher, train: AnyDataset, validation: AnyDataset): string[] {
  const labels = validation.labels.subarray(0, SHUFFLE_BLOCK_ROWS);
  const known = labels.filter((y) => y >= 0).length;
  const ones = labels.filter((y) => y > 0).length;
  if (Math.min(ones, known - ones) < FEWEST_OF_A_CLASS) return [];
  const { columns } = validation.preprocessing;
  const parts = [train, validation].map(({ features, rows }) =>
    matrixRows(features).read(0, Math.min(SHUFFLE_BLOCK_ROWS, rows)),
  );
  return columns.flatMap(({ name, kind }, field) => {
    if (kind === 'text' || kind === 'image') return [];
    const all = columnScores(field, parts as [Matrix, Matrix], train.labels).map((scores) => rocAuc(scores, labels));
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

/** Scores of held-out rows by one column: its numbers, and the share of class 1 among training rows with the same value or bin. */
function columnScores(
  field: number,
  [train, validation]: readonly [Matrix, Matrix],
  labels: Int8Array,
): Float64Array[] {
  if ((validation.fieldColumns[field] as number) < 0)
    return [shares(wordsOf(train, field), wordsOf(validation, field), labels)];
  const numbers = (part: Matrix): Float32Array => new Float32Array(wordsOf(part, field).buffer);
  const [fitted, tested] = [numbers(train), numbers(validation)];
  const bin = binsOf(fitted);
  return [Float64Array.from(tested), shares(fitted.map(bin), tested.map(bin), labels)];
}

function wordsOf({ data, fields, rows }: Matrix, field: number): Uint32Array {
  const words = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) words[row] = data[row * fields + field] as number;
  return words;
}

/** Bins of numbers. A value that fills a bin, such as the one that replaces missing values, gets a separate bin. */
const BINS = 20;

function binsOf(numbers: Float32Array): (x: number) => number {
  const sorted = numbers.slice().sort();
  const edges = Array.from(
    { length: BINS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)] as number,
  );
  const frequent = new Set(edges.filter((edge, i) => edge === edges[i + 1]));
  return (x) => {
    // bisection, because each value of each column comes here
    let above = 0;
    let end = edges.length;
    while (above < end) {
      const middle = (above + end) >> 1;
      if ((edges[middle] as number) <= x) above = middle + 1;
      else end = middle;
    }
    return frequent.size > 0 && frequent.has(x) ? -1 - above : above;
  };
}

/** The share of class 1 among the fitted rows with the same key, with half a row of each class added. */
function shares(fitted: ArrayLike<number>, tested: ArrayLike<number>, labels: Int8Array): Float64Array {
  const counts = new Map<number, [zeros: number, ones: number]>();
  for (let row = 0; row < fitted.length; row++) {
    const y = labels[row] as number;
    if (y < 0) continue;
    const byClass = counts.get(fitted[row] as number);
    if (byClass) byClass[y as 0 | 1]++;
    else counts.set(fitted[row] as number, y === 0 ? [1, 0] : [0, 1]);
  }
  const found = new Float64Array(tested.length);
  for (let row = 0; row < tested.length; row++) {
    const byClass = counts.get(tested[row] as number);
    const ones = byClass?.[1] ?? 0;
    found[row] = (ones + 0.5) / ((byClass?.[0] ?? 0) + ones + 1);
  }
  return found;
}
