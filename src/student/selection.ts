// What a student is stopped and chosen by: cross-entropy on validation rows, against their labels or against
// de-biased labels mixed with them. Labels of a few hundred rows alone are noisy enough to stop at the wrong epoch.
import type { AnyDataset } from '../data/dataset.ts';
import { checkLength } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';

/** What epoch and strength can be chosen by. */
export const SELECTIONS: readonly ('debiased' | 'labels')[] = ['debiased', 'labels'];

/** Share of the label in de-biased selection. */
const LABEL_SHARE = 0.2;

/** Validation rows and the probability each student is compared with. */
export interface Selection {
  /** Validation rows, encoded. */
  readonly dataset: AnyDataset;
  /** Rows of the dataset that count, ascending. */
  readonly rows: Uint32Array;
  /** Target probability of each of `rows`, float64. */
  readonly targets: Float64Array;
}

/**
 * De-biased selection: .2 y + .8 sigmoid(d), sigmoid(d) where there is no label.
 * @param margins de-biased margins of the validation rows, from a fit that did not see their labels; float64 [rows]
 * @param share of the label, here .2
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
  return nonEmpty({ dataset, rows: Uint32Array.from(targets, (_, i) => i), targets });
}

/** Selection by the labels of the labelled rows. @throws DebkdError `rows` when there is none */
export function labelSelection(dataset: AnyDataset): Selection {
  const rows = Uint32Array.from([...dataset.labels.keys()].filter((i) => (dataset.labels[i] as number) >= 0));
  return nonEmpty({ dataset, rows, targets: Float64Array.from(rows, (row) => dataset.labels[row] as number) });
}

function nonEmpty(selection: Selection): Selection {
  if (selection.rows.length > 0) return selection;
  throw new DebkdError('rows', {
    subject: 'validation',
    seen: 'no rows to choose the student by',
    remedy: 'give validation rows, with labels where --select labels is used',
  });
}
