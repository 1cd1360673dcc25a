// A label in the words of the table.
import type { Outcome } from './messages.ts';
import { TEXTS } from './texts.ts';

/** The value of the label column, and the class where the value does not tell it. */
export function labelText(label: 0 | 1 | undefined, target: Outcome['target']): string {
  if (label === undefined) return TEXTS.testRows.none;
  const value = label === 1 ? target?.positive : target?.negative;
  return value === undefined || value === `${label}` ? `${label}` : TEXTS.testRows.label(value, label);
}
