// Evaluates a binary classifier: all metrics with 95 % intervals from a seeded bootstrap over the rows (Efron 1979).
import { countsIn } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import {
  checkLabels,
  checkLength,
  checkOptions,
  checkScores,
  checkThreshold,
  checkWeights,
  checkWhole,
} from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { groupOrder } from './groups.ts';
import { centred, interval } from './intervals.ts';
import { type Estimate, METRICS, type Metric } from './metric.ts';
import { COLUMNS, openResampler } from './resample.ts';

/** Metrics that need a threshold. */
export type ConfusionMetric = 'accuracy' | 'f1' | 'precision' | 'recall';
const AT_HALF: readonly ConfusionMetric[] = ['accuracy', 'f1', 'precision', 'recall'];

/** Metrics with 95 % intervals, for all rows and by group. */
export interface Evaluation {
  /** Labelled rows measured; those of weight 0 are not. */
  readonly rows: number;
  /** Decision threshold: probabilities at or above it are class 1. */
  readonly threshold: number;
  /** All metrics; those that need a threshold, at `threshold`. */
  readonly metrics: Readonly<Record<Metric, Estimate>>;
  /** The metrics that need a threshold, at the threshold 0.5. */
  readonly atHalf: Readonly<Record<ConfusionMetric, Estimate>>;
  /** Metrics by group, in order of groupOrder within each list of groups; empty without groups. */
  readonly groups: readonly GroupEvaluation[];
}

/** Metrics of one group of rows. */
export interface GroupEvaluation {
  /** Such as `sex=Female`. */
  readonly group: string;
  /** Labelled rows. */
  readonly rows: number;
  /** All metrics, at the same threshold. */
  readonly metrics: Readonly<Record<Metric, Estimate>>;
}

/** Options of evaluate. */
export interface EvaluateOptions extends ProgressOptions {
  /** Decision threshold; default 0.5. */
  readonly threshold?: number;
  /** The threshold of each row, [rows], for a student with thresholds of groups; default: all rows have `threshold`. Metrics at 0.5 ignore it. */
  readonly thresholds?: ArrayLike<number> | undefined;
  /** Scores that rank rows for AUC, PR AUC and KS, such as margins if probabilities round to 0 or 1; [rows]; default probabilities. */
  readonly scores?: ArrayLike<number>;
  /** Lists of each row's group, such as `sex=Female`; each list is [rows], one for each column that groups. Default none. */
  readonly groups?: readonly (readonly string[])[];
  /** Weights of the rows, from 0, [rows], as `sample_weight` of scikit-learn; default all 1. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Seed of the bootstrap; default 1. */
  readonly seed?: number | undefined;
  /** Bootstrap replicates; default 1000, fewer with more than 200,000 rows, at least 200. */
  readonly replicates?: number | undefined;
}

const OPTIONS = Object.keys({
  threshold: true,
  thresholds: true,
  scores: true,
  groups: true,
  weights: true,
  seed: true,
  replicates: true,
  signal: true,
  onProgress: true,
} satisfies Record<keyof EvaluateOptions, true>);

/**
 * Measures probabilities against labels, each metric with a 95 % percentile interval of bootstrap replicates (Efron 1979) that
 * contains its value. Resampling raises ECE, KS and PR AUC, so their intervals are shifted to have the median replicate at the
 * value. With weights, a replicate draws rows with equal probabilities, and a row counts as often as it is drawn, times its weight.
 * Log-loss clips probabilities to [2^-52, 1 - 2^-52]; ECE has 10 bins of equal width; PR AUC is average precision.
 * @param probabilities of class 1, [rows]
 * @param y 1, 0 or -1 [rows]; unlabelled rows (-1) are ignored
 * @throws DebkdError `rows` if no row is labelled, or all labelled rows have weight 0; `value` if lengths differ, a label is not 1, 0 or -1,
 * a probability or threshold is outside 0 .. 1, a score is NaN, a weight is not a finite number from 0, or seed or replicates are no whole numbers;
 * the signal's reason when aborted
 * @example
 * const { metrics } = await evaluate(student.predictProba(test), test.labels, { threshold: student.threshold });
 * console.log(metrics.auc.value, metrics.auc.low, metrics.auc.high);
 */
