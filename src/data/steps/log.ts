// log1p and symlog.
import { log1p, symlog } from '../../kernels/elementary.ts';
import { checkTrue, type StepInput, type Type, takesNumbers } from './check.ts';
import type { Log1pStep, SymlogStep } from './step.ts';
import { type Apply, ofNumbers } from './value.ts';

export function parseLog1p(input: StepInput): { step: Log1pStep; type: Type } {
  takesNumbers(input);
  checkTrue(input, 'log1p');
  return { step: { log1p: true }, type: 'number' };
}

export function parseSymlog(input: StepInput): { step: SymlogStep; type: Type } {
  takesNumbers(input);
  checkTrue(input, 'symlog');
  return { step: { symlog: true }, type: 'number' };
}

export function applyLog1p(name: string): Apply {
  return ofNumbers(name, (x, state) => {
    if (!(x > -1))
      state.problem = {
        seen: `${x} in ${name}`,
        expected: 'a number above -1',
        remedy: 'correct it, or use symlog or a clip step before',
      };
    return log1p(x);
  });
}

export function applySymlog(name: string): Apply {
  return ofNumbers(name, symlog);
}
