// Gives a student thresholds by the values of a column.
import type { AnyDataset } from '../data/dataset.ts';
import { countsIn } from '../data/row-weights.ts';
import { checkLength, checkName } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { GROUP_GOALS, type GroupGoal } from '../metrics/group-goals.ts';
import { chooseByGroup, type GroupedRows, ratesAt } from '../metrics/group-thresholds.ts';
import { groupOrder } from '../metrics/groups.ts';
import { groupValues } from './row-thresholds.ts';
import type { Student } from './student.ts';

/** Fewest labelled validation rows of a group with a threshold of its own, and fewest of either class. */
export const FEWEST_OF_GROUP = { rows: 50, class: 10 } as const;

/** The column whose groups get thresholds, and what these make alike. */
export interface ThresholdPer {
  /** Name of the column. */
  readonly column: string;
  /** The group of each validation row, as of groupRows by that column. */
  readonly groups: readonly string[];
  /** Default `equal-opportunity`. */
  readonly for?: GroupGoal | undefined;
}

/** A group of the validation rows, and its threshold. */
export interface ChosenGroup {
  /** Such as `sex=Female`; missing values are `sex=`. */
  readonly group: string;
  /** Labelled validation rows. */
  readonly rows: number;
  /** Those of class 1. */
  readonly positives: number;
  /** The threshold: its own, or the common one. */
  readonly threshold: number;
  /** Whether it is its own. */
  readonly own: boolean;
}

/** How thresholds of groups were chosen. */
export interface GroupThresholdChoice {
  readonly column: string;
  readonly for: GroupGoal;
  readonly groups: readonly ChosenGroup[];
}

/** Checks the option before the teacher runs. @throws DebkdError `value` */
export function checkThresholdPer(
  { column, groups, for: goal = 'equal-opportunity' }: ThresholdPer,
  rows: number,
): void {
  checkName('distill: thresholdPer', goal, GROUP_GOALS);
  checkLength('distill: thresholdPer', 'groups', groups, rows);
  groupValues(column, groups);
}

/**
 * Chooses the thresholds on the labelled validation rows. A missing value, and a group with fewer than 50 rows or 10 of either class, has
 * the common threshold.
 * @throws DebkdError `rows` if no group has enough rows
 */
export function chooseGroupThresholds(
  student: Student,
  validation: AnyDataset,
  { column, groups, for: goal = 'equal-opportunity' }: ThresholdPer,
): { student: Student; choice: GroupThresholdChoice } {
  const { labels, weights } = validation;
  const probabilities = student.predictProba(validation);
  const values = groupValues(column, groups);
  const counted = [...labels.keys()].filter(countsIn({ labels, weights }));
  const pick = (rows: readonly number[]): GroupedRows => ({
    probabilities: Float64Array.from(rows, (row) => probabilities[row] as number),
    labels: rows.map((row) => labels[row] as number),
    weights: weights && rows.map((row) => weights[row] as number),
  });
  const members = new Map<string, number[]>();
  for (const row of counted) {
    const value = values[row] as string;
    const found = members.get(value);
    if (found) found.push(row);
    else members.set(value, [row]);
  }
  const known = [...members]
    .sort(([a], [b]) => groupOrder(a, b))
    .map(([value, rows]) => ({ value, rows, positives: rows.filter((row) => labels[row] === 1).length }));
  const enough = known.filter(
    ({ value, rows, positives }) =>
      value !== '' &&
      rows.length >= FEWEST_OF_GROUP.rows &&
      Math.min(positives, rows.length - positives) >= FEWEST_OF_GROUP.class,
  );
  if (enough.length === 0) throw tooFew(column);
  const common = ratesAt(student.threshold, pick(counted));
  const chosen = chooseByGroup(
    goal,
    common,
    enough.map(({ rows }) => pick(rows)),
  );
  const thresholds = enough.map(({ value }, g) => [value, chosen[g] as number] as const);
  const own = new Map(thresholds);
  const { provenance } = student;
  return {
    student: student.with({
      groupThresholds: { column, thresholds },
      provenance: { ...provenance, thresholdPer: { column, for: goal } },
    }),
    choice: {
      column,
      for: goal,
      groups: known.map(({ value, rows, positives }) => ({
        group: `${column}=${value}`,
        rows: rows.length,
        positives,
        threshold: own.get(value) ?? student.threshold,
        own: own.has(value),
      })),
    },
  };
}

function tooFew(column: string): DebkdError {
  const { rows, class: least } = FEWEST_OF_GROUP;
  return new DebkdError('rows', {
    subject: `thresholds by column ${quote(column)}`,
    seen: 'no group has enough labelled validation rows',
    expected: `at least ${rows} rows of one group, and ${least} of either class`,
    remedy: [
      'give more labelled validation rows',
      'choose a column with larger groups',
      'use one threshold for all rows',
    ],
  });
}

/** The groups that have the common threshold, in words. */
export function groupThresholdWarnings({ column, groups }: GroupThresholdChoice): string[] {
  const { rows: fewest, class: least } = FEWEST_OF_GROUP;
  return groups
    .filter(({ own }) => !own)
    .map(({ group, rows, positives }) =>
      group === `${column}=`
        ? `thresholds by ${quote(column)}: the ${rows} labelled validation rows without a value have the common threshold`
        : `thresholds by ${quote(column)}: ${group} has the common threshold, because ${rows} labelled validation rows, ${positives} of class 1, are too few; a group needs ${fewest}, and ${least} of either class`,
    );
}
