// Feature-based and relation-based distillation: a hint for the student's last hidden layer, added to another loss.
import { checkLoss, type Loss } from './loss.ts';

/**
 * Adds a hint as of FitNets (Romero et al. 2015), trained jointly with the loss: `weight` times the mean squared error of a linear
 * regressor from the student's last hidden layer to the teacher's features. The regressor is not part of the student.
 * @param options.weight above 0 and at most 10000
 * @throws DebkdError `value`
 * @example
 * const features = await hiddenFeatures(teacher, train);
 * const loss = regressionHint(debiasedDistillation(), { weight: 1 });
 * const student = await fit({ hidden: [16] }, train, targets, loss, { seed: 1, features });
 */
export function regressionHint(loss: Loss, options: { weight: number }): Loss {
  return checkLoss({ ...loss, hint: { kind: 'regression', weight: options.weight } });
}

/**
 * Adds a distance-wise relational hint (RKD-D: Park et al. 2019): `weight` times the mean Huber loss, over all pairs of rows in a
 * batch, between their distance in the student's last hidden layer and that of their teacher features, each divided by its mean.
 * @param options.weight above 0 and at most 10000
 * @throws DebkdError `value`
 * @example
 * const features = await hiddenFeatures(teacher, train);
 * const loss = relationHint(debiasedDistillation(), { weight: 1 });
 * const student = await fit({ hidden: [16] }, train, targets, loss, { seed: 1, features });
 */
export function relationHint(loss: Loss, options: { weight: number }): Loss {
  return checkLoss({ ...loss, hint: { kind: 'relation', weight: options.weight } });
}
