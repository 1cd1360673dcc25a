// What de-biased distillation is compared with: hard labels and plain distillation, same student, same rows.
import type { Dataset } from '../data/dataset.ts';
import { distillation, hardLabels } from '../loss/distillation.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import type { Architecture } from '../student/architecture.ts';
import { labelSelection } from '../student/early-stopping.ts';
import { type FitOptions, fit } from '../student/fit.ts';
import type { Student } from '../student/student.ts';

export type Baseline = 'hard' | 'kd';

/**
 * Fits a baseline, stopped and its threshold chosen on the labels of the validation rows. `hard` learns from labels
 * alone; `kd` from labels and the teacher's margins as they are (T 1, alpha .5).
 * @param margins the teacher's, of the training rows; float64 [rows]
 */
export async function fitBaseline(
  baseline: Baseline,
  architecture: Architecture,
  data: { train: Dataset; margins: Float64Array; validation: Dataset },
  options: Omit<FitOptions, 'validation'>,
): Promise<Student> {
  const { train, margins, validation } = data;
  const loss = baseline === 'hard' ? hardLabels() : distillation();
  const student = await fit(architecture, train, { margins }, loss, {
    ...options,
    validation: labelSelection(validation),
  });
  return student.with({ threshold: chooseThreshold(student.predictProba(validation), validation.labels) });
}
