// The record of a comparison.
import { METRICS, type Metric } from '../metrics/metric.ts';
import type { Architecture } from '../student/architecture.ts';
import type { Job, Outcome } from './job.ts';
import type { Method, Setting } from './method.ts';
import type { DebiasedOptions } from './method-inputs.ts';
import type { Pair, Summary } from './summary.ts';

/** One method under one seed: what was chosen and measured, or why not. */
export interface ComparisonRow {
  /** Whose row. */
  readonly method: Method;
  /** Of this repetition. */
  readonly seed: number;
  /** The chosen setting, as it was trained. */
  readonly settings?: Setting;
  /** With the best F1 on the validation rows. */
  readonly threshold?: number;
  /** On the test rows; null where not defined. */
  readonly metrics?: Readonly<Record<Metric, number | null>>;
  /** Why the method cannot be used here. */
  readonly notApplicable?: string;
  /** Why this cell failed. */
  readonly failed?: string;
}

/** Schema debkd/compare@1. */
export interface Comparison {
  /** Version of this record. */
  readonly schema: 'debkd/compare@1';
  /** What was typed to make it. */
  readonly command?: string;
  /** Which one, and the tensor that hints come from. */
  readonly teacher: { readonly sha256: string; readonly convention: string; readonly layer: string | null };
  /** Training rows drawn for each seed and those to draw from; rows to choose by and to measure on. */
  readonly rows: { readonly train: number; readonly pool: number; readonly validation: number; readonly test: number };
  /** The shape that all methods train. */
  readonly student: Architecture;
  /** Whether all settings were tried, or the first alone. */
  readonly tuned: boolean;
  /** How the methods of ours were made, where that was said. */
  readonly own: DebiasedOptions;
  /** In the order of METHODS, each followed by itself with calibration. */
  readonly methods: readonly Method[];
  /** One repetition each. */
  readonly seeds: readonly number[];
  /** One a method and seed, in that order. */
  readonly results: readonly ComparisonRow[];
  /** Every setting that was tried. */
  readonly candidates: readonly { method: Method; seed: number; settings: Setting; selectionLoss: number }[];
  /** One a method and metric. */
  readonly summary: readonly Summary[];
  /** Every pair of methods in every metric. */
  readonly paired: readonly Pair[];
  /** Seconds; and cells that an earlier run had finished. */
  readonly timing: {
    readonly labelSeconds: number;
    /** Of all workers together, by method. */
    readonly seconds: Readonly<Partial<Record<Method, number>>>;
    readonly totalSeconds: number;
    readonly resumed: number;
  };
}

/** @param trained the setting of a method as it is trained */
export function rowOf(
  { method, seed }: Job,
  outcome: Outcome,
  trained: (method: Method, setting: Setting) => Setting,
): ComparisonRow {
  if (outcome.kind !== 'done')
    return { method, seed, [outcome.kind === 'failed' ? 'failed' : 'notApplicable']: outcome.why };
  const { candidates, chosen, threshold, values } = outcome;
  const metrics = METRICS.map((metric, column): [Metric, number | null] => {
    const value = values[column] as number;
    return [metric, Number.isFinite(value) ? value : null];
  });
  return {
    method,
    seed,
    settings: trained(method, candidates[chosen]?.setting as Setting),
    threshold,
    metrics: Object.fromEntries(metrics) as Record<Metric, number | null>,
  };
}
