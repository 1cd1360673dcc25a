// Formats estimates.
import type { Estimate } from '../metrics/metric.ts';

/** Formats an estimate: `0.9050 (0.8990 .. 0.9110)`. Undefined values are NaN in memory and null in JSON. */
export function show(estimate: Estimate | undefined, digits = 4): string {
  if (!estimate || !Number.isFinite(estimate.value)) return 'not defined';
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => x?.toFixed(digits));
  return Number.isFinite(estimate.low) ? `${value} (${low} .. ${high})` : `${value}`;
}
