// The metrics that a student may be selected by, on targets that are probabilities: expected counts take the place of counts. All are
// losses: lower is better.
import type { Arena } from '../kernels/memory.ts';

/** What a student may be selected by on the validation rows. */
export const SELECTION_METRICS = ['logLoss', 'auc', 'prAuc', 'brier', 'f1'] as const;
/** A metric of selection. */
export type SelectionMetric = (typeof SELECTION_METRICS)[number];

/** The loss of each metric, in words. */
export const SELECTION_LOSSES: Readonly<Record<SelectionMetric, string>> = {
  logLoss: 'cross-entropy',
  auc: 'loss 1 - AUC',
  prAuc: 'loss 1 - PR AUC',
  brier: 'Brier score',
  f1: 'loss 1 - best F1',
};

/** The rows of a measure: target probabilities and weights (undefined: all 1), float64 [rows]. */
interface MeasuredRows {
  readonly targets: Float64Array;
  readonly weights: Float64Array | undefined;
}

/**
 * Opens a metric's loss. A row with target t and weight w counts as a row of class 1 of weight t w and one of class 0 of weight (1 - t) w,
 * both with the row's margin. With labels as targets these are the metrics of evaluate; f1 is the best over all thresholds.
 * @returns computes the loss from margins, float32 at a pointer; NaN where one is not finite or a class is absent
 */
export function openSelectionMetric(
  arena: Arena,
  metric: Exclude<SelectionMetric, 'logLoss'>,
  { targets, weights }: MeasuredRows,
): (z: number) => number {
  const { kernels } = arena;
  const n = targets.length;
  const [scores, order, scratch] = [arena.reserve(8 * n), arena.reserve(4 * n), arena.reserve(4 * n)];
  const weight = (row: number): number => weights?.[row] ?? 1;
  const total = targets.reduce((sum, _, row) => sum + weight(row), 0);
  return (z) => {
    const margins = Float64Array.from(arena.f32(z, n));
    if (!margins.every(Number.isFinite)) return NaN;
    arena.write(scores, margins);
    if (metric === 'brier') {
      kernels.sigmoids(scores, n, scores);
      const p = arena.f64(scores, n);
      const loss = (t: number, q: number): number => t * (1 - q) * (1 - q) + (1 - t) * q * q;
      return targets.reduce((sum, t, row) => sum + weight(row) * loss(t, p[row] as number), 0) / total;
    }
    kernels.sortDescending(scores, n, order, scratch);
    const ranked = ranking(margins, arena.u32(order, n), { targets, weights });
    return 1 - ranked[metric];
  };
}

/** AUC, average precision and the best F1, all by expected counts; ties count half in the AUC, and have one threshold. */
function ranking(
  margins: Float64Array,
  order: Uint32Array,
  { targets, weights }: MeasuredRows,
): Readonly<Record<'auc' | 'prAuc' | 'f1', number>> {
  let [positives, negatives] = [0, 0];
  for (const row of order) {
    const w = weights?.[row] ?? 1;
    positives += w * (targets[row] as number);
    negatives += w * (1 - (targets[row] as number));
  }
  if (!(positives > 0 && negatives > 0)) return { auc: NaN, prAuc: NaN, f1: NaN };
  let [tp, fp, area, precision, f1] = [0, 0, 0, 0, 0];
  for (let i = 0; i < order.length; ) {
    const margin = margins[order[i] as number];
    let [ones, zeros] = [0, 0];
    for (; i < order.length && margins[order[i] as number] === margin; i++) {
      const row = order[i] as number;
      const w = weights?.[row] ?? 1;
      ones += w * (targets[row] as number);
      zeros += w * (1 - (targets[row] as number));
    }
    area += zeros * tp + 0.5 * zeros * ones;
    tp += ones;
    fp += zeros;
    // rows of weight 0 alone have no precision
    if (tp + fp > 0) precision += (ones / positives) * (tp / (tp + fp));
    f1 = Math.max(f1, (2 * tp) / (tp + fp + positives));
  }
  return { auc: area / (positives * negatives), prAuc: precision, f1 };
}
