// Feature-based and relation-based distillation: a hint for the student's last hidden layer beside another loss.
import { checkLoss, type Loss } from './loss.ts';

/**
 * FitNets' hint (Romero et al. 2015), learned together with the loss: a linear regressor from the student's last hidden
 * layer must predict the teacher's features; `weight` times its mean squared error is added. The regressor is thrown away.
 * @throws DebkdError `value`
 */
export function regressionHint(loss: Loss, options: { weight: number }): Loss {
  return checkLoss({ ...loss, hint: { kind: 'regression', weight: options.weight } });
}

/**
 * Relational distillation by distances (RKD-D, Park et al. 2019): within each batch, distances between rows in the student's
 * last hidden layer must be those between their teacher features, each divided by its mean; `weight` times the mean Huber
 * loss over all pairs is added.
 * @throws DebkdError `value`
 */
export function relationHint(loss: Loss, options: { weight: number }): Loss {
  return checkLoss({ ...loss, hint: { kind: 'relation', weight: options.weight } });
}
