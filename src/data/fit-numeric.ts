// Fits a numeric column: symlog or not, mean and standard deviation.
import { symlog } from '../kernels/elementary.ts';
import { type ColumnSummary, moments } from './column-summary.ts';
import type { NumericColumn } from './preprocessing.ts';

/** A standard deviation of at most this share of the mean is rounding error: the column is constant. */
export const CONSTANT = 1e-9;
/** Absolute skewness above which symlog is tried; it is kept if it lowers the skewness. */
const HEAVY_SKEW = 3;

/** @param offset index of the encoded column */
export function fitNumeric({ name, numbers }: Pick<ColumnSummary, 'name' | 'numbers'>, offset: number): NumericColumn {
  const raw = moments(numbers);
  const transformed = function* (): Iterable<Float64Array> {
    for (const part of numbers()) yield part.map(symlog);
  };
  const afterSymlog = raw.skew > HEAVY_SKEW || raw.skew < -HEAVY_SKEW ? moments(transformed) : raw;
  // With two distinct values, only rounding changes the skewness.
  const isBetter = Math.abs(afterSymlog.skew) < Math.abs(raw.skew) * (1 - 1e-9);
  const { mean, std } = isBetter ? afterSymlog : raw;
  const transform = isBetter ? 'symlog' : 'none';
  // A constant column is encoded as 0, or close to it if rounding leaves a deviation. A mean that overflows float64
  // is replaced by 0, a standard deviation that overflows by 1.
  const usable = std > CONSTANT * Math.abs(mean) && Number.isFinite(std);
  const fallback = std > 0 && Number.isFinite(std) && Number.isFinite(mean) ? Math.max(1, Math.abs(mean)) : 1;
  return {
    name,
    kind: 'numeric',
    transform,
    mean: Number.isFinite(mean) ? mean : 0,
    std: usable ? std : fallback,
    offset,
    width: 1,
  };
}
