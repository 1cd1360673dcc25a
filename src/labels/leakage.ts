// Detects a teacher that was fitted on the training rows, whose margins there hide its bias.
import { countsIn } from '../data/row-weights.ts';
import { openArena } from '../kernels/memory.ts';

/** The standard normal quantile of the one-sided level .001. */
const CRITICAL = 3.0902;

/** A standard error below this share of the losses is rounding. */
const ROUNDING = 1e-9;

/** The result of detectLeakage. */
export interface Leakage {
  /** The teacher's mean log-loss on labelled training rows. */
  readonly trainLoss: number;
  /** The teacher's mean log-loss on labelled held-out rows. */
  readonly heldOutLoss: number;
  /** heldOutLoss - trainLoss over its standard error. */
  readonly z: number;
  /** Whether z exceeds 3.0902, the one-sided level .001. */
  readonly leaked: boolean;
}

/**
 * Tests whether the teacher's log-loss is significantly lower on training rows than on held-out rows: a one-sided two-sample z test
 * of the mean log-loss at level .001. z is 0 if either side has fewer than two labelled rows. With weights, the means are weighted, and
 * their standard errors are those of pairedDifference in assembly/loss.ts.
 * @param train the teacher's margins, float64 [rows], labels, int8 [rows], 1, 0 or -1 for unlabelled rows, and weights of the rows,
 * float64 [rows], default all the same
 * @param heldOut the same for rows that the teacher has not seen
 * @example
 * const { leaked } = detectLeakage(
 *   { margins: soft.train.margins, labels: train.labels },
 *   { margins: soft.validation.margins, labels: validation.labels },
 * );
 */
export function detectLeakage(
  train: { margins: Float64Array; labels: Int8Array; weights?: Float64Array | undefined },
  heldOut: { margins: Float64Array; labels: Int8Array; weights?: Float64Array | undefined },
): Leakage {
  const [trainLoss, trainError] = meanLoss(train.margins, train.labels, train.weights);
  const [heldOutLoss, heldOutError] = meanLoss(heldOut.margins, heldOut.labels, heldOut.weights);
  const error = Math.sqrt(trainError * trainError + heldOutError * heldOutError);
  const enough = [train, heldOut].every((side) => side.labels.filter((_, i) => countsIn(side)(i)).length > 1);
  // losses that are equal up to rounding have no standard error to compare with
  const significant = error > ROUNDING * (trainLoss + heldOutLoss);
  const z = enough && significant ? (heldOutLoss - trainLoss) / error : 0;
  return { trainLoss, heldOutLoss, z, leaked: z > CRITICAL };
}

/** Mean log-loss of the labelled rows, weighted where there are weights, and its standard error. */
export function meanLoss(
  margins: Float64Array,
  labels: Int8Array,
  weights?: Float64Array,
): [mean: number, error: number] {
  using arena = openArena();
  const v = arena.put(margins);
  const y = arena.put(labels);
  const losses = arena.reserve(8 * margins.length);
  const out = arena.reserve(16);
  arena.kernels.labelLosses(v, y, margins.length, losses);
  arena.kernels.pairedDifference(losses, 0, y, margins.length, out, weights ? arena.put(weights) : 0);
  const [mean = 0, error = 0] = arena.f64(out, 2);
  return [mean, error];
}
