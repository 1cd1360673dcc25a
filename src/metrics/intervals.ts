// 95 % intervals from bootstrap replicates. Each holds the value that it is of.

/**
 * The 2.5 and 97.5 percentiles (linear between replicates), or the value where it lies beyond; replicates that are NaN are left out.
 * @param value on the rows as they are
 */
export function interval(replicates: Float64Array, value: number): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  return { low: Math.min(value, quantile(sorted, 0.025)), high: Math.max(value, quantile(sorted, 0.975)) };
}

/**
 * The same percentiles, moved so that the median of the replicates is the value, and kept within 0 .. 1: for what resampling itself
 * raises, a distance or an area under a curve that bends at every row.
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
