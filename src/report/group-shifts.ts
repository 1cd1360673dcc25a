// The groups of rows with unusual shifts: their names and their order.
import type { Preprocessing } from '../data/preprocessing.ts';
import { exp } from '../kernels/elementary.ts';
import type { Changes, GroupShift } from '../labels/changes.ts';
import type { GroupCorrection } from '../labels/group-corrections.ts';

/** The shift of a group of rows. */
export interface LabelledGroupShift extends GroupShift {
  /** The value that splits a numeric column into two groups: its mean, in the column's unit. */
  readonly cut?: number;
}

/** Changes whose numeric groups have their cuts. */
export interface LabelledChanges extends Changes {
  readonly groups: readonly LabelledGroupShift[];
}

/** The correction of a named group. */
export interface LabelledGroupCorrection extends GroupCorrection {
  /** The value that splits a numeric column, as of LabelledGroupShift. */
  readonly cut?: number;
}

/** Significant digits of a cut, enough for a year. */
const DIGITS = 4;
/** Maps that use more than the teacher's margin. */
const RICH: readonly string[] = ['residual', 'trees'];

/** Adds the cuts of numeric columns from the preprocessing. */
export function withCuts(changes: Changes, preprocessing: Preprocessing): LabelledChanges {
  return { ...changes, groups: cutGroups(changes.groups, preprocessing) };
}

/** Groups with the cuts of numeric columns. */
export function cutGroups<T extends { readonly column: string }>(
  groups: readonly T[],
  { columns }: Preprocessing,
): (T & { readonly cut?: number })[] {
  return groups.map((group) => {
    const column = columns.find(({ name }) => name === group.column);
    if (column?.kind !== 'numeric') return group;
    const { mean, transform } = column;
    // the inverse of symlog
    const cut = transform === 'symlog' ? Math.sign(mean) * (exp(Math.abs(mean)) - 1) : mean;
    return { ...group, cut };
  });
}

/** The name of a group: `sex = Female`, `sex missing` or `age ≤ 38.58`. A missing number counts as the mean. */
export function groupName({ column, value, cut }: LabelledGroupShift | LabelledGroupCorrection): string {
  const side = /^(above|below) mean$/.exec(value)?.[1];
  if (cut !== undefined) return `${column} ${side === 'above' ? '>' : '≤'} ${Number(cut.toPrecision(DIGITS))}`;
  if (side) return `${column} ${side} its mean`;
  return value === '' ? `${column} missing` : `${column} = ${value}`;
}

/** The groups, sorted by the distance of their shift from the mean shift of all rows, largest first. */
export function byDistance({ groups, meanShift }: LabelledChanges): LabelledGroupShift[] {
  const distance = (group: LabelledGroupShift): number => Math.abs(group.meanShift - meanShift);
  return [...groups].sort((a, b) => distance(b) - distance(a));
}

/** The named groups in the order of byDistance. */
export function shiftsOf(changes: LabelledChanges): { name: string; rows: number; meanShift: number }[] {
  return byDistance(changes).map((group) => {
    const { rows, meanShift } = group;
    return { name: groupName(group), rows, meanShift };
  });
}

/** Whether the correction depends only on the margin. Groups then differ only in the teacher's margins, not in its bias. */
export function isGlobal({ parts }: { readonly parts: readonly { readonly method: string }[] }): boolean {
  return !parts.some(({ method }) => RICH.includes(method));
}
