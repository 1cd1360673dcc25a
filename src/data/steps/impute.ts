// impute: replaces missing values.
import { isFiniteNumber, type StepInput, shown, type Type } from './check.ts';
import type { ImputeStep } from './step.ts';
import type { Apply } from './value.ts';

const STRATEGIES = ['mean', 'median', 'most frequent', 'constant'] as const;

export function parseImpute({ step, type, fail }: StepInput): { step: ImputeStep; type: Type } {
  const { impute, value } = step;
  const strategy = STRATEGIES.find((name) => name === impute);
  if (strategy === undefined)
    return fail(`impute is ${shown(impute)}`, `one of ${STRATEGIES.join(', ')}, with the fitted value as "value"`);
  if (isFiniteNumber(value)) {
    if (type === 'text') fail(`value is ${value} after a step that gives texts`, 'a text');
    return { step: { impute: strategy, value }, type: 'number' };
  }
  if (typeof value !== 'string' || value === '') return fail(`value is ${shown(value)}`, 'a number or a text');
  if (type === 'number') fail(`value is ${shown(value)} after a step that gives numbers`, 'a number');
  if (strategy === 'mean' || strategy === 'median')
    fail(
      `the ${strategy} is ${shown(value)}, a text`,
      'a number',
      'text columns have a most frequent value or a constant',
    );
  return { step: { impute: strategy, value }, type: 'text' };
}

export function applyImpute({ value }: ImputeStep): Apply {
  return (x) => x ?? value;
}
