// Simulates rows with a known posterior and teachers with a chosen bias, to measure the bias and variance of corrected labels.
import type { Dataset } from '../src/data/dataset.ts';
import { FOLDS } from '../src/data/folds.ts';
import { denseMatrix } from '../src/data/matrix.ts';
import { log, sigmoid } from '../src/kernels/elementary.ts';
import { type Dice, dice } from './random.ts';

/** The bias of a teacher; the defaults are an unbiased teacher. */
export interface Bias {
  /** Factor of the margins, above 1 for an over-confident teacher; default 1. */
  readonly scale?: number;
  /** Added to every margin: a class prior that is too high; default 0. */
  readonly shift?: number;
  /** Added to the margins of the group only; default 0. */
  readonly group?: number;
  /** The rates (0 to 1, 1 to 0) of flipped labels that the teacher learned from; default none. */
  readonly noise?: readonly [number, number];
  /** Curvature of the margins, a monotone error that is not linear; default 0. */
  readonly bend?: number;
}

/** Simulated rows. */
export interface World {
  readonly dataset: Dataset;
  /** True log-odds of each row. */
  readonly truth: Float64Array;
  /** 1 for rows of the group. */
  readonly group: Uint8Array;
}

/**
 * Draws rows with three features: two numbers, and membership in a group of a fifth of the rows.
 * @param covariate added to the first feature (covariate shift); default 0
 */
export function drawWorld(rows: number, seed: number, covariate: number = 0): World {
  const d = dice(seed);
  const x = new Float32Array(3 * rows);
  const group = new Uint8Array(rows);
  const truth = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    x[3 * i] = d.real(-2, 2) + covariate;
    x[3 * i + 1] = d.real(-2, 2);
    group[i] = d.below(5) === 0 ? 1 : 0;
    x[3 * i + 2] = group[i] as number;
    truth[i] = 1.2 * (x[3 * i] as number) - 0.8 * (x[3 * i + 1] as number) - 0.7;
  }
  const features = denseMatrix(x, 3);
  const folds = Uint8Array.from({ length: rows }, () => d.below(FOLDS));
  const column = (name: string, offset: number) =>
    ({ name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 }) as const;
  const preprocessing = { clip: 10, columns: [column('x', 0), column('y', 1), column('group', 2)], encodedWidth: 3 };
  const dataset = { rows, features, teacherInputs: features, preprocessing, labels: drawLabels(truth, d), folds };
  return { dataset, truth, group };
}

/** Draws labels from the true posterior. */
export function drawLabels(truth: Float64Array, d: Dice): Int8Array {
  return Int8Array.from(truth, (v) => (d.real(0, 1) < sigmoid(v) ? 1 : 0));
}

/** The margins of a biased teacher. */
export function teach(
  { truth, group }: World,
  { scale = 1, shift = 0, group: offset = 0, noise, bend = 0 }: Bias,
): Float64Array {
  return truth.map((v, i) => {
    const p = sigmoid(v);
    const [r0, r1] = noise ?? [0, 0];
    const q = (1 - r1) * p + r0 * (1 - p);
    const seen = noise ? log(q) - log(1 - q) : v;
    const bent = seen + bend * (seen > 0 ? seen * seen : 0);
    return scale * bent + shift + offset * (group[i] as number);
  });
}

/** The mean over rows of |E p - true probability| and of the standard deviation of p, p = sigmoid(d) over replicates. */
export function biasAndVariance(
  truth: Float64Array,
  replicates: readonly Float64Array[],
): { bias: number; deviation: number } {
  let bias = 0;
  let deviation = 0;
  truth.forEach((v, i) => {
    const p = replicates.map((d) => sigmoid(d[i] as number));
    const mean = p.reduce((sum, q) => sum + q / p.length, 0);
    bias += Math.abs(mean - sigmoid(v)) / truth.length;
    deviation += Math.sqrt(p.reduce((sum, q) => sum + (q - mean) ** 2 / p.length, 0)) / truth.length;
  });
  return { bias, deviation };
}
