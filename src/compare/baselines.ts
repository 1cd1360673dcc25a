// What a distilled student is compared with: students that are trained alike, untuned, on labels alone and by plain distillation.
import type { AnyDataset } from '../data/dataset.ts';
import type { Distilled, DistillOptions } from '../distill.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Student } from '../student/student.ts';
import { tuneMethod } from './cell.ts';
import { prepareInputs } from './method-inputs.ts';

/** What a student is compared with. */
export interface Baselines {
  /** Of labels alone. */
  readonly hard: Student;
  /** Of plain distillation. */
  readonly kd: Student;
}

/** Trains them on the rows of a run, with its seed and shape, each with the first setting of its method. @throws DebkdError as fit */
export async function trainBaselines(
  run: Pick<Distilled, 'soft'>,
  { train, validation }: { readonly train: AnyDataset; readonly validation: AnyDataset },
  settings: Pick<DistillOptions, 'student' | 'seed' | 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'classWeight'>,
  { signal, onProgress }: ProgressOptions = {},
): Promise<Baselines> {
  const inputs = prepareInputs(
    { data: train, margins: run.soft.train.margins },
    { data: validation, margins: run.soft.validation.margins },
  );
  const { student, seed, epochs, batchSize, optimizer, dropout, classWeight } = settings;
  const options = { student, seed, epochs, batchSize, optimizer, dropout, classWeight, signal };
  const trained = async (method: 'hard' | 'kd', stage: string): Promise<Student> => {
    onProgress?.({ stage, done: 0, total: 1 });
    const { student: made } = await tuneMethod(method, inputs, options);
    onProgress?.({ stage, done: 1, total: 1 });
    return made;
  };
  return { hard: await trained('hard', 'hard labels, to compare'), kd: await trained('kd', 'plain KD, to compare') };
}
