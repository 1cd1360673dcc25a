// Compares counts of new rows with those of the reference, column by column.
import { sumOf } from '../data/row-weights.ts';
import { chiSquaredTest } from '../metrics/chi-squared.ts';
import { holm } from '../metrics/holm.ts';
import { readStability, STABILITY_LIMITS, type StabilityReading, stabilityIndex } from '../metrics/stability.ts';
import { binNames, type Histogram, type HistogramKind, type Statistics } from './histogram.ts';

/** Rows of one bin. */
export interface ShiftBin {
  /** Such as `30 to 40`, a category, `other` or `missing`. */
  readonly bin: string;
  /** Share of the reference's rows; null if they are fewer than ten. */
  readonly reference: number | null;
  /** Share of the new rows. */
  readonly now: number;
}

/** How far one distribution has moved. */
export interface Shift {
  /** Population stability index. */
  readonly psi: number;
  /** The usual reading of the index. */
  readonly reading: StabilityReading;
  /** Statistic and degrees of freedom of the chi-squared two-sample test. */
  readonly statistic: number;
  /** Degrees of freedom. */
  readonly degrees: number;
  /** Its p-value. */
  readonly p: number;
  /** The p-value after Holm's correction for all columns and the margins. */
  readonly adjusted: number;
  /** Whether the index is at least .1 and the corrected p-value below .05. */
  readonly shifted: boolean;
  /** The bins. */
  readonly bins: readonly ShiftBin[];
}

/** The shift of a column. */
export interface ColumnShift extends Shift {
  /** The raw column. */
  readonly column: string;
  /** What is compared. */
  readonly kind: HistogramKind;
  /** The part of a date; absent otherwise. */
  readonly part?: string;
  /** Share of rows without a value; null in the reference if they are fewer than ten. */
  readonly missing: { readonly reference: number | null; readonly now: number };
  /** Share of rows whose value the student does not list; only for categories. */
  readonly unknown?: { readonly reference: number | null; readonly now: number };
}

/** Corrected p-values below it are no chance. */
export const LEVEL = 0.05;
/** What a count from 1 to 9 is taken for. */
const SMALL = 5;
/** With fewer validation rows, the margins of the training rows are part of the reference. */
export const ENOUGH_VALIDATION = 200;

const numberOf = (count: number | null): number => count ?? SMALL;
const totalOf = (counts: readonly (number | null)[]): number => sumOf(counts.map(numberOf));

/** Compares all columns and the margins. @param counts of the new rows, in the bins of the reference */
export function compareCounts(
  reference: Statistics,
  counts: Statistics,
): { readonly columns: ColumnShift[]; readonly margins: Shift } {
  const pairs = reference.columns.map((before, i) => {
    const after = counts.columns[i] as Histogram;
    return {
      names: [...binNames(before), 'missing'],
      before: [...before.counts, before.missing],
      after: [...after.counts, after.missing].map(numberOf),
    };
  });
  const { margins } = reference;
  const answers = {
    names: binNames(margins),
    before: referenceMargins(margins),
    after: counts.margins.counts.map(numberOf),
  };
  const shifts = compareAll([...pairs, answers]);
  const columns = reference.columns.map((before, i): ColumnShift => {
    const { column, kind, part, missing } = before;
    const after = counts.columns[i] as Histogram;
    const [m, n] = [before, after].map((one) => totalOf(one.counts) + numberOf(one.missing)) as [number, number];
    const shares = (was: number | null, is: number | null) => ({
      reference: was === null ? null : share(was, m),
      now: share(numberOf(is), n),
    });
    return {
      column,
      kind,
      ...(part !== undefined && { part }),
      ...(shifts[i] as Shift),
      missing: shares(missing, after.missing),
      ...(before.unknown !== undefined && { unknown: shares(before.unknown, after.unknown ?? 0) }),
    };
  });
  return { columns, margins: shifts.at(-1) as Shift };
}

/** The validation rows, which the student was not fitted to; with few of them the training rows as well. */
function referenceMargins({ counts, validation = [] }: Statistics['margins']): (number | null)[] {
  if (totalOf(validation) >= ENOUGH_VALIDATION) return [...validation];
  return counts.map((count, i) => numberOf(count) + numberOf(validation[i] ?? 0));
}

interface Pair {
  readonly names: readonly string[];
  readonly before: readonly (number | null)[];
  readonly after: readonly number[];
}

function compareAll(pairs: readonly Pair[]): Shift[] {
  const tests = pairs.map(({ before, after }) => chiSquaredTest(before.map(numberOf), after));
  // a column with one bin has no test, and needs no correction
  const tested = tests.filter(({ degrees }) => degrees > 0);
  const corrected = holm(tested.map(({ p }) => p));
  return pairs.map(({ names, before, after }, i) => {
    const test = tests[i] as (typeof tests)[number];
    const adjusted = corrected[tested.indexOf(test)] ?? 1;
    const psi = stabilityIndex(before.map(numberOf), after);
    const [m, n] = [totalOf(before), totalOf(after)];
    const bins = names.map((bin, k): ShiftBin => {
      const was = before[k] ?? null;
      return { bin, reference: was === null ? null : share(was, m), now: share(after[k] as number, n) };
    });
    return {
      psi,
      reading: readStability(psi),
      ...test,
      adjusted,
      shifted: psi >= STABILITY_LIMITS[0] && adjusted < LEVEL,
      bins: bins.filter(({ reference: was, now }) => was !== 0 || now > 0),
    };
  });
}

const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);
