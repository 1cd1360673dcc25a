// Notes about options that have no effect.
import type { DistillSettings } from '../settings/training.ts';
import type { Values } from '../settings/values.ts';
import { noteIgnored } from './messages.ts';

/** Names the options that have no effect on a logistic student. */
export function noteIgnoredOptions(values: Values, { student }: Pick<DistillSettings, 'student'>): void {
  if (student.hidden.length > 0) return;
  const ofHiddenLayers = ['activation', 'residual', 'dropout'].filter((name) => values[name] !== undefined);
  noteIgnored(ofHiddenLayers, 'a logistic student has no hidden layers');
  const ofSteps = ['epochs', 'batch-size', 'learning-rate', 'weight-decay', 'schedule'].filter(
    (name) => values[name] !== undefined,
  );
  if ((values['optimizer'] ?? 'newton') === 'newton')
    noteIgnored(
      ofSteps,
      "Newton's method fits a logistic student to the minimum of its loss (--optimizer adamw trains it in steps)",
    );
}
