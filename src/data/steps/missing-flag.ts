// missing: 1 for a missing value, otherwise 0.
import { checkTrue, type StepInput, type Type } from './check.ts';
import type { MissingStep } from './step.ts';
import type { Apply } from './value.ts';

export function parseMissing(input: StepInput): { step: MissingStep; type: Type } {
  checkTrue(input, 'missing');
  if (!input.mayMiss)
    input.fail(
      'no value is missing after the steps before, and the flag is always 0',
      'missing before impute',
      'give the flag a column entry of its own, with the same name',
    );
  return { step: { missing: true }, type: 'number' };
}

export const applyMissing: Apply = (x) => (x === undefined ? 1 : 0);
