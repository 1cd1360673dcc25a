// The correction of each named group, and the one that the group's labels alone would give. With few labels the two differ (partial pooling).
import type { AnyDataset } from '../data/dataset.ts';
import { groupNames, groupPlaces } from '../data/group-names.ts';
import { countsIn, meanOne, sumOf } from '../data/row-weights.ts';
import { checkLength } from '../io/check.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';

/** With a larger standard error the labels do not tell the shift. */
const LARGEST_ERROR = 100;

/**
 * The correction of one named group, log-odds, over the labelled rows of the parts that the map was fitted on. Means and sums are
 * weighted; v is the teacher's margin, d the de-biased one.
 */
export interface GroupCorrection {
  /** Column name. */
  readonly column: string;
  /** The category; for a numeric column `above mean` or `below mean`. */
  readonly value: string;
  /** Labelled rows of the group, with a soft label and a weight above 0. */
  readonly labels: number;
  /** Those of class 1. */
  readonly positives: number;
  /**
   * The shift that the group's labels alone would give, by maximum likelihood: u for which the mean of sigmoid(v + u) is the share of class 1.
   * Absent where it is infinite (labels of one class) or cannot be told (a standard error above 100).
   */
  readonly own?: number;
  /** The standard error of `own`: 1 / sqrt(sum p (1 - p)), p = sigmoid(v + u); with weights sqrt(sum w^2 p (1 - p)) / sum w p (1 - p). */
  readonly standardError?: number;
  /**
   * The correction made, as such a shift: u for which the mean of sigmoid(v + u) is that of sigmoid(d). It equals `own` where the de-biased
   * labels of the group are right on average. Absent where it cannot be told.
   */
  readonly made?: number;
  /** Mean of d - v. It also has what a slope does to margins far from 0, which hardly moves a probability. */
  readonly meanShift: number;
}

/** Rows with the teacher's margins and the de-biased ones. */
export interface CorrectedPart {
  /** The rows. */
  readonly data: AnyDataset;
  /** The teacher's margins v, float64 [rows]; NaN for a row without a soft label. */
  readonly margins: Float64Array;
  /** The de-biased margins d, float64 [rows]. */
  readonly debiased: Float64Array;
}

/** Labelled rows of a group. */
interface Members {
  readonly v: number[];
  readonly d: number[];
  readonly y: number[];
  readonly w: number[];
}

/**
 * The corrections of the groups of all parts together, in the order of the columns and their categories; groups without a labelled row
 * are left out. Undefined where a part names no groups.
 * @param parts those whose labels the map was fitted on
 * @throws DebkdError `value` if lengths differ
 */
export function groupCorrections(parts: readonly CorrectedPart[]): GroupCorrection[] | undefined {
  for (const { data, margins, debiased } of parts) {
    checkLength('group corrections', 'soft labels', margins, data.rows);
    checkLength('group corrections', 'de-biased labels', debiased, data.rows);
  }
  const [first] = parts;
  if (!first?.data.groups || parts.some(({ data }) => !data.groups)) return;
  return first.data.groups.preprocessing.columns.flatMap((column, field) => {
    const { name, names } = groupNames(column);
    const members = names.map((): Members => ({ v: [], d: [], y: [], w: [] }));
    for (const part of parts) addRows(members, part, field, column.offset);
    return names.flatMap((value, g) => {
      const group = members[g] as Members;
      return group.v.length > 0 ? [{ column: name, value, ...correctionOf(group) }] : [];
    });
  });
}

/** Adds the labelled rows of a part to the group that each is in. */
function addRows(
  members: readonly Members[],
  { data, margins, debiased }: CorrectedPart,
  field: number,
  offset: number,
): void {
  const { labels, weights, groups } = data;
  const places = groupPlaces((groups as NonNullable<typeof groups>).matrix, field, offset);
  const counts = countsIn(data);
  for (let i = 0; i < data.rows; i++) {
    const group = members[places[i] as number];
    const v = margins[i] as number;
    if (!group || !counts(i) || Number.isNaN(v)) continue;
    group.v.push(v);
    group.d.push(debiased[i] as number);
    group.y.push(labels[i] as number);
    group.w.push(weights?.[i] ?? 1);
  }
}

function correctionOf({ v, d, y, w }: Members): Omit<GroupCorrection, 'column' | 'value'> {
  const weights = meanOne(Float64Array.from(w));
  const own = shiftTo(
    v,
    y.map((label) => (label === 1 ? Infinity : -Infinity)),
    weights,
  );
  const made = shiftTo(v, d, weights);
  return {
    labels: y.length,
    positives: sumOf(y),
    ...(own && { own: own.shift, standardError: own.standardError }),
    ...(made && { made: made.shift }),
    meanShift: sumOf(v.map((margin, i) => (weights[i] as number) * ((d[i] as number) - margin))) / sumOf(weights),
  };
}

/**
 * The shift u for which the mean of sigmoid(v + u) is that of sigmoid(target), and its standard error were the targets labels; undefined
 * where it is infinite or cannot be told.
 */
function shiftTo(
  v: readonly number[],
  targets: readonly number[],
  weights: Float64Array,
): { readonly shift: number; readonly standardError: number } | undefined {
  // each row counts once as class 1 and once as class 0, by the probabilities of its target
  const shares = Float64Array.from({ length: 2 * v.length }, (_, k) => {
    const target = targets[k >> 1] as number;
    return (weights[k >> 1] as number) * sigmoid(k % 2 ? -target : target);
  });
  const [ones, zeros] = [0, 1].map((side) => sumOf(shares.filter((_, k) => k % 2 === side))) as [number, number];
  const rarer = Math.min(ones, zeros);
  if (!(rarer > 0)) return;
  using arena = openArena();
  const margins = arena.put(Float64Array.from(shares, (_, k) => v[k >> 1] as number));
  const labels = arena.put(Int8Array.from(shares, (_, k) => 1 - (k % 2)));
  const folds = arena.put(new Uint8Array(shares.length));
  // the kernel keeps the share half a row away from 0 and 1; a class of less weight needs another unit
  const scaled = arena.put(rarer < 1 ? shares.map((share) => share / rarer) : shares);
  // the kernel subtracts its shift
  const shift = 0 - arena.kernels.fitPrior(margins, labels, folds, -1, shares.length, scaled);
  let [information, squares] = [0, 0];
  v.forEach((margin, i) => {
    const weight = weights[i] as number;
    const variance = sigmoid(margin + shift) * sigmoid(-margin - shift);
    information += weight * variance;
    squares += weight * weight * variance;
  });
  const standardError = Math.sqrt(squares) / information;
  return standardError <= LARGEST_ERROR ? { shift, standardError } : undefined;
}
