// The record of a comparison.
import { METRICS, type Metric } from '../metrics/metric.ts';
import type { WeightsRecord } from '../report/weights-text.ts';
import type { Architecture } from '../student/architecture.ts';
import type { SoftLabelsRecord } from '../teacher/given-record.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import type { Job, Outcome } from './job.ts';
import type { Method, Setting } from './method.ts';
import type { DebiasedOptions } from './method-inputs.ts';
import type { Pair, Summary } from './summary.ts';

/** One method with one seed: the chosen setting and its metrics, or the reason why there are none. */
export interface ComparisonRow {
  /** The method. */
  readonly method: Method;
  /** The seed. */
  readonly seed: number;
  /** The chosen setting, with the values used in training. */
  readonly settings?: Setting;
  /** The threshold with the best F1 on the validation rows, by labels or corrected labels (setThreshold). */
  readonly threshold?: number;
  /** Metrics on the test rows; null where a metric is not defined. */
  readonly metrics?: Readonly<Record<Metric, number | null>>;
  /** Why the method does not apply to these inputs. */
  readonly notApplicable?: string;
  /** The error message of a cell that failed. */
  readonly failed?: string;
}

/**
 * The record of a comparison, schema debkd/compare@1.
 * @example
 * const { summary } = await compare(['kd', 'debiased'], options);
 * summary.find(({ method, metric }) => method === 'debiased' && metric === 'logLoss')?.mean;
 */
export interface Comparison {
  /** Name and version of the schema. */
  readonly schema: 'debkd/compare@1';
  /** The command line, if one was given. */
  readonly command?: string;
  /** The teacher: its SHA-256, the meaning of its output, and the tensor that hints read (null without hints). */
  readonly teacher: {
    readonly sha256: string;
    readonly convention: string;
    /** The runtime, if it was not onnxruntime-web in WebAssembly. */
    readonly runtime?: string;
    readonly layer: string | null;
    /** The given soft labels; absent for a model. */
    readonly softLabels?: SoftLabelsRecord;
    /** Each of several teachers; `kd@NAME` is a method with one of them alone. Absent for one teacher. */
    readonly teachers?: readonly {
      readonly name: string;
      readonly sha256: string;
      readonly convention: string;
      readonly runtime?: string;
    }[];
  };
  /** Numbers of rows: training rows per seed, the pool they are drawn from, validation rows, test rows. */
  readonly rows: { readonly train: number; readonly pool: number; readonly validation: number; readonly test: number };
  /** The columns that the teacher and every student take, if they were given. */
  readonly columns?: ModelColumns;
  /** Row weights, where the rows have some; `train` is the pool. */
  readonly weights?: WeightsRecord;
  /** Architecture of every student. */
  readonly student: Architecture;
  /** Whether every setting was tried, or only the first. */
  readonly tuned: boolean;
  /** Options of the de-biased methods; the others are default. */
  readonly own: DebiasedOptions;
  /** The methods compared, in the order of METHODS; each method comes before its calibrated form. */
  readonly methods: readonly Method[];
  /** The seeds; each is one repetition. */
  readonly seeds: readonly number[];
  /** One row for each method and seed, sorted by method, then seed. */
  readonly results: readonly ComparisonRow[];
  /** Every setting that was tried, with its selection loss. */
  readonly candidates: readonly { method: Method; seed: number; settings: Setting; selectionLoss: number }[];
  /** Means over seeds, one for each method and metric. */
  readonly summary: readonly Summary[];
  /** Paired differences, one for each pair of methods and metric. */
  readonly paired: readonly Pair[];
  /** Durations in seconds, and the number of cells taken from an earlier run. */
  readonly timing: {
    readonly labelSeconds: number;
    /** Seconds of all workers together, by method. */
    readonly seconds: Readonly<Partial<Record<Method, number>>>;
    readonly totalSeconds: number;
    readonly resumed: number;
  };
}

/** Makes the row of a finished job. */
export function rowOf({ method, seed }: Job, outcome: Outcome): ComparisonRow {
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
    settings: candidates[chosen]?.trained as Setting,
    threshold,
    metrics: Object.fromEntries(metrics) as Record<Metric, number | null>,
  };
}
