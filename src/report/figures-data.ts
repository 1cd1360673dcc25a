// The data of a report's charts.
import { countsIn, labelledMeanOne } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { descending } from '../metrics/descending.ts';

/** The rows of one of ten bins of equal width on the probability. */
export interface ReliabilityBin {
  /** Number of labelled rows in the bin. */
  readonly rows: number;
  /** Mean predicted probability. */
  readonly probability: number;
  /** Share of class 1. */
  readonly share: number;
  /** Lower end of the 95 % interval of the share (Wilson 1927). */
  readonly low: number;
  /** Upper end of the 95 % interval of the share (Wilson 1927). */
  readonly high: number;
}

/** A point of a curve; both coordinates are from 0 to 1. */
export type Point = readonly [x: number, y: number];

/** A histogram of margins by class. */
export interface Histogram {
  /** Lower ends of the bins, in log-odds. The first and the last bin include all margins beyond them. */
  readonly from: readonly number[];
  /** Width of a bin, in log-odds. */
  readonly width: number;
  /** Rows of class 0 in each bin; with weights, the sum of their weights divided by the mean. */
  readonly negatives: readonly number[];
  /** Rows of class 1 in each bin, in the same way. */
  readonly positives: readonly number[];
}

/** The data of a report's charts. */
export interface Figures {
  /** Reliability on the test rows; only bins that have rows. */
  readonly reliability: { readonly teacher: readonly ReliabilityBin[]; readonly student: readonly ReliabilityBin[] };
  /** ROC curves on the test rows: (false-positive rate, true-positive rate). */
  readonly roc: { readonly teacher: readonly Point[]; readonly student: readonly Point[] };
  /** Precision-recall curves on the test rows: (recall, precision). */
  readonly precisionRecall: { readonly teacher: readonly Point[]; readonly student: readonly Point[] };
  /** Margins of the labelled training rows before and after de-biasing. */
  readonly margins: { readonly teacher: Histogram; readonly debiased: Histogram };
  /** Losses of the selected student by epoch; `validation` is null where it is not finite. */
  readonly training: readonly { readonly epoch: number; readonly train: number; readonly validation: number | null }[];
}

const BINS = 10;
const Z = 1.959963985;
const MAX_POINTS = 160;
const MARGIN_BINS = 40;
/** Log-odds at which the axis of margins ends. */
const MARGIN_AXIS_END = 8;

/**
 * The reliability of probabilities on the labelled rows.
 * @param weights of the rows: means and shares are weighted, and intervals take the effective sample size; default all 1
 */
export function reliability(p: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): ReliabilityBin[] {
  const counts = countsIn({ labels: y, weights });
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, total: 0, squares: 0, sum: 0, ones: 0 }));
  for (let i = 0; i < p.length; i++) {
    if (!counts(i)) continue;
    const weight = weights?.[i] ?? 1;
    const bin = bins[Math.min(BINS - 1, Math.floor((p[i] as number) * BINS))] as (typeof bins)[number];
    bin.rows++;
    bin.total += weight;
    bin.squares += weight * weight;
    bin.sum += weight * (p[i] as number);
    bin.ones += weight * (y[i] as number);
  }
  return bins.flatMap(({ rows, total, squares, sum, ones }) => {
    if (rows === 0) return [];
    // Kish's effective sample size; the number of rows where weights are equal
    const n = weights ? (total * total) / squares : rows;
    const share = Math.min(1, ones / total);
    const centre = (share + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
    const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
    const probability = Math.min(1, sum / total);
    return [{ rows, probability, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }];
  });
}

/**
 * The ROC and precision-recall curves, with some hundred points each; empty if a class is absent.
 * @param weights of the rows; default all 1
 */
export function curves(
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): { roc: Point[]; precisionRecall: Point[] } {
  const counted = rowsWhere(p.length, countsIn({ labels: y, weights }));
  const order = descending(Float64Array.from(counted, (i) => p[i] as number));
  const rows = order.map((k) => counted[k] as number);
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const totalOf = (label: number): number => rows.reduce((sum, i) => (y[i] === label ? sum + weightOf(i) : sum), 0);
  const [positives, negatives] = [totalOf(1), totalOf(0)];
  const roc: Point[] = [[0, 0]];
  const precisionRecall: Point[] = [];
  if (positives === 0 || negatives === 0) return { roc: [], precisionRecall };
  const stride = Math.max(1, Math.floor(rows.length / MAX_POINTS));
  // rounding of weighted sums may exceed the total
  const share = (part: number, whole: number): number => Math.min(1, part / whole);
  let hits = 0;
  let misses = 0;
  rows.forEach((row, k) => {
    if (y[row] === 1) hits += weightOf(row);
    else misses += weightOf(row);
    const next = rows[k + 1];
    const tie = next !== undefined && p[next] === p[row];
    if (tie || (k % stride !== stride - 1 && next !== undefined)) return;
    roc.push([share(misses, negatives), share(hits, positives)]);
    precisionRecall.push([share(hits, positives), hits / (hits + misses)]);
  });
  return { roc, precisionRecall };
}

/**
 * The histogram of the labelled rows' margins by class.
 * @param weights of the rows; bins then hold sums of weights with mean 1, to three decimals; default all 1
 */
export function histogram(margins: Float64Array, labels: ArrayLike<number>, weights?: Float64Array): Histogram {
  const scaled = weights && labelledMeanOne(weights, Int8Array.from(labels));
  const width = (2 * MARGIN_AXIS_END) / MARGIN_BINS;
  const counts = [0, 1].map(() => new Array<number>(MARGIN_BINS).fill(0)) as [number[], number[]];
  margins.forEach((v, i) => {
    const y = labels[i] as number;
    if (y !== 0 && y !== 1) return;
    const bin = Math.max(0, Math.min(MARGIN_BINS - 1, Math.floor((v + MARGIN_AXIS_END) / width)));
    counts[y][bin] = (counts[y][bin] as number) + (scaled?.[i] ?? 1);
  });
  const from = Array.from({ length: MARGIN_BINS }, (_, k) => k * width - MARGIN_AXIS_END);
  const [negatives, positives] = scaled ? counts.map((bins) => bins.map((x) => Number(x.toFixed(3)))) : counts;
  return { from, width, negatives: negatives as number[], positives: positives as number[] };
}

interface Labelled {
  readonly labels: Int8Array;
  readonly weights?: Float64Array | undefined;
}

/** All charts. @param inputs the teacher's and the de-biased margins in log-odds, the student's probabilities, the losses by epoch */
export function figuresOf(inputs: {
  readonly test: { readonly teacher: Float64Array; readonly student: Float64Array } & Labelled;
  readonly train: { readonly teacher: Float64Array; readonly debiased: Float64Array } & Labelled;
  readonly history: readonly { readonly train: number; readonly validation: number }[];
}): Figures {
  const { test, train, history } = inputs;
  const teacher = test.teacher.map(sigmoid);
  const before = curves(teacher, test.labels, test.weights);
  const after = curves(test.student, test.labels, test.weights);
  return {
    reliability: {
      teacher: reliability(teacher, test.labels, test.weights),
      student: reliability(test.student, test.labels, test.weights),
    },
    roc: { teacher: before.roc, student: after.roc },
    precisionRecall: { teacher: before.precisionRecall, student: after.precisionRecall },
    margins: {
      teacher: histogram(train.teacher, train.labels, train.weights),
      debiased: histogram(train.debiased, train.labels, train.weights),
    },
    training: history.map(({ train: loss, validation }, k) => ({
      epoch: k + 1,
      train: loss,
      validation: Number.isFinite(validation) ? validation : null,
    })),
  };
}
