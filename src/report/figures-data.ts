// The data of a report's charts.
import { sigmoid } from '../kernels/elementary.ts';

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
  /** Rows of class 0 in each bin. */
  readonly negatives: readonly number[];
  /** Rows of class 1 in each bin. */
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
const MARGIN_LIMIT = 8;

/** The reliability of probabilities on the labelled rows. */
export function reliability(p: ArrayLike<number>, y: ArrayLike<number>): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, sum: 0, ones: 0 }));
  for (let i = 0; i < p.length; i++) {
    if ((y[i] as number) < 0) continue;
    const bin = bins[Math.min(BINS - 1, Math.floor((p[i] as number) * BINS))] as (typeof bins)[number];
    bin.rows++;
    bin.sum += p[i] as number;
    bin.ones += y[i] as number;
  }
  return bins.flatMap(({ rows, sum, ones }) => {
    if (rows === 0) return [];
    const share = ones / rows;
    const centre = (share + (Z * Z) / (2 * rows)) / (1 + (Z * Z) / rows);
    const half = (Z / (1 + (Z * Z) / rows)) * Math.sqrt((share * (1 - share)) / rows + (Z * Z) / (4 * rows * rows));
    return [
      { rows, probability: sum / rows, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) },
    ];
  });
}

/** The ROC and precision-recall curves, with some hundred points each; empty if a class is absent. */
export function curves(p: ArrayLike<number>, y: ArrayLike<number>): { roc: Point[]; precisionRecall: Point[] } {
  const rows = Array.from({ length: p.length }, (_, i) => i).filter((i) => (y[i] as number) >= 0);
  rows.sort((a, b) => (p[b] as number) - (p[a] as number) || a - b);
  const positives = rows.filter((i) => y[i] === 1).length;
  const negatives = rows.length - positives;
  const roc: Point[] = [[0, 0]];
  const precisionRecall: Point[] = [];
  if (positives === 0 || negatives === 0) return { roc: [], precisionRecall };
  const stride = Math.max(1, Math.floor(rows.length / MAX_POINTS));
  let hits = 0;
  rows.forEach((row, k) => {
    hits += y[row] === 1 ? 1 : 0;
    const next = rows[k + 1];
    const tie = next !== undefined && p[next] === p[row];
    if (tie || (k % stride !== stride - 1 && next !== undefined)) return;
    roc.push([(k + 1 - hits) / negatives, hits / positives]);
    precisionRecall.push([hits / positives, hits / (k + 1)]);
  });
  return { roc, precisionRecall };
}

/** The histogram of the labelled rows' margins by class. */
export function histogram(margins: Float64Array, labels: ArrayLike<number>): Histogram {
  const width = (2 * MARGIN_LIMIT) / MARGIN_BINS;
  const counts = [0, 1].map(() => new Array<number>(MARGIN_BINS).fill(0)) as [number[], number[]];
  margins.forEach((v, i) => {
    const y = labels[i] as number;
    if (y !== 0 && y !== 1) return;
    const bin = Math.max(0, Math.min(MARGIN_BINS - 1, Math.floor((v + MARGIN_LIMIT) / width)));
    counts[y][bin] = (counts[y][bin] as number) + 1;
  });
  const from = Array.from({ length: MARGIN_BINS }, (_, k) => k * width - MARGIN_LIMIT);
  return { from, width, negatives: counts[0], positives: counts[1] };
}

/** All charts. @param inputs the teacher's and the de-biased margins in log-odds, the student's probabilities, the losses by epoch */
export function figuresOf(inputs: {
  readonly test: { readonly teacher: Float64Array; readonly student: Float64Array; readonly labels: Int8Array };
  readonly train: { readonly teacher: Float64Array; readonly debiased: Float64Array; readonly labels: Int8Array };
  readonly history: readonly { readonly train: number; readonly validation: number }[];
}): Figures {
  const { test, train, history } = inputs;
  const teacher = test.teacher.map(sigmoid);
  const before = curves(teacher, test.labels);
  const after = curves(test.student, test.labels);
  return {
    reliability: { teacher: reliability(teacher, test.labels), student: reliability(test.student, test.labels) },
    roc: { teacher: before.roc, student: after.roc },
    precisionRecall: { teacher: before.precisionRecall, student: after.precisionRecall },
    margins: { teacher: histogram(train.teacher, train.labels), debiased: histogram(train.debiased, train.labels) },
    training: history.map(({ train: loss, validation }, k) => ({
      epoch: k + 1,
      train: loss,
      validation: Number.isFinite(validation) ? validation : null,
    })),
  };
}
