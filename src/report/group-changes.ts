// How a student treats each group compared with its teacher.

import { shownGroup } from '../data/shown-group.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import type { Estimate } from '../metrics/metric.ts';
import { type ClassNames, classWords } from './class-words.ts';
import { type Change, changeOf, differenceOf, whole } from './difference.ts';
import type { DistillRecord } from './result.ts';
import { percentText } from './short-numbers.ts';

/** The change of a group's errors from the teacher to the student. */
export interface GroupChange {
  readonly group: string;
  /**
   * Better or worse if an error rate (the missed share of class 1, the false alarms' share of class 0) clearly changes and the other does
   * not clearly change the other way; worse, too, if none clearly changes and the calibration clearly gets worse. Where one clearly falls and the other clearly rises, the calibration of the group decides: a
   * correction that lets more of a group pass also lets more of it pass wrongly. "Clearly" is by 95 % intervals for all groups together.
   */
  readonly change: Change | undefined;
  /** Whether one error rate clearly falls and the other clearly rises. */
  readonly isTrade: boolean;
  /**
   * The error rate that changes most in the direction of `change`, in words: `misses 40 % of class 1 instead of 94 %`. Of a trade, both
   * rates: `misses 8 % of class 1 instead of 40 %, but takes 54 % of class 0 for class 1 instead of 11 %`.
   */
  readonly words: string;
  readonly teacher: GroupBias;
  readonly student: GroupBias;
}

/** The groups: first those that are better, the largest fall of an error rate first; those that are worse come last. @param names the classes of the table, if they are known */
export function changedGroups({ groups }: Pick<DistillRecord, 'groups'>, names?: ClassNames): GroupChange[] {
  const order = [...CHANGES];
  return groups
    .map(({ teacher, student }) => {
      const { change, isTrade } = changeBetween(teacher, student, 2 * groups.length);
      const [rate, by] = mostChanged(teacher, student, change);
      const shown = isTrade ? [rate, OTHER[rate]] : [rate];
      const said = shown.map((one) => words(one, names, [teacher, student])).join(', but ');
      return { group: teacher.group, change, isTrade, by, words: said, teacher, student };
    })
    .sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || finite(a.by) - finite(b.by))
    .map(({ by: _, ...group }) => group);
}

const CHANGES = ['better', 'none', undefined, 'worse'] as const;
const finite = (by: number): number => (Number.isFinite(by) ? by : 0);

type Rate = 'falseNegativeRate' | 'falsePositiveRate';
const OTHER: Readonly<Record<Rate, Rate>> = {
  falseNegativeRate: 'falsePositiveRate',
  falsePositiveRate: 'falseNegativeRate',
};

function changeBetween(
  teacher: GroupBias,
  student: GroupBias,
  comparisons: number,
): Pick<GroupChange, 'change' | 'isTrade'> {
  const changes = (['falseNegativeRate', 'falsePositiveRate'] as const).map((rate) =>
    changeOf(differenceOf(student[rate], teacher[rate]), true, comparisons),
  );
  const isTrade = changes.includes('better') && changes.includes('worse');
  const gap = ({ calibrationGap }: GroupBias): Estimate => distanceFromZero(whole(calibrationGap));
  if (isTrade)
    return { change: changeOf(differenceOf(gap(student), gap(teacher)), true, comparisons) ?? 'none', isTrade };
  const clear = changes.find((change) => change === 'better' || change === 'worse');
  if (clear === undefined && changeOf(differenceOf(gap(student), gap(teacher)), true, comparisons) === 'worse')
    return { change: 'worse', isTrade };
  return { change: clear ?? (changes.includes('none') ? 'none' : undefined), isTrade };
}

function distanceFromZero({ value, low, high }: Estimate): Estimate {
  return value < 0 ? { value: -value, low: -high, high: -low } : { value, low, high };
}

/** The error rate that changes most, and by how much; of a group that is better the one that falls most, of one that is worse the other way. */
function mostChanged(teacher: GroupBias, student: GroupBias, change: Change | undefined): [rate: Rate, by: number] {
  const by = (rate: Rate): number => whole(student[rate]).value - whole(teacher[rate]).value;
  const [missed, alarms] = [by('falseNegativeRate'), by('falsePositiveRate')];
  const sign = change === 'better' ? -1 : 1;
  const size = (x: number): number => (change === 'better' || change === 'worse' ? sign * x : Math.abs(x));
  return size(alarms) > size(missed) || Number.isNaN(missed)
    ? ['falsePositiveRate', alarms]
    : ['falseNegativeRate', missed];
}

function words(rate: Rate, names: ClassNames | undefined, [teacher, student]: readonly [GroupBias, GroupBias]): string {
  const [zero, one] = [classWords(0, names), classWords(1, names)];
  const [verb, of] = rate === 'falsePositiveRate' ? ['takes', `${zero} for ${one}`] : ['misses', one];
  return `${verb} ${percentText(whole(student[rate]).value)} of ${of} instead of ${percentText(whole(teacher[rate]).value)}`;
}

/** Both error rates of a group, as a reason. */
export function groupWords({ group, change, isTrade, teacher, student }: GroupChange): string {
  const rate = (of: keyof Pick<GroupBias, 'falseNegativeRate' | 'falsePositiveRate'>): string =>
    Number.isFinite(student[of].value)
      ? `${percentText(student[of].value)} instead of ${percentText(teacher[of].value)}`
      : 'not measured';
  const gap = ({ calibrationGap }: GroupBias): string => percentText(whole(calibrationGap).value);
  const sure = isTrade
    ? `, a trade-off; mean probability minus share ${gap(student)} instead of ${gap(teacher)}`
    : change === 'none' || change === undefined
      ? ', no clear difference'
      : change === 'worse'
        ? `, mean probability minus share ${gap(student)} instead of ${gap(teacher)}`
        : '';
  const sign = change === 'better' || change === 'worse' ? ` (${change})` : '';
  return `${shownGroup(group)}: missed positives ${rate('falseNegativeRate')}, false alarms ${rate('falsePositiveRate')}${sure}${sign}.`;
}
