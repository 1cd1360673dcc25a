// How a student's parameters are moved.
import { DebkdError } from '../io/errors.ts';

/** How weights are moved. */
export interface Optimizer {
  /** `adamw` (default): decoupled weight decay. `sgd`: with momentum, decay added to the gradient. */
  readonly name?: 'adamw' | 'sgd' | undefined;
  /** Learning rate; default 2e-3, .05 for sgd. */
  readonly rate?: number | undefined;
  /** Weight decay; default 1e-4. */
  readonly decay?: number | undefined;
  /** Of sgd; default .9. */
  readonly momentum?: number | undefined;
  /** The rate over the epochs: `constant` (default), `linear` to 0, `step`: a tenth after 60 %, a hundredth after 85 %. */
  readonly schedule?: Schedule | undefined;
}

/** How the learning rate goes over the epochs: constant; linear to 0; step: a tenth after 60 %, a hundredth after 85 %. */
export type Schedule = 'constant' | 'linear' | 'step';
export const OPTIMIZERS: readonly ('adamw' | 'sgd')[] = ['adamw', 'sgd'];
export const SCHEDULES: readonly Schedule[] = ['constant', 'linear', 'step'];

export type CheckedOptimizer = { readonly [K in keyof Optimizer]-?: NonNullable<Optimizer[K]> };

/** With defaults. @throws DebkdError `value` */
export function checkOptimizer({
  name = 'adamw',
  decay = 1e-4,
  momentum = 0.9,
  schedule = 'constant',
  ...rest
}: Optimizer): CheckedOptimizer {
  const rate = rest.rate ?? (name === 'sgd' ? 0.05 : 2e-3);
  const demand = (what: string, value: unknown, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', `optimizer: ${what} is ${value}, expected ${expected}`);
  };
  demand('name', name, OPTIMIZERS.includes(name), OPTIMIZERS.join(' or '));
  demand('schedule', schedule, SCHEDULES.includes(schedule), SCHEDULES.join(', '));
  demand('learning rate', rate, rate > 0 && rate <= 10, 'a number above 0, at most 10');
  demand('weight decay', decay, decay >= 0 && decay <= 10, 'a number from 0 to 10');
  demand('momentum', momentum, momentum >= 0 && momentum < 1, 'a number from 0, below 1');
  return { name, rate, decay, momentum, schedule };
}

/** The learning rate of an epoch, counted from 1. */
export function rateOf({ rate, schedule }: CheckedOptimizer, epoch: number, epochs: number): number {
  if (schedule === 'linear') return rate * (1 - (epoch - 1) / epochs);
  if (schedule === 'step') return epoch > 0.85 * epochs ? rate / 100 : epoch > 0.6 * epochs ? rate / 10 : rate;
  return rate;
}
