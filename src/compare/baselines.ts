// Baselines of a distilled student: students of the same architecture, trained on labels only and by plain distillation, untuned.
import type { AnyDataset } from '../data/dataset.ts';
import type { CompleteOptions, Distillation } from '../distill-options.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { parseThresholdRule } from '../metrics/threshold-rule.ts';
import { setNearestThreshold } from '../student/set-threshold.ts';
import type { Student } from '../student/student.ts';
import { tuneMethod } from './cell.ts';
import { prepareInputs } from './method-inputs.ts';

/** The baselines of a distilled student. */
export interface Baselines {
  /** Trained on the labels only. */
  readonly hard: Student;
  /** Trained by plain distillation (Hinton, Vinyals, Dean 2015). */
  readonly kd: Student;
}

/**
 * Trains the baselines on a run's rows with its seed, architecture and threshold rule. Each uses the first setting of its method.
 * @throws DebkdError as fit
 */
export async function trainBaselines(
  run: Pick<Distillation, 'soft'> & Partial<Pick<Distillation, 'thresholdChoice'>>,
  { train, validation }: { readonly train: AnyDataset; readonly validation: AnyDataset },
  settings: Pick<
    CompleteOptions,
    'student' | 'seed' | 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'augment' | 'classWeight'
  >,
  { signal, onProgress }: ProgressOptions = {},
): Promise<Baselines> {
  const inputs = prepareInputs(
    { data: train, margins: run.soft.train.margins },
    { data: validation, margins: run.soft.validation.margins },
  );
  const { student, seed, epochs, batchSize, optimizer, dropout, augment, classWeight } = settings;
  const options = { student, seed, epochs, batchSize, optimizer, dropout, augment, classWeight, signal };
  const rule = parseThresholdRule(run.thresholdChoice?.rule ?? 'f1');
  const trained = async (method: 'hard' | 'kd', stage: string): Promise<Student> => {
    onProgress?.({ stage, done: 0, total: 1 });
    const { student: made } = await tuneMethod(method, inputs, options);
    onProgress?.({ stage, done: 1, total: 1 });
    return rule.kind === 'f1' ? made : setNearestThreshold(made, validation, rule);
  };
  return { hard: await trained('hard', 'baseline, labels only'), kd: await trained('kd', 'baseline, plain KD') };
}
