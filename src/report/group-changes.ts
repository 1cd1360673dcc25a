// How a student treats each group compared with its teacher.
import type { GroupBias } from '../metrics/group-bias.ts';
import { type Change, changeOf, differenceOf, sumOfBoth, whole } from './difference.ts';
import type { DistillRecord } from './result.ts';
import { percentText } from './short-numbers.ts';

/** The change of a group's errors from the teacher to the student. */
export interface GroupChange {
  readonly group: string;
  /**
   * Better or worse if the sum of the missed share of class 1 and of the false alarms' share of class 0 changes clearly: a threshold
   * that only trades one for the other changes nothing.
   */
  readonly change: Change | undefined;
  /** The error rate that changes most, in words: `misses 40 % of class 1 instead of 94 %`. */
  readonly words: string;
  readonly teacher: GroupBias;
  readonly student: GroupBias;
}

/** The groups, the largest falls of the summed error rates first. */
export function changedGroups({ groups }: Pick<DistillRecord, 'groups'>): GroupChange[] {
  return groups
    .map(({ teacher, student }) => {
      const errors = ({ falseNegativeRate, falsePositiveRate }: GroupBias) =>
        sumOfBoth(falseNegativeRate, falsePositiveRate);
      const difference = differenceOf(errors(student), errors(teacher));
      const change = changeOf(difference, true);
      return {
        group: teacher.group,
        change,
        by: difference.value,
        words: mostChanged(teacher, student),
        teacher,
        student,
      };
    })
    .sort((a, b) => (Number.isFinite(a.by) ? a.by : Infinity) - (Number.isFinite(b.by) ? b.by : Infinity))
    .map(({ by: _, ...group }) => group);
}

function mostChanged(teacher: GroupBias, student: GroupBias): string {
  const [missed, alarms] = (['falseNegativeRate', 'falsePositiveRate'] as const).map((rate) => [
    whole(student[rate]).value,
    whole(teacher[rate]).value,
  ]) as [[number, number], [number, number]];
  const by = ([after, before]: [number, number]): number => Math.abs(after - before);
  const [after, before] = by(alarms) > by(missed) ? alarms : missed;
  const what = by(alarms) > by(missed) ? 'takes' : 'misses';
  const of = by(alarms) > by(missed) ? 'class 0 for class 1' : 'class 1';
  return `${what} ${percentText(after)} of ${of} instead of ${percentText(before)}`;
}

/** Both error rates of a group, as a reason. */
export function groupWords({ group, change, teacher, student }: GroupChange): string {
  const rate = (of: keyof Pick<GroupBias, 'falseNegativeRate' | 'falsePositiveRate'>): string =>
    Number.isFinite(student[of].value)
      ? `${percentText(student[of].value)} instead of ${percentText(teacher[of].value)}`
      : 'not measured';
  const sure = change === 'none' || change === undefined ? ' (no clear difference in all)' : ` (${change} in all)`;
  return `${group}: missed positives ${rate('falseNegativeRate')}, false alarms ${rate('falsePositiveRate')}${sure}.`;
}
