// How far de-biasing and infusion change the soft labels, over all rows and by group.

import type { AnyDataset } from '../data/dataset.ts';
import { groupNames, groupPlaces } from '../data/group-names.ts';
import { keepRows } from '../data/keep-rows.ts';
import { matrixRows, rowsPerRead } from '../data/row-source.ts';
import { checkLength } from '../io/check.ts';
import { openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { knownRows, pickMargins } from './unknown.ts';

/** A probability counts as moved if it changes by more than this. */
const MOVED = 0.01;
/** Smaller groups are too noisy to report. */
const SMALLEST_GROUP = 30;
/** The most groups reported. */
const GROUPS = 5;

/** The mean shift of rows that share a category, or that are above or below the mean of a numeric column. */
export interface GroupShift {
  /** Column name. */
  readonly column: string;
  /** The category; for a numeric column `above mean` or `below mean`. */
  readonly value: string;
  /** Rows of the group. */
  readonly rows: number;
  /** Mean of d - v in the group, log-odds. */
  readonly meanShift: number;
}

/**
 * How far de-biasing and infusion change the soft labels of the training rows that have one; v is the teacher's margin, d the de-biased
 * one. Means are weighted where the rows have weights; counts of rows are not.
 */
export interface Changes {
  /** Training rows with a soft label. */
  readonly rows: number;
  /** Rows whose de-biased probability differs from the teacher's by more than .01. */
  readonly moved: number;
  /** Rows whose probability crosses 0.5 by de-biasing. */
  readonly flipped: number;
  /** Mean of d - v, log-odds; below 0 if the teacher overstates class 1. */
  readonly meanShift: number;
  /** Mean of |sigmoid(d) - sigmoid(v)|. */
  readonly meanProbabilityShift: number;
  /** Mean of |sigmoid(u) - sigmoid(d)|, u the infused target's margin. */
  readonly meanInfusion: number;
  /**
   * At most 5 groups of 30 rows or more whose mean shift differs from that of all rows by more than .01, by descending
   * |mean shift| times the square root of their rows.
   */
  readonly groups: readonly GroupShift[];
}

/**
 * Compares teacher margins, de-biased margins and targets.
 * @param soft teacher margins v, float64 [rows]
 * @param debiased de-biased margins d, float64 [rows]
 * @param targets infused margins u, float64 [rows]
 * @throws DebkdError `value` if lengths differ
 */
export function recordChanges(
  soft: Float64Array,
  debiased: Float64Array,
  targets: Float64Array,
  dataset: AnyDataset,
): Changes {
  for (const [what, list] of [
    ['soft labels', soft],
    ['de-biased labels', debiased],
    ['targets', targets],
  ] as const)
    checkLength('changes', what, list, dataset.rows);
  const known = knownRows(soft);
  if (known) {
    const [v, d, u] = [soft, debiased, targets].map((margins) => pickMargins(margins, known)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return recordChanges(v, d, u, keepRows(dataset, known));
  }
  const [p, q, t] = [soft, debiased, targets].map(probabilities) as [Float64Array, Float64Array, Float64Array];
  const rows = dataset.rows;
  const { weights } = dataset;
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  let total = 0;
  let moved = 0;
  let flipped = 0;
  let shift = 0;
  let probabilityShift = 0;
  let infusion = 0;
  for (let i = 0; i < rows; i++) {
    const change = Math.abs((q[i] as number) - (p[i] as number));
    if (change > MOVED) moved++;
    if ((q[i] as number) >= 0.5 !== (p[i] as number) >= 0.5) flipped++;
    const weight = weightOf(i);
    total += weight;
    shift += weight * ((debiased[i] as number) - (soft[i] as number));
    probabilityShift += weight * change;
    infusion += weight * Math.abs((t[i] as number) - (q[i] as number));
  }
  const mean = (sum: number): number => (total > 0 ? sum / total : 0);
  return {
    rows,
    moved,
    flipped,
    meanShift: mean(shift),
    meanProbabilityShift: mean(probabilityShift),
    meanInfusion: mean(infusion),
    groups: groupShifts(soft, debiased, dataset, mean(shift)),
  };
}

function probabilities(margins: Float64Array): Float64Array {
  using arena = openArena();
  const at = arena.put(margins);
  arena.kernels.sigmoids(at, margins.length, at);
  return arena.f64(at, margins.length);
}

/** The groups whose shift differs from the mean, of the student's inputs and of the named groups. */
function groupShifts(soft: Float64Array, debiased: Float64Array, dataset: AnyDataset, mean: number): GroupShift[] {
  const { groups } = dataset;
  const beside = groups ? shiftsOf(soft, debiased, { ...dataset, ...groups, features: groups.matrix }) : [];
  const distance = (group: GroupShift): number => Math.abs(group.meanShift - mean);
  const weight = (group: GroupShift): number => Math.abs(group.meanShift) * Math.sqrt(group.rows);
  // a column may be among both
  const key = ({ column, value }: GroupShift): string => JSON.stringify([column, value]);
  const shifts = new Map([...shiftsOf(soft, debiased, dataset), ...beside].map((shift) => [key(shift), shift]));
  return [...shifts.values()]
    .filter((group) => distance(group) > 0.01)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, GROUPS);
}

function shiftsOf(
  soft: Float64Array,
  debiased: Float64Array,
  { features, preprocessing, rows, weights }: Pick<AnyDataset, 'features' | 'preprocessing' | 'rows' | 'weights'>,
): GroupShift[] {
  const found: GroupShift[] = [];
  const columns = preprocessing.columns.map((column) => {
    const { name, names } = groupNames(column);
    const zeros = (): number[] => names.map(() => 0);
    return { name, offset: column.offset, names, counts: zeros(), totals: zeros(), sums: zeros() };
  });
  const perRead = rowsPerRead(features, SHUFFLE_BLOCK_ROWS);
  for (let from = 0; from < rows; from += perRead) {
    const chunk = matrixRows(features).read(from, Math.min(rows, from + perRead));
    columns.forEach(({ offset, counts, totals, sums }, s) => {
      if (counts.length === 0) return; // a column of texts
      const places = groupPlaces(chunk, s, offset);
      for (let i = 0; i < chunk.rows; i++) {
        const group = places[i] as number;
        if (group < 0) continue;
        counts[group] = (counts[group] as number) + 1;
        const weight = weights?.[from + i] ?? 1;
        totals[group] = (totals[group] as number) + weight;
        sums[group] =
          (sums[group] as number) + weight * (debiased[from + i] as number) - weight * (soft[from + i] as number);
      }
    });
  }
  for (const { name, names, counts, totals, sums } of columns) {
    names.forEach((value, g) => {
      const n = counts[g] as number;
      const total = totals[g] as number;
      if (n >= SMALLEST_GROUP && n < rows && total > 0)
        found.push({ column: name, value, rows: n, meanShift: (sums[g] as number) / total });
    });
  }
  return found;
}