export async function evaluate(
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkOptions('evaluate', options, OPTIONS);
  if (probabilities.length !== y.length) {
    throw new DebkdError('value', {
      subject: 'evaluate',
      seen: `${probabilities.length} probabilities and ${y.length} labels`,
      expected: 'as many of each',
    });
  }
  checkLabels('evaluate', y);
  if (options.scores) checkLength('evaluate', 'scores', options.scores, y.length);
  const { weights, thresholds, threshold, seed, replicates } = options;
  if (threshold !== undefined) checkThreshold('evaluate', threshold);
  if (thresholds) {
    checkLength('evaluate', 'thresholds', thresholds, y.length);
    for (let i = 0; i < y.length; i++) checkThreshold(`evaluate, row ${i + 1}`, thresholds[i] as number);
  }
  if (seed !== undefined) checkWhole('evaluate', 'seed', seed, 0);
  if (replicates !== undefined) checkWhole('evaluate', 'replicates', replicates, 1);
  checkWeights('evaluate', weights, y.length);
  const rows = rowsWhere(y.length, countsIn({ labels: y, weights }));
  if (rows.length === 0) {
    const seen = weights ? 'no labelled rows with a weight above 0' : 'no labelled rows';
    throw new DebkdError('rows', { subject: 'evaluate', seen, expected: 'at least one' });
  }
  const bad = rows.find((i) => !((probabilities[i] as number) >= 0 && (probabilities[i] as number) <= 1));
  if (bad !== undefined)
    throw new DebkdError('value', {
      subject: `evaluate, row ${bad + 1}`,
      seen: `probability ${probabilities[bad]}`,
      expected: 'a number from 0 to 1',
    });
  if (options.scores) checkScores('evaluate', options.scores, rows);
  const whole = await measure(rows, probabilities, y, options);
  const groups: GroupEvaluation[] = [];
  for (const list of options.groups ?? []) {
    checkLength('evaluate', 'groups', list, y.length);
    const members = new Map<string, number[]>();
    for (const i of rows) {
      const group = list[i] as string;
      const found = members.get(group);
      if (found) found.push(i);
      else members.set(group, [i]);
    }
    for (const group of [...members.keys()].sort(groupOrder)) {
      const own = Uint32Array.from(members.get(group) as number[]);
      const { metrics } = await measure(own, probabilities, y, options);
      groups.push({ group, rows: own.length, metrics });
    }
  }
  return { rows: rows.length, threshold: options.threshold ?? 0.5, ...whole, groups };
}

/** Metrics that resampling raises: maxima or means of absolute differences, and average precision with repeated rows. */
const RAISED: readonly Metric[] = ['ece', 'ks', 'prAuc'];

/** Rows resampled between two checks of the signal. */
const SLICE_ROWS = 200000;

/** The default number of resamples. */
export function replicatesOf(rows: number): number {
  return Math.max(200, Math.min(1000, Math.floor(2e8 / rows)));
}

async function measure(
  rows: Uint32Array,
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  { thresholds, ...options }: EvaluateOptions,
): Promise<Pick<Evaluation, 'metrics' | 'atHalf'>> {
  if (thresholds) {
    const all = await measure(rows, probabilities, y, options);
    // probabilities 1 and 0 that are the labels by each row's threshold, on the same resamples
    const called = Float64Array.from(probabilities, (p, i) => (p >= (thresholds[i] as number) ? 1 : 0));
    const decided = await measure(rows, called, y, {
      ...options,
      scores: options.scores ?? probabilities,
      threshold: 0.5,
    });
    return { ...all, metrics: { ...all.metrics, ...decided.atHalf } };
  }
  const { threshold = 0.5, seed = 1, replicates = replicatesOf(rows.length), signal, onProgress } = options;
  const { scores, weights } = options;
  const pick = (values: ArrayLike<number>): Float64Array => {
    if (rows.length === values.length && values instanceof Float64Array) return values;
    return Float64Array.from(rows, (i) => values[i] as number);
  };
  const labels = Int8Array.from(rows, (i) => y[i] as number);
  using resampler = openResampler(pick(probabilities), labels, threshold, {
    scores: scores && pick(scores),
    weights: weights && pick(weights),
  });
  const { values } = resampler;
  const drawn = new Float64Array(COLUMNS * replicates);
  const slice = Math.max(1, Math.floor(SLICE_ROWS / rows.length));
  for (let from = 0; from < replicates; from += slice) {
    const to = Math.min(replicates, from + slice);
    drawn.set(resampler.draw(seed, from, to), from * COLUMNS);
    onProgress?.({ stage: 'intervals', done: to, total: replicates });
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  const estimate = (c: number, name: Metric): Estimate => {
    const column = Float64Array.from({ length: replicates }, (_, r) => drawn[r * COLUMNS + c] as number);
    const value = values[c] as number;
    return { value, ...(RAISED.includes(name) ? centred : interval)(column, value) };
  };
  const named = <K extends Metric>(names: readonly K[], from: number): Record<K, Estimate> =>
    Object.fromEntries(names.map((name, c) => [name, estimate(from + c, name)])) as Record<K, Estimate>;
  return { metrics: named(METRICS, 0), atHalf: named(AT_HALF, METRICS.length) };
}
