// What a distillation warns of: each with its figure and the way out.
import type { AnyDataset } from './data/stored-dataset.ts';
import type { Distilled, DistillOptions } from './distill.ts';
import { debiasesRichly, FLOOR } from './labels/candidates.ts';
import type { StudentData } from './student/student.ts';
import { teacherWarnings } from './teacher/warnings.ts';

/** Fewer labelled validation rows than this are warned about, and fewer training rows of a class. */
const FEW_TO_CHOOSE = 100;
const FEW_OF_A_CLASS = 10;
/** Validation rows of the rarer class without which a threshold is a matter of chance. */
const FEW_OF_THE_RARER = 20;

export function warningsOf(
  { soft, debias, leakage, training }: Pick<Distilled, 'soft' | 'debias' | 'leakage'> & Pick<StudentData, 'training'>,
  { train, validation, debias: method = 'auto' }: DistillOptions,
): string[] {
  const warnings: string[] = [];
  if (leakage.leaked) {
    const [a, b] = [leakage.trainLoss.toFixed(3), leakage.heldOutLoss.toFixed(3)];
    warnings.push(
      `teacher: it seems to have been fitted on these training rows (log-loss ${a} there, ${b} on held-out rows, z ${leakage.z.toFixed(1)}); its labels are de-biased on the validation rows alone. Better: train on rows it has not seen`,
    );
  }
  warnings.push(...teacherWarnings(soft.validation.margins, validation, train));
  const limited = soft.train.limited + soft.validation.limited;
  if (limited > 0)
    warnings.push(
      `teacher: ${limited} probabilities rounded to 0 or 1; their margins were limited to +-16. Export the logit to keep them exact`,
    );
  if (method === 'auto' && !debiasesRichly(leakage.leaked ? [validation] : [train, validation])) {
    const ones = (part: AnyDataset): number => part.labels.filter((y) => y > 0).length;
    const positives = leakage.leaked ? ones(validation) : ones(train) + ones(validation);
    warnings.push(
      `label de-biasing: ${debias.rows} labelled rows, ${Math.min(positives, debias.rows - positives)} of the rarer class, too few to look for errors in subgroups: over-confidence and a shifted prior alone were looked for. With ${FLOOR.rows} and ${FLOOR.rarer} more is tried`,
    );
  }
  const known = validation.labels.filter((y) => y >= 0).length;
  const ofOne = validation.labels.filter((y) => y > 0).length;
  const rarer = Math.min(ofOne, known - ofOne);
  if (known === 0) {
    warnings.push(
      'validation: no labels, so that the threshold is 0.5; label some of its rows, or set the threshold yourself',
    );
  } else if (rarer < FEW_OF_THE_RARER) {
    warnings.push(
      `validation: ${known} labelled rows, ${rarer} of the rarer class; ${rarer === 0 ? 'the threshold is 0.5, and epoch and strength are' : 'threshold, epoch and strength are'} chosen without knowing that class. Give it ${FEW_OF_THE_RARER} rows of each class, or more (--split), or set the threshold yourself (--threshold)`,
    );
  } else if (known < FEW_TO_CHOOSE) {
    warnings.push(
      `validation: ${known} labelled rows, fewer than ${FEW_TO_CHOOSE}; the epoch, strength and threshold chosen on them are uncertain. Give it more rows (--split)`,
    );
  }
  const labelled = train.labels.filter((y) => y >= 0).length;
  const positives = train.labels.filter((y) => y > 0).length;
  if (training?.settled === false) {
    warnings.push(
      `training: the cross-entropy on the validation rows was still falling at the last of ${training.epochs} epochs; more may do better (--epochs)`,
    );
  }
  for (const [name, rows] of [
    [1, positives],
    [0, labelled - positives],
  ] as const) {
    if (labelled > 0 && rows < FEW_OF_A_CLASS) {
      warnings.push(
        `training: ${rows} rows of class ${name}, fewer than ${FEW_OF_A_CLASS}; what is learned about it is mostly the teacher's. Give more rows of it`,
      );
    }
  }
  return warnings;
}
