// What a loss is: a record of names and parameters, which the kernel computes; or a function of the caller's.
import { checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';

/**
 * L = (1 - alpha) BCE(y, sigmoid(z)) + alpha S, z the student's margin, y the row's label, where it has one.
 * S is T^2 KL(q_T || sigmoid(z / T)), q_T = sigmoid(u / T), u the target's margin; for `logit-matching` (z - u)^2 / 8; for
 * `weighted-soft-labels` times 1 - exp(-BCE(y, z) / BCE(y, u)). A hint is added to it. `own` is customLoss().
 */
export interface Loss {
  /** What the kernel computes. */
  readonly name:
    | 'debiased-distillation'
    | 'distillation'
    | 'hard-labels'
    | 'logit-matching'
    | 'weighted-soft-labels'
    | 'own';
  /** T, above 0. */
  readonly temperature: number;
  /** Weight of the soft term, 0 .. 1. */
  readonly alpha: number;
  /** What the student's last hidden layer learns of the teacher's features. */
  readonly hint?: Hint | undefined;
  /** Of `own`: what is computed. */
  readonly compute?: CustomLoss | undefined;
}

/**
 * The loss of one row and its derivative by the student's margin.
 * @param margin the student's, log-odds
 * @param target what it is to learn: a corrected margin, log-odds; +-Infinity where labels alone are taught (infusion of strength 1)
 * @param label 1, 0, or -1 for an unlabelled row
 */
export type CustomLoss = (
  margin: number,
  target: number,
  label: 1 | 0 | -1,
) => { readonly value: number; readonly derivative: number };

/** Whether a loss is computed on the targets' margins, not on probabilities of them. */
export function takesMargins(name: Loss['name']): boolean {
  return name === 'logit-matching' || name === 'own';
}

/** What beside the labels a student is pulled towards: the teacher's features. */
export interface Hint {
  /** `regression`: a linear map of the student's layer predicts them; `relation`: distances between rows agree. */
  readonly kind: 'regression' | 'relation';
  /** Of the hint beside the rest of the loss; above 0. */
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

/** @throws DebkdError `value` */
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
