// Was the teacher fitted on these rows? Then its margins there are too good to learn its bias from.
import { openArena } from '../kernels/memory.ts';

/** One-sided level .001 of the standard normal. */
const CRITICAL = 3.0902;

/** A standard error below this share of what it belongs to is rounding. */
const ROUNDING = 1e-9;

/** Whether a teacher seems to have been fitted on rows, and by which numbers. */
export interface Leakage {
  /** Teacher log-loss of the labelled rows. */
  readonly trainLoss: number;
  /** Teacher log-loss of labelled held-out rows. */
  readonly heldOutLoss: number;
  /** (heldOutLoss - trainLoss) / its standard error. */
  readonly z: number;
  /** z beyond the one-sided level .001. */
  readonly leaked: boolean;
}

/**
 * Tests whether the teacher does better on training rows than on held-out rows by more than chance (two-sample z
 * test on the mean log-loss, one-sided, level .001). With fewer than two labelled rows on a side, z is 0.
 * @param train, heldOut margins float64 [rows] and labels int8 [rows], -1 where unlabelled
 */
export function detectLeakage(
  train: { margins: Float64Array; labels: Int8Array },
  heldOut: { margins: Float64Array; labels: Int8Array },
): Leakage {
  const [trainLoss, trainError] = meanLoss(train.margins, train.labels);
  const [heldOutLoss, heldOutError] = meanLoss(heldOut.margins, heldOut.labels);
  const error = Math.sqrt(trainError * trainError + heldOutError * heldOutError);
  const enough = [train, heldOut].every(({ labels }) => labels.filter((y) => y >= 0).length > 1);
  // losses that are all the same, but for rounding, have no error to measure a difference by
  const significant = error > ROUNDING * (trainLoss + heldOutLoss);
  const z = enough && significant ? (heldOutLoss - trainLoss) / error : 0;
  return { trainLoss, heldOutLoss, z, leaked: z > CRITICAL };
}

/** Mean log-loss over labelled rows and its standard error. */
export function meanLoss(margins: Float64Array, labels: Int8Array): [mean: number, error: number] {
  using arena = openArena();
  const v = arena.put(margins);
  const y = arena.put(labels);
  const losses = arena.reserve(8 * margins.length);
  const out = arena.reserve(16);
  arena.kernels.labelLosses(v, y, margins.length, losses);
  arena.kernels.pairedDifference(losses, 0, y, margins.length, out);
  const [mean = 0, error = 0] = arena.f64(out, 2);
  return [mean, error];
}
