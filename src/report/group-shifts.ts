// Groups of rows that de-biasing moved unlike the rest: how they are named, and in what order they are shown.
import type { Preprocessing } from '../data/preprocessing.ts';
import { exp } from '../kernels/elementary.ts';
import type { Changes, GroupShift } from '../labels/changes.ts';

/** A group; `cut` is the mean of a numeric column, where its groups part, on the column's own scale. */
export interface LabelledGroupShift extends GroupShift {
  /** The mean of a numeric column, on the column's own scale. */
  readonly cut?: number;
}

/** Changes whose groups are cut at known numbers. */
export interface LabelledChanges extends Changes {
  readonly groups: readonly LabelledGroupShift[];
}

/** Digits of a cut: as many as a year has. */
const DIGITS = 4;
/** Maps that look at more than the teacher's margin. */
const RICH: readonly string[] = ['residual', 'trees'];

export function withCuts(changes: Changes, { columns }: Preprocessing): LabelledChanges {
  const groups = changes.groups.map((group): LabelledGroupShift => {
    const column = columns.find(({ name }) => name === group.column);
    if (column?.kind !== 'numeric') return group;
    const { mean, transform } = column;
    // the inverse of symlog
    const cut = transform === 'symlog' ? Math.sign(mean) * (exp(Math.abs(mean)) - 1) : mean;
    return { ...group, cut };
  });
  return { ...changes, groups };
}

/** `sex = Female`, `age ≤ 38.58`; numbers that are missing count as the mean. */
export function groupName({ column, value, cut }: LabelledGroupShift): string {
  const side = /^(above|below) mean$/.exec(value)?.[1];
  if (cut !== undefined) return `${column} ${side === 'above' ? '>' : '≤'} ${Number(cut.toPrecision(DIGITS))}`;
  return side ? `${column} ${side} its mean` : `${column} = ${value}`;
}

/** The groups, those furthest from the mean of all rows first. */
export function byDistance({ groups, meanShift }: LabelledChanges): LabelledGroupShift[] {
  const distance = (group: LabelledGroupShift): number => Math.abs(group.meanShift - meanShift);
  return [...groups].sort((a, b) => distance(b) - distance(a));
}

/** The groups by their names, in the same order. */
export function shiftsOf(changes: LabelledChanges): { name: string; rows: number; meanShift: number }[] {
  return byDistance(changes).map((group) => {
    const { rows, meanShift } = group;
    return { name: groupName(group), rows, meanShift };
  });
}

/** Whether one correction, of the margin alone, was applied to all rows: then groups differ by the teacher's margins, not by bias. */
export function isGlobal({ parts }: { readonly parts: readonly { readonly method: string }[] }): boolean {
  return !parts.some(({ method }) => RICH.includes(method));
}
