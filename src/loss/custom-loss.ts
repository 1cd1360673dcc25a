// A custom loss: a function of margin, target and label, called for each row of each batch.
import { DebkdError } from '../io/errors.ts';
import type { Kernels } from '../kernels/exports.ts';
import type { CustomStep } from '../kernels/load.ts';
import { type CustomLoss, checkLoss, type Hint, type Loss } from './loss.ts';

/** Where the derivative is compared with finite differences: away from the usual corners of a loss, such as 0. */
const MARGINS = [-3.1, -0.73, 0.37, 2.21];
const TARGETS = [-2.57, 0.29, 1.93];
const LABELS = [-1, 0, 1] as const;
const STEP = 1e-4;
const TOLERANCE = 1e-3;

/**
 * A custom loss. Use `exp`, `log`, `sigmoid` and `softplus` of debkd in it instead of those of Math, and students have the same
 * bytes on every host.
 * @param compute returns value and derivative of one row; called for every row of every epoch
 * @param options.check whether to compare the derivative with finite differences of the value at 36 points; default true
 * @param options.hint as of regressionHint; default none
 * @throws DebkdError `value` if a value or derivative is not finite, or the derivative differs from the finite difference d by more
 * than .001 (1 + |d|)
 * @example
 * const squared = customLoss((margin, target) => ({ value: (margin - target) ** 2, derivative: 2 * (margin - target) }));
 * const student = await fit({ hidden: [8] }, train, targets, squared, { seed: 1 });
 */
export function customLoss(compute: CustomLoss, options: { check?: boolean; hint?: Hint } = {}): Loss {
  if (options.check !== false) checkDerivative(compute);
  return checkLoss({
    name: 'own',
    temperature: 1,
    alpha: 1,
    compute,
    ...(options.hint && { hint: options.hint }),
  });
}

function checkDerivative(compute: CustomLoss): void {
  for (const margin of MARGINS)
    for (const target of TARGETS)
      for (const label of LABELS) {
        const { derivative } = finite(compute, margin, target, label);
        const above = finite(compute, margin + STEP, target, label).value;
        const below = finite(compute, margin - STEP, target, label).value;
        const difference = (above - below) / (2 * STEP);
        if (Math.abs(derivative - difference) <= TOLERANCE * (1 + Math.abs(difference))) continue;
        throw new DebkdError('value', {
          subject: rowOf(margin, target, label),
          seen: `the derivative is ${derivative}, the finite difference of the values ${difference.toPrecision(6)}`,
          expected: 'both to agree',
          remedy: ['correct one of them', 'pass check: false if the loss has a corner there'],
        });
      }
}

function finite(compute: CustomLoss, margin: number, target: number, label: 1 | 0 | -1): ReturnType<CustomLoss> {
  const answer = compute(margin, target, label);
  if (Number.isFinite(answer?.value) && Number.isFinite(answer.derivative)) return answer;
  throw new DebkdError('value', {
    subject: rowOf(margin, target, label),
    seen: `value ${answer?.value}, derivative ${answer?.derivative}`,
    expected: '{ value, derivative } with finite numbers',
  });
}

function rowOf(margin: number, target: number, label: number): string {
  return `loss at margin ${margin}, target ${target}, label ${label}`;
}

/** The callback that the kernel calls for a batch; its arguments are addresses in the kernel's memory. */
export function customStep(compute: CustomLoss, memory: Kernels['memory']): CustomStep {
  return (...batch) => {
    const [z, rows, m, labels, target, weights, , d] = batch.map((value) => value >>> 0) as [
      number,
      number,
      ...number[],
    ];
    const scale = batch[6] as number;
    const view = new DataView(memory.buffer); // memory growth replaces the buffer
    let total = 0;
    for (let i = 0; i < (m as number); i++) {
      const row = view.getUint32(rows + 4 * i, true);
      const margin = view.getFloat32(z + 4 * i, true);
      const label = Math.sign(view.getInt8((labels as number) + row)) as 1 | 0 | -1;
      const { value, derivative } = finite(compute, margin, view.getFloat64((target as number) + 8 * row, true), label);
      const weight = weights ? view.getFloat64(weights + 8 * row, true) : 1;
      total += weight * value;
      view.setFloat32((d as number) + 4 * i, derivative * weight * scale, true);
    }
    return total;
  };
}
