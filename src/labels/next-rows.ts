// Active labelling: the unlabelled rows whose labels would improve the correction of the teacher most.
import { selectRows } from '../data/dataset.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { sampleRows } from '../data/split.ts';
import { checkLength, checkWeights } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { words } from '../kernels/random.ts';
import { STREAM_NEXT } from '../kernels/streams.ts';
import { pickFeatures } from '../teacher/features.ts';
import { activeProblem } from './active-problem.ts';
import type { LabelledPart } from './debias-parts.ts';
import { chooseGreedily } from './greedy-choice.ts';
import { pickMargins } from './unknown.ts';

/** Of more rows, a sample of this many is looked at: the labelled ones at most half of it. */
const MAX_ROWS = 32768;
/** A row of a small group counts at most this many times as much as in the plain mean. */
const MAX_GROUP_WEIGHT = 10;
/** The chosen rows between two pauses for signals. */
const PAUSE = 16;

/** The rows to label next. */
export interface NextRows {
  /** Numbers of the rows in the dataset, in the order of choice; uint32 [count]. */
  readonly rows: Uint32Array;
  /** Whether each was drawn at random instead of chosen; [count]. */
  readonly atRandom: readonly boolean[];
  /** How much the label of each is expected to reduce the mean log-loss of d, given the labels of those before it; float64 [count]. */
  readonly reductions: Float64Array;
  /** d of the chosen rows: the log-odds of the label by the labels so far; float64 [count]. */
  readonly margins: Float64Array;
  /** Expected mean log-loss of d above the least that its form allows: with the labels so far, and with those of `rows` too. */
  readonly expectedLoss: { readonly before: number; readonly after: number };
  /** Labelled rows with a soft label. */
  readonly labelled: number;
  /** Unlabelled rows with a soft label. */
  readonly unlabelled: number;
}

/**
 * Chooses the unlabelled rows whose labels would reduce the posterior variance of the de-biased margin d most. d is the regression of
 * `residual`: on the margin, the student's inputs and, if given, the teacher's features. Each row is chosen in view of those before it,
 * so that a batch does not repeat itself. The variance is weighted by p (1 - p), which turns it into expected log-loss, and averaged over
 * all rows. Every fourth row is drawn at random, because chosen rows alone can mislead where d has not quite the right form. Without labels,
 * or with those of one class, d is the teacher's margin. Texts and pixels are left out; more than 256 columns
 * are hashed to 256. Of more than 32,768 rows a sample of that many is looked at.
 * @param part rows with and without labels, with the teacher's margins; rows without a margin are not chosen
 * @param count number of rows to choose
 * @param options.groups the group of each row, one list for each way to group (groupRows): the variance is averaged in each group, then
 * over the groups of a list, then over the lists; default the mean over all rows
 * @param options.random whether every fourth row is drawn at random; default true
 * @param options.seed of the random rows; default 1
 * @throws DebkdError `value` for a wrong count or length, `rows` with fewer unlabelled rows than `count`; the signal's reason when aborted
 * @example
 * const { margins } = await softLabels(teacher, train);
 * const { rows } = await nextRows({ data: train, margins }, 50, { groups: [groupRows(table, 'sex', parts.train)] });
 */
