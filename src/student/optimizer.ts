// How a student's parameters are moved.
import { DebkdError } from '../io/errors.ts';
import type { Loss } from '../loss/loss.ts';
import type { Architecture } from './architecture.ts';

/** How weights are moved. */
export interface Optimizer {
  /**
   * `newton`, the default of a logistic student: its loss is convex and is taken to the minimum, with a ridge penalty chosen on the
   * validation rows; epochs, batch size, rate and decay say nothing then. `adamw`, the default of all others: decoupled weight
   * decay. `sgd`: with momentum, decay added to the gradient.
   */
  readonly name?: OptimizerName | undefined;
  /** Learning rate; default 2e-3, .05 for sgd. */
  readonly learningRate?: number | undefined;
  /** Weight decay; default 1e-4. */
  readonly weightDecay?: number | undefined;
  /** Of sgd; default .9. */
  readonly momentum?: number | undefined;
  /** The rate over the epochs: `constant` (default), `linear` to 0, `step`: a tenth after 60 %, a hundredth after 85 %. */
  readonly schedule?: Schedule | undefined;
}

/** How the learning rate goes over the epochs: constant; linear to 0; step: a tenth after 60 %, a hundredth after 85 %. */
export type Schedule = 'constant' | 'linear' | 'step';
/** See Optimizer.name. */
export type OptimizerName = 'newton' | 'adamw' | 'sgd';
export const OPTIMIZERS: readonly OptimizerName[] = ['newton', 'adamw', 'sgd'];
export const SCHEDULES: readonly Schedule[] = ['constant', 'linear', 'step'];

export type CheckedOptimizer = { readonly [K in keyof Optimizer]-?: NonNullable<Optimizer[K]> };

/** With defaults. @throws DebkdError `value` */
export function checkOptimizer({
  name = 'adamw',
  weightDecay = 1e-4,
  momentum = 0.9,
  schedule = 'constant',
  ...rest
}: Optimizer): CheckedOptimizer {
  const learningRate = rest.learningRate ?? (name === 'sgd' ? 0.05 : 2e-3);
  const demand = (what: string, value: unknown, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', { subject: 'optimizer', seen: `${what} is ${value}`, expected: expected });
  };
  demand('name', name, OPTIMIZERS.includes(name), OPTIMIZERS.join(', '));
  demand('schedule', schedule, SCHEDULES.includes(schedule), SCHEDULES.join(', '));
  demand('learning rate', learningRate, learningRate > 0 && learningRate <= 10, 'a number above 0, at most 10');
  demand('weight decay', weightDecay, weightDecay >= 0 && weightDecay <= 10, 'a number from 0 to 10');
  demand('momentum', momentum, momentum >= 0 && momentum < 1, 'a number from 0, below 1');
  return { name, learningRate: learningRate, weightDecay, momentum, schedule };
}

/**
 * Whether a student is fitted to the minimum of its loss.
 * @throws DebkdError `value` where that is asked for and there is no one minimum
 */
export function isExact({ hidden }: Architecture, { name: loss, hint }: Loss, { name }: Optimizer = {}): boolean {
  const convex = hidden.length === 0 && !hint && loss !== 'weighted-soft-labels' && loss !== 'own';
  if (name === 'newton' && !convex) {
    throw new DebkdError('value', {
      subject: 'optimizer',
      seen: `newton fits logistic students with a convex loss, and this is ${hidden.length > 0 ? `a student of ${hidden.length} hidden layers` : `the loss ${loss}`}`,
      remedy: 'use adamw or sgd',
    });
  }
  return convex && (name === undefined || name === 'newton');
}

/** The learning rate of an epoch, counted from 1. */
export function rateOf({ learningRate, schedule }: CheckedOptimizer, epoch: number, epochs: number): number {
  if (schedule === 'linear') return learningRate * (1 - (epoch - 1) / epochs);
  if (schedule === 'step')
    return epoch > 0.85 * epochs ? learningRate / 100 : epoch > 0.6 * epochs ? learningRate / 10 : learningRate;
  return learningRate;
}
