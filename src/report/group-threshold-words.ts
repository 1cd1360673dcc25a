// Thresholds of groups in words and tables, for a terminal and a page.

import { shownGroup } from '../data/shown-group.ts';
import type { Estimate } from '../metrics/metric.ts';
import type { GroupThresholdsRecord, MeasuredThresholds } from './measure-group-thresholds.ts';
import { show } from './show.ts';

/** What the thresholds make alike. */
const GOALS = {
  'equal-opportunity':
    'each group has the threshold whose true positive rate is nearest to that of all rows at the common threshold',
  'equalised-odds':
    'true and false positive rates of the groups are as alike as thresholds can make them; equal ones would need answers by chance, which differ for the same record',
} as const;

/** A caution that belongs to every report. */
export const LAW_NOTE =
  'A decision that depends on a protected attribute, such as sex or race, is unlawful in some places and uses; ask before you deploy it.';

/** How the thresholds were chosen. */
export function choiceWords({ column, for: goal }: Pick<GroupThresholdsRecord, 'column' | 'for'>): string {
  return `thresholds by ${column} (${goal}): ${GOALS[goal]}`;
}

/** The heads of groupCells. */
export const GROUP_HEADS: readonly string[] = [
  'group',
  'rows',
  'threshold',
  'true positive rate',
  'false positive rate',
  'accuracy',
];

/** The groups of measured rows, two lines each: with the common threshold, and with the group's. */
export function groupCells({ groups }: Pick<MeasuredThresholds, 'groups'>, common: number): string[][] {
  return groups.flatMap(({ group, rows, positives, threshold, own, ...rates }) => {
    const cells = (when: 'before' | 'after'): string[] =>
      [rates.truePositiveRate, rates.falsePositiveRate, rates.accuracy].map((rate) => show(rate[when], 3));
    return [
      [shownGroup(group), `${rows} (${positives} of class 1)`, `${common.toFixed(4)} common`, ...cells('before')],
      ...(own ? [['', '', `${threshold.toFixed(4)} own`, ...cells('after')]] : []),
    ];
  });
}

/** What the thresholds give and cost, a line each. */
export function costLines({
  truePositiveGap,
  falsePositiveGap,
  accuracy,
  cost,
}: Omit<MeasuredThresholds, 'groups'>): string[] {
  const from = (name: string, { before, after }: { before: Estimate; after: Estimate }): string =>
    `${name}: ${show(before, 3)} with the common threshold, ${show(after, 3)} with those of the groups`;
  return [
    from('largest difference of true positive rates', truePositiveGap),
    from('largest difference of false positive rates', falsePositiveGap),
    from('accuracy', accuracy),
    `cost in accuracy: ${show(cost)}`,
  ];
}

/** The groups of validation rows without measured rows, a line each. */
export function chosenLines({ groups }: Pick<GroupThresholdsRecord, 'groups'>): string[] {
  return groups.map(
    ({ group, threshold, own }) =>
      `${shownGroup(group)}: ${threshold.toFixed(4)}${own ? '' : ', the common threshold'}`,
  );
}
