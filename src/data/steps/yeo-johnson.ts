// yeoJohnson: the power transform of Yeo and Johnson (2000).
import { exp, log1p } from '../../kernels/elementary.ts';
import { numbersOf, type StepInput, type Type, takesNumbers } from './check.ts';
import type { YeoJohnsonStep } from './step.ts';
import { type Apply, ofNumbers } from './value.ts';

/** Terms of the series of e^z - 1: for |z| below .5 the next is below 1 ULP. */
const TERMS = 14;

export function parseYeoJohnson(input: StepInput): { step: YeoJohnsonStep; type: Type } {
  takesNumbers(input);
  return { step: { yeoJohnson: numbersOf(input, 'yeoJohnson', { keys: ['lambda'] }) }, type: 'number' };
}

export function applyYeoJohnson({ yeoJohnson: { lambda } }: YeoJohnsonStep, name: string): Apply {
  return ofNumbers(name, (x) => (x < 0 ? -power(-x, 2 - lambda) : power(x, lambda)));
}

/** ((1 + x)^lambda - 1) / lambda for x >= 0; log(1 + x) in the limit of lambda = 0. */
function power(x: number, lambda: number): number {
  const t = log1p(x);
  const z = lambda * t;
  if (!(z > -0.5 && z < 0.5)) return (exp(z) - 1) / lambda;
  // by the series of (e^z - 1) / z, which does not cancel
  let sum = 1;
  for (let k = TERMS; k > 1; k--) sum = 1 + (z / k) * sum;
  return t * sum;
}
