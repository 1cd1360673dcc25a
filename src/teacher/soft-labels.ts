// The teacher's answers for a dataset, as margins.
import type { Dataset } from '../data/dataset.ts';
import type { Watch } from '../io/progress.ts';
import type { Teacher } from './onnx.ts';

export interface SoftLabels {
  /** Teacher margin of each row, float64 [rows]. */
  readonly margins: Float64Array;
  /** Rows whose margin was limited because the output is a probability that rounds to 0 or 1. */
  readonly limited: number;
}

/** Runs the teacher over the dataset in batches. */
export async function softLabels(
  teacher: Teacher,
  dataset: Dataset,
  options: { batchSize?: number } & Watch = {},
): Promise<SoftLabels> {
  return teacher.margins(dataset.teacherInputs, options);
}
