// The names of what is measured.

/** Metrics at the chosen threshold where they need one. */
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
/** A measure of probabilities against labels; METRICS has their order. */
export type Metric = (typeof METRICS)[number];
/** What they are called in a sentence, or where columns are many. */
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
/** What they are called in a list: letters with what they stand for. */
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

/** A value with its 95 % interval; NaN where it is not defined, as AUC with one class. */
export interface Estimate {
  /** On the rows as they are. */
  readonly value: number;
  /** 2.5 % of the interval lies below. */
  readonly low: number;
  /** 2.5 % of the interval lies above. */
  readonly high: number;
}
