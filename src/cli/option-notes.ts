// Notes about options that have no effect.

import type { DistillSettings } from '../settings/training.ts';
import type { Values } from '../settings/values.ts';
import { note } from './messages.ts';

/** Names the options that have no effect on a logistic student. */
export function noteIgnoredOptions(values: Values, { student }: Pick<DistillSettings, 'student'>): void {
  const ignored = ['activation', 'residual', 'dropout'].filter((name) => values[name] !== undefined);
  if (student.hidden.length > 0) return;
  if (ignored.length > 0)
    note(`note: --${ignored.join(', --')}: of hidden layers, and a logistic student has none; ignored`);
  const steps = ['epochs', 'batch-size', 'learning-rate', 'weight-decay', 'schedule'].filter(
    (name) => values[name] !== undefined,
  );
  if (steps.length > 0 && (values['optimizer'] ?? 'newton') === 'newton')
    note(
      `note: --${steps.join(', --')}: a logistic student is fitted to the minimum of its loss; ignored (--optimizer adamw trains it in steps)`,
    );
}
