// Warns about few validation rows, which choose the epoch, the infusion strength and the threshold.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import type { Distillation } from '../distill-options.ts';

/** Warn with fewer labelled validation rows. */
const MIN_TO_CHOOSE = 100;
/** Warn with fewer validation rows of the rarer class, because a threshold chosen on them is random. */
const MIN_OF_THE_RARER = 20;

/** Warns if few validation rows are labelled, or few of one class. @param thresholdBy what the threshold was chosen by */
export function validationWarnings(
  { labels }: Pick<AnyDataset, 'labels'>,
  thresholdBy: Distillation['thresholdBy'],
): string[] {
  const { rows, rarer } = countLabels({ labels });
  const byTargets = thresholdBy === 'corrected labels';
  if (rows === 0) {
    return [
      byTargets
        ? 'validation: no labelled rows, so the epoch, the infusion strength and the threshold are chosen by corrected labels alone. Label some of its rows, or set the threshold yourself'
        : 'validation: no labelled rows, so the threshold is 0.5. Label some of its rows, or set the threshold yourself',
    ];
  }
  if (rarer < MIN_OF_THE_RARER) {
    const effect = byTargets
      ? 'the epoch, the infusion strength and the threshold are chosen by corrected labels more than by these'
      : rarer === 0
        ? 'the threshold is 0.5, and epoch and infusion strength are chosen without that class'
        : 'threshold, epoch and infusion strength are chosen on too few rows of that class';
    return [
      `validation: ${rows} labelled rows, ${rarer} of the rarer class; ${effect}. Give it at least ${MIN_OF_THE_RARER} rows of each class by another split, or set the threshold yourself`,
    ];
  }
  if (rows < MIN_TO_CHOOSE) {
    return [
      `validation: ${rows} labelled rows, fewer than ${MIN_TO_CHOOSE}; the epoch, infusion strength and threshold chosen on them are uncertain. Give it more rows by another split`,
    ];
  }
  return [];
}
