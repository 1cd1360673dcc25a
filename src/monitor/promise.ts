// Compares metrics of new labelled rows with those that the test rows promised.

import { chiSquaredTail } from '../metrics/chi-squared.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { holm } from '../metrics/holm.ts';
import { type Estimate, LOWER_IS_BETTER, METRICS, type Metric } from '../metrics/metric.ts';
import type { Figures, ReliabilityBin } from '../report/figures-data.ts';
import type { DistillRecord } from '../report/result.ts';
import { LEVEL } from './shift.ts';

/** A metric now and on the test rows. */
export interface KeptPromise {
  /** The metric. */
  readonly metric: Metric;
  /** On the test rows of the distillation; absent if they were not measured. */
  readonly promised?: Estimate;
  /** On the new rows. */
  readonly now: Estimate;
  /** The p-value of the difference, after Holm's correction for all metrics; absent without a promise. */
  readonly adjusted?: number;
  /** Whether the metric is better or worse than promised by more than chance. */
  readonly verdict: 'as promised' | 'better' | 'worse' | 'not compared';
}

/** Metrics and calibration of the labelled rows. */
export interface LabelledRows {
  /** Labelled rows. */
  readonly rows: number;
  /** Share of class 1 among them. */
  readonly share: number;
  /** Mean probability of class 1 that the student gives them. */
  readonly probability: number;
  /** The student's threshold. */
  readonly threshold: number;
  /** All metrics. */
  readonly metrics: readonly KeptPromise[];
  /** Share of class 1 by bin of the probability, on the test rows and now. */
  readonly calibration: { readonly promised: readonly ReliabilityBin[]; readonly now: readonly ReliabilityBin[] };
}

/** What result.json promises. */
export interface Promised {
  /** Metrics of the test rows. */
  readonly metrics: DistillRecord['metrics'];
  /** The data of the charts; absent without labelled test rows. */
  readonly figures?: Pick<Figures, 'reliability'>;
}

/** Half the width of a 95 % interval in standard errors. */
const Z = 1.959963985;

/** Compares each metric: the difference in standard errors, which the widths of the two intervals give. */
export function comparePromise(
  { metrics }: Pick<Evaluation, 'metrics'>,
  promised: Promised | undefined,
): KeptPromise[] {
  const before = (promised?.metrics as { readonly test?: Evaluation['metrics'] } | undefined)?.test;
  const found = METRICS.map((metric) => ({ metric, promised: before?.[metric], now: metrics[metric] }));
  const ps = found.map(({ promised: was, now }) => was && pOf(was, now));
  const known = ps.filter((p) => p !== undefined);
  const corrected = holm(known);
  let next = 0;
  return found.map(({ metric, promised: was, now }, i) => {
    if (ps[i] === undefined || !was) return { metric, ...(was && { promised: was }), now, verdict: 'not compared' };
    const adjusted = corrected[next++] as number;
    const isBetter = now.value < was.value === LOWER_IS_BETTER.has(metric);
    const verdict = adjusted >= LEVEL ? 'as promised' : isBetter ? 'better' : 'worse';
    return { metric, promised: was, now, adjusted, verdict };
  });
}

/** The p-value of a difference; undefined where a metric or both intervals are not defined. */
function pOf(a: Estimate, b: Estimate): number | undefined {
  const errors = [a, b].map(({ low, high }) => (high - low) / (2 * Z));
  const variance = errors.reduce((sum, error) => sum + error * error, 0);
  const difference = b.value - a.value;
  if (difference === 0) return 1;
  return variance > 0 && Number.isFinite(difference)
    ? chiSquaredTail((difference * difference) / variance, 1)
    : undefined;
}