export async function nextRows(
  { data: all, margins: given, features: hidden }: LabelledPart,
  count: number,
  options: {
    readonly groups?: readonly (readonly string[])[];
    readonly random?: boolean;
    readonly seed?: number;
  } & ProgressOptions = {},
): Promise<NextRows> {
  const { groups = [], random = true, seed = 1, signal, onProgress } = options;
  const subject = 'active labelling';
  if (!Number.isInteger(count) || count < 1)
    throw new DebkdError('value', { subject, seen: `${count} rows to choose`, expected: 'a whole number from 1' });
  checkLength(subject, 'margins', given, all.rows);
  checkWeights(subject, all.weights, all.rows);
  for (const list of groups) checkLength(subject, 'groups', list, all.rows);
  if (hidden) checkLength(subject, 'rows of features', { length: hidden.rows }, all.rows);
  const known = (wanted: (label: number) => boolean): Uint32Array =>
    rowsWhere(all.rows, (i) => wanted(all.labels[i] as number) && !Number.isNaN(given[i]));
  const [labelled, unlabelled] = [known((y) => y >= 0), known((y) => y < 0)];
  checkUnlabelled(unlabelled.length, all.rows, count);
  const kept = sampleRows(labelled, Math.max(MAX_ROWS / 2, MAX_ROWS - unlabelled.length), 0);
  const rows = Uint32Array.from([
    ...kept,
    ...sampleRows(unlabelled, Math.max(count, MAX_ROWS - kept.length), 0),
  ]).sort();
  const data = selectRows(all, rows);
  const problem = activeProblem(data, pickMargins(given, rows), hidden && pickFeatures(hidden, rows));
  const { design, curvatures, penalties, information } = problem;
  const choice = await chooseGreedily(design, curvatures, {
    information,
    penalties,
    count,
    random: random ? words(seed, STREAM_NEXT, 0) : undefined,
    labelled: Array.from(data.labels, (y) => y >= 0),
    weights: meanWeights(
      groups.map((list) => Array.from(rows, (row) => list[row] as string)),
      data,
    ),
    candidates: rowsWhere(data.rows, (i) => (data.labels[i] as number) < 0),
    onChoice: async (done) => {
      if (done % PAUSE !== 0 && done !== count) return;
      onProgress?.({ stage: 'choice of rows', done, total: count });
      await yieldToEventLoop();
      signal?.throwIfAborted();
    },
  });
  const gained = choice.reductions.reduce((sum, reduction) => sum + reduction, 0);
  return {
    rows: choice.rows.map((row) => rows[row] as number),
    atRandom: choice.atRandom,
    reductions: choice.reductions,
    margins: pickMargins(problem.margins, choice.rows),
    expectedLoss: { before: choice.before, after: choice.before - gained },
    labelled: labelled.length,
    unlabelled: unlabelled.length,
  };
}

/** Checks that there are enough rows without a label. @throws DebkdError `rows` */
export function checkUnlabelled(unlabelled: number, rows: number, count: number): void {
  if (unlabelled >= count) return;
  throw new DebkdError('rows', {
    subject: 'active labelling',
    seen: `${unlabelled === 0 ? 'no row' : `${unlabelled} of ${rows} rows`} without a label`,
    expected: `at least ${count}, the number of rows to choose`,
    remedy: ['give rows with an empty label', ...(unlabelled > 0 ? ['choose fewer'] : [])],
  });
}

/** Weights of a mean with equal shares of the groups of each list, with the sum 1; float64 [rows]. */
function meanWeights(
  groups: readonly (readonly string[])[],
  { rows, weights }: { readonly rows: number; readonly weights?: Float64Array },
): Float64Array {
  const plain = weights ?? new Float64Array(rows).fill(1);
  const total = plain.reduce((sum, w) => sum + w, 0);
  const out = new Float64Array(rows);
  const lists = groups.length > 0 ? groups : [Array<string>(rows).fill('')];
  for (const list of lists) {
    const sums = new Map<string, number>();
    list.forEach((group, i) => {
      sums.set(group, (sums.get(group) ?? 0) + (plain[i] as number));
    });
    list.forEach((group, i) => {
      const share = (sums.get(group) as number) / total;
      const factor = share > 0 ? Math.min(MAX_GROUP_WEIGHT, 1 / (sums.size * share)) : 0;
      out[i] = (out[i] as number) + ((plain[i] as number) * factor) / total;
    });
  }
  const sum = out.reduce((part, w) => part + w, 0);
  return sum > 0 ? out.map((w) => w / sum) : new Float64Array(rows).fill(1 / rows);
}
