// The numbers behind a report's pictures.
import { sigmoid } from '../kernels/elementary.ts';

/** Rows whose probability falls into one of ten equal bins. */
export interface ReliabilityBin {
  /** How many fall into it. */
  readonly rows: number;
  /** Mean probability. */
  readonly probability: number;
  /** Share of class 1, with its 95 % interval (Wilson 1927). */
  readonly share: number;
  /** Of the 95 % interval of the share. */
  readonly low: number;
  /** Of the 95 % interval of the share. */
  readonly high: number;
}

/** A point of a curve; both numbers 0 .. 1. */
export type Point = readonly [x: number, y: number];

/** Rows by margin and class. */
export interface Histogram {
  /** Left ends of bins of equal width, log-odds; the outer ones hold what lies beyond. */
  readonly from: readonly number[];
  /** Log-odds of a bar. */
  readonly width: number;
  /** Rows of each bin. */
  readonly negatives: readonly number[];
  /** Rows of class 1 in each bar. */
  readonly positives: readonly number[];
}

/** What a report's pictures show. */
export interface Figures {
  /** On the test rows. */
  readonly reliability: { readonly teacher: readonly ReliabilityBin[]; readonly student: readonly ReliabilityBin[] };
  /** False and true positive rates of teacher and student. */
  readonly roc: { readonly teacher: readonly Point[]; readonly student: readonly Point[] };
  /** Recall and precision of teacher and student. */
  readonly precisionRecall: { readonly teacher: readonly Point[]; readonly student: readonly Point[] };
  /** Margins of the training rows that have a label, before and after de-biasing. */
  readonly margins: { readonly teacher: Histogram; readonly debiased: Histogram };
  /** Of the student that was kept. */
  readonly training: readonly { readonly epoch: number; readonly train: number; readonly validation: number | null }[];
}

const BINS = 10;
const Z = 1.959963985;
const MAX_POINTS = 160;
const MARGIN_BINS = 40;
/** Log-odds at which the margins' axis ends; its outer bins hold what lies beyond. */
const MARGIN_LIMIT = 8;

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

/** ROC (false against true positive rate) and precision against recall, some hundred points each. */
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

/** Margins by class. */
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

/** Everything, from the margins of teacher and de-biased labels and the probabilities on the test rows. */
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
      ...{ epoch: k + 1, train: loss, validation: Number.isFinite(validation) ? validation : null },
    })),
  };
}
