// The selection loss: cross-entropy on validation rows, against their labels or a mixture of labels and de-biased labels. The labels
// of a few hundred rows are noisy enough to select the wrong epoch.
import type { AnyDataset } from '../data/dataset.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { checkLength } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';
import { usableRows } from '../labels/unknown.ts';
import type { SelectionMetric } from './selection-metrics.ts';

/** Targets of the selection loss, which selects the epoch and the infusion strength. */
export const SELECTIONS: readonly ('debiased' | 'labels')[] = ['debiased', 'labels'];

/** Default share of the label in de-biased selection. */
const LABEL_SHARE = 0.2;

/** Validation rows with target probabilities. The cross-entropy against them, or another metric, selects the epoch; the dataset's weights apply. */
export interface Selection {
  /** Validation rows, encoded. */
  readonly dataset: AnyDataset;
  /** Rows of the dataset to use, ascending. */
  readonly rows: Uint32Array;
  /** Target probability of each of `rows`, float64. */
  readonly targets: Float64Array;
  /** What is computed from them; default the cross-entropy (`logLoss`). Other metrics take expected counts. */
  readonly metric?: SelectionMetric | undefined;
}

/**
 * De-biased selection: the target of a row with label y and de-biased margin d is 0.2 y + 0.8 sigmoid(d), or sigmoid(d) without
 * a label, or y where d is NaN, because the row has no soft label. A row with neither is not used.
 * @param dataset encoded validation rows
 * @param margins de-biased margins of these rows, from a fit that did not see their labels; float64 [rows]
 * @param share the label's share of the target; default 0.2
 * @throws DebkdError `value` when the number of margins differs from the rows, `rows` without rows, `memory`
 * @example
 * const parts = [{ data: train, margins: trainMargins }, { data: validation, margins: validationMargins }] as const;
 * const { selectionMargins } = await debiasParts(...parts);
 * const selection = debiasedSelection(validation, selectionMargins.validation);
 */
export function debiasedSelection(dataset: AnyDataset, margins: Float64Array, share: number = LABEL_SHARE): Selection {
  checkLength('selection', 'margins', margins, dataset.rows);
  using arena = openArena();
  const at = arena.put(margins);
  arena.kernels.sigmoids(at, dataset.rows, at);
  const q = arena.f64(at, dataset.rows);
  const targets = q.map((p, i) => {
    const y = dataset.labels[i] as number;
    return y < 0 ? p : share * y + (1 - share) * p;
  });
  if (margins.some(Number.isNaN)) return withUnknown(dataset, margins, targets);
  return nonEmpty({ dataset, rows: Uint32Array.from(targets, (_, i) => i), targets });
}

/**
 * Selection by labels: the target of a labelled row is its label; rows without a label are not used.
 * @param dataset encoded validation rows
 * @throws DebkdError `rows` when no row has a label
 * @example
 * const student = await fit({ hidden: [16] }, train, targets, loss, { seed: 1, validation: labelSelection(validation) });
 */
export function labelSelection(dataset: AnyDataset): Selection {
  const rows = rowsWhere(dataset.rows, (i) => (dataset.labels[i] as number) >= 0);
  return nonEmpty({ dataset, rows, targets: Float64Array.from(rows, (row) => dataset.labels[row] as number) });
}

/**
 * The selection with a metric. @throws DebkdError `rows` for a metric of two classes when the targets have only one
 */
export function selectBy(selection: Selection, metric: SelectionMetric | undefined): Selection {
  if (metric === undefined || metric === 'logLoss') return selection;
  const { rows, targets, dataset } = selection;
  const counts = (row: number): boolean => (dataset.weights?.[row] ?? 1) > 0;
  const has = (low: boolean): boolean => targets.some((t, i) => (low ? t < 1 : t > 0) && counts(rows[i] as number));
  if (metric !== 'brier' && !(has(true) && has(false))) {
    throw new DebkdError('rows', {
      subject: 'validation',
      seen: `all rows are of one class, and the metric of selection is ${metric}`,
      expected: 'rows of both classes',
      remedy: { id: 'omit-setting', setting: 'metric' },
    });
  }
  return { ...selection, metric };
}

/** The label is the target of a row without a soft label. */
function withUnknown(dataset: AnyDataset, margins: Float64Array, targets: Float64Array): Selection {
  const rows = usableRows(margins, dataset.labels) ?? Uint32Array.from(margins, (_, i) => i);
  const targetOf = (row: number): number =>
    Number.isNaN(margins[row]) ? (dataset.labels[row] as number) : (targets[row] as number);
  return nonEmpty({ dataset, rows, targets: Float64Array.from(rows, targetOf) });
}

function nonEmpty(selection: Selection): Selection {
  if (selection.rows.length > 0) return selection;
  throw new DebkdError('rows', {
    subject: 'validation',
    seen: 'no rows to select the student by',
    remedy: 'give validation rows, with labels for selection by labels',
  });
}
