// The metrics and their names.

/** All metrics, in the order of the kernel's columns. */
export const METRICS = [
  'auc',
  'logLoss',
  'brier',
  'ece',
  'accuracy',
  'f1',
  'precision',
  'recall',
  'ks',
  'prAuc',
] as const;
/** A metric of probabilities against labels; METRICS has the order. */
export type Metric = (typeof METRICS)[number];
/** Short names, for sentences and wide tables. */
export const SHORT_NAMES: Readonly<Record<Metric, string>> = {
  auc: 'AUC',
  logLoss: 'log-loss',
  brier: 'Brier',
  ece: 'ECE',
  accuracy: 'accuracy',
  f1: 'F1',
  precision: 'precision',
  recall: 'recall',
  ks: 'KS',
  prAuc: 'PR AUC',
};
/** Long names, with abbreviations spelled out, for lists. */
export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  ...SHORT_NAMES,
  logLoss: 'Log-loss',
  brier: 'Brier score',
  ece: 'ECE (calibration error)',
  accuracy: 'Accuracy',
  precision: 'Precision',
  recall: 'Recall',
  ks: 'KS (Kolmogorov-Smirnov)',
  prAuc: 'PR AUC (average precision)',
};
/** Metrics that are better when lower. */
export const LOWER_IS_BETTER: ReadonlySet<Metric> = new Set<Metric>(['logLoss', 'brier', 'ece']);

/**
 * A value with its 95 % interval; NaN if undefined, such as AUC with one class, recall and F1 without a row of class 1, and precision
 * without a row that is called 1. scikit-learn gives 0 for the last three, by default.
 */
export interface Estimate {
  /** The metric of the original rows. */
  readonly value: number;
  /** Lower bound of the 95 % interval. */
  readonly low: number;
  /** Upper bound of the 95 % interval. */
  readonly high: number;
}
