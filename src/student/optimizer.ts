// Optimizers: names, options, defaults and learning-rate schedules.
import { DebkdError } from '../io/errors.ts';
import type { Loss } from '../loss/loss.ts';
import type { Architecture } from './architecture.ts';

/** The optimizer of a fit. */
export interface Optimizer {
  /**
   * `newton` (default of a logistic student with a convex loss): truncated Newton (Newton-CG; Dembo, Steihaug 1983) to the minimum,
   * with a ridge penalty chosen on the validation rows. It ignores epochs, batch size, learning rate and weight decay.
   * `adamw` (default of all other students): Adam with decoupled weight decay (Loshchilov, Hutter 2019). `sgd`: stochastic gradient
   * descent with momentum and weight decay added to the gradient.
   */
  readonly name?: OptimizerName | undefined;
  /** Learning rate, above 0 and at most 10; default 2e-3, 0.05 for sgd, 0.01 for a student of images with adamw. */
  readonly learningRate?: number | undefined;
  /** Weight decay, from 0 to 10; default 1e-4, 0.01 for a student of images. */
  readonly weightDecay?: number | undefined;
  /** Momentum of sgd, from 0 and below 1; default 0.9. */
  readonly momentum?: number | undefined;
  /** Learning-rate schedule; default constant, one-cycle for a student of images. */
  readonly schedule?: Schedule | undefined;
}

/**
 * Learning rate over the epochs: `constant`; `linear` decay to 0; `step`: a tenth after 60 % of the epochs, a hundredth after 85 %;
 * `one-cycle`: from a 25th up to the rate over 30 % of the steps, then down to 0 (Smith, Topin 2018; cubic instead of cosine curves).
 */
export type Schedule = 'constant' | 'linear' | 'step' | 'one-cycle';
/** Names of optimizers; Optimizer.name describes them. */
export type OptimizerName = 'newton' | 'adamw' | 'sgd';
export const OPTIMIZERS: readonly OptimizerName[] = ['newton', 'adamw', 'sgd'];
export const SCHEDULES: readonly Schedule[] = ['constant', 'linear', 'step', 'one-cycle'];

export type CheckedOptimizer = { readonly [K in keyof Optimizer]-?: NonNullable<Optimizer[K]> };

/**
 * Checks an optimizer and fills in its defaults.
 * @param ofImages whether the student has convolutions
 * @throws DebkdError `value`
 */
export function checkOptimizer(
  { name = 'adamw', momentum = 0.9, ...rest }: Optimizer,
  ofImages: boolean = false,
): CheckedOptimizer {
  const { weightDecay = ofImages ? 0.01 : 1e-4, schedule = ofImages ? 'one-cycle' : 'constant' } = rest;
  const learningRate = rest.learningRate ?? (name === 'sgd' ? 0.05 : ofImages ? 0.01 : 2e-3);
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
 * Whether Newton's method fits the student to the minimum of its loss.
 * @throws DebkdError `value` when the optimizer is `newton` and the loss is not convex in the student's parameters
 */
export function isExact({ hidden, conv }: Architecture, { name: loss, hint }: Loss, { name }: Optimizer = {}): boolean {
  const convex = hidden.length === 0 && !conv && !hint && loss !== 'weighted-soft-labels' && loss !== 'own';
  if (name === 'newton' && !convex) {
    throw new DebkdError('value', {
      subject: 'optimizer',
      seen: `newton for ${hidden.length > 0 || conv ? 'a student with hidden layers' : loss === 'own' ? 'a custom loss' : `the loss ${loss}`}`,
      expected: 'a logistic student with a convex loss',
      remedy: 'use adamw or sgd',
    });
  }
  return convex && (name === undefined || name === 'newton');
}

/**
 * Returns the learning rate of an epoch, counted from 1.
 * @param share of the epoch's steps that are done, from 0; only one-cycle depends on it
 */
export function rateOf(
  { learningRate, schedule }: CheckedOptimizer,
  epoch: number,
  epochs: number,
  share: number = 0,
): number {
  if (schedule === 'one-cycle') return learningRate * oneCycle((epoch - 1 + share) / epochs);
  if (schedule === 'linear') return learningRate * (1 - (epoch - 1) / epochs);
  if (schedule === 'step')
    return epoch > 0.85 * epochs ? learningRate / 100 : epoch > 0.6 * epochs ? learningRate / 10 : learningRate;
  return learningRate;
}

/** The rate of one-cycle changes at every fourth batch of an epoch. */
export const RATE_BATCHES = 4;

/** The share of training in which the rate of one-cycle rises, and the factor it starts from. */
const RISE = { share: 0.3, from: 1 / 25 };

/** The factor of the rate when a share of all steps is done. */
function oneCycle(done: number): number {
  const { share, from } = RISE;
  return done < share ? from + (1 - from) * smooth(done / share) : 1 - smooth((done - share) / (1 - share));
}

/** From 0 to 1 with slope 0 at both ends. */
function smooth(x: number): number {
  return x * x * (3 - 2 * x);
}
