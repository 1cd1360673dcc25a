// Percentile intervals of bootstrap replicates.

/** The 2.5 and 97.5 percentiles (linear between replicates); replicates that are NaN are left out. */
export function interval(replicates: Float64Array): { low: number; high: number } {
  const sorted = replicates.filter((x) => !Number.isNaN(x)).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (at - below) * (high - low);
}
