// Notes about options that have no effect.
import type { DistillSettings } from '../settings/training.ts';
import type { Values } from '../settings/values.ts';
import { noteIgnored } from './messages.ts';

/** Names the options that have no effect on a student, and those of images where it has none. */
export function noteIgnoredOptions(values: Values, { student }: Pick<DistillSettings, 'student'>): void {
  const given = (names: readonly string[]): string[] => names.filter((name) => values[name] !== undefined);
  const { conv, hidden } = student;
  if (!conv) noteIgnored(given(['pixels', 'colour', 'augment']), 'the student has no images');
  // the cache keeps a teacher's answers and decoded images
  if (!conv && values['teacher'] === undefined)
    noteIgnored(given(['cache', 'no-cache']), 'soft labels have no model, and the student has no images');
  if (hidden.length > 0) return;
  const ofHiddenLayers = given(['activation', 'residual', 'dropout']);
  noteIgnored(
    ofHiddenLayers,
    conv ? 'the student has no hidden layers after its convolutions' : 'a logistic student has no hidden layers',
  );
  if (!conv && (values['optimizer'] ?? 'newton') === 'newton')
    noteIgnored(
      given(['epochs', 'batch-size', 'learning-rate', 'weight-decay', 'schedule']),
      "Newton's method fits a logistic student to the minimum of its loss (--optimizer adamw trains it in steps)",
    );
}
