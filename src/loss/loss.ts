// A loss is a name with parameters, which the kernel computes, or a custom function.
import { checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';

/**
 * L = (1 - alpha) BCE(y, sigmoid(z)) + alpha S, plus a hint if there is one. z is the student's margin, u the target's, y the row's
 * label; an unlabelled row has only alpha S. S is T^2 KL(q_T || sigmoid(z / T)) with q_T = sigmoid(u / T) (Hinton, Vinyals, Dean
 * 2015), multiplied by 1 - exp(-BCE(y, sigmoid(z)) / BCE(y, sigmoid(u))) for `weighted-soft-labels`; (z - u)^2 / 8 for
 * `logit-matching`. `own` is customLoss().
 */
export interface Loss {
  /** The formula. */
  readonly name:
    | 'debiased-distillation'
    | 'distillation'
    | 'hard-labels'
    | 'logit-matching'
    | 'weighted-soft-labels'
    | 'own';
  /** T, above 0 and at most 100. */
  readonly temperature: number;
  /** Weight of the soft term, 0 .. 1. */
  readonly alpha: number;
  /** A hint for the student's last hidden layer; default none. */
  readonly hint?: Hint | undefined;
  /** The function of `own`. */
  readonly compute?: CustomLoss | undefined;
}

/**
 * The loss of one row and its derivative with respect to the student's margin.
 * @param margin the student's margin, log-odds
 * @param target the target's margin, log-odds; +-Infinity for a target of exactly 1 or 0 (infusion `mix` of strength 1)
 * @param label 1, 0, or -1 for an unlabelled row
 */
export type CustomLoss = (
  margin: number,
  target: number,
  label: 1 | 0 | -1,
) => { readonly value: number; readonly derivative: number };

/** Whether the kernel takes the targets as margins instead of probabilities. */
export function takesMargins(name: Loss['name']): boolean {
  return name === 'logit-matching' || name === 'own';
}

/** A hint: a term that draws the student's last hidden layer towards the teacher's features. */
export interface Hint {
  /** `regression`: a linear map of the layer predicts the features; `relation`: distances between rows agree. */
  readonly kind: 'regression' | 'relation';
  /** The factor of the hint in the loss; above 0 and at most 10000. */
  readonly weight: number;
}

const LOSSES: readonly Loss['name'][] = [
  'debiased-distillation',
  'distillation',
  'hard-labels',
  'logit-matching',
  'weighted-soft-labels',
  'own',
];

/** Checks a loss and returns it. @throws DebkdError `value` */
export function checkLoss(loss: Loss): Loss {
  checkName('loss', loss.name, LOSSES);
  if (!(loss.temperature > 0 && loss.temperature <= 100)) {
    throw new DebkdError('value', {
      subject: 'loss',
      seen: `temperature ${loss.temperature}`,
      expected: 'a number above 0 and at most 100',
    });
  }
  if (!(loss.alpha >= 0 && loss.alpha <= 1)) {
    throw new DebkdError('value', { subject: 'loss', seen: `alpha ${loss.alpha}`, expected: 'a number from 0 to 1' });
  }
  if (loss.hint && !(loss.hint.weight > 0 && loss.hint.weight <= 1e4)) {
    throw new DebkdError('value', {
      subject: 'loss',
      seen: `hint weight ${loss.hint.weight}`,
      expected: 'a number above 0 and at most 10000',
    });
  }
  return loss;
}
