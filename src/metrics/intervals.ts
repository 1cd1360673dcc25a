// 95 % intervals from bootstrap replicates; each contains the value.

/**
 * The percentile interval (Efron 1979) from the 2.5th to the 97.5th percentile, interpolated linearly and extended to contain the
 * value. NaN replicates are ignored.
 * @param value the statistic of the original rows
 */
export function interval(replicates: Float64Array, value: number): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  return { low: Math.min(value, quantile(sorted, 0.025)), high: Math.max(value, quantile(sorted, 0.975)) };
}

/**
 * The same percentiles, shifted by the value minus the median of the replicates and clipped to 0 .. 1; for statistics that
 * resampling itself raises, such as distances and average precision.
 */
export function centred(replicates: Float64Array, value: number): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  const by = value - quantile(sorted, 0.5);
  return {
    low: Math.max(0, quantile(sorted, 0.025) + by),
    high: Math.min(1, quantile(sorted, 0.975) + by),
  };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (at - below) * (high - low);
}
