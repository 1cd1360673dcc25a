// Percentile intervals of bootstrap replicates.

/** The 2.5 and 97.5 percentiles (linear between replicates); replicates that are NaN are left out. */
export function interval(replicates: Float64Array): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/**
 * The same, moved so that their median is the value, and not below 0: for a measure of distance, which resampled rows raise, so that its
 * value could lie outside of its own interval.
 */
export function centred(replicates: Float64Array, value: number): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  const by = value - quantile(sorted, 0.5);
  const { low, high } = interval(replicates);
  return { low: Math.max(0, low + by), high: high + by };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (at - below) * (high - low);
}
