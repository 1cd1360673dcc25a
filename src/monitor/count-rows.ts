// Counts rows of a table in given bins.
import { textAt } from '../data/byte-texts.ts';
import { numberForm } from '../data/column-numbers.ts';
import { locateColumns } from '../data/locate-columns.ts';
import { countCodes } from '../data/missing.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Column, Table } from '../data/table.ts';
import { binOf, type Histogram } from './histogram.ts';
import type { Measure } from './measures.ts';

/** The bins of a measure. */
export type Bins = Pick<Histogram, 'edges' | 'categories'>;

/** The counts of one measure. */
export interface Counts {
  readonly counts: number[];
  missing: number;
  unknown: number;
}

/** Counts of no rows. */
export function noCounts({ edges = [], categories }: Bins): Counts {
  const length = 1 + (categories ?? edges).length;
  return { counts: new Array<number>(length).fill(0), missing: 0, unknown: 0 };
}

/** Adds rows of a table to the counts. @param rows row numbers; default all */
export function addRows(into: Counts, measure: Measure, bins: Bins, column: Column, rows?: Uint32Array): void {
  const texts = countCodes(column, rows);
  if (measure.numbers) {
    const numbers = measure.numbers(column, texts);
    // typed: most of the time of large tables is spent here
    const edges = Float64Array.from(bins.edges ?? []);
    const counts = new Float64Array(into.counts.length);
    for (let code = 0; code < texts.length; code++) {
      const [x, count] = [numbers[code] as number, texts[code] as number];
      if (Number.isNaN(x)) into.missing += count;
      else {
        const bin = binOf(edges, x);
        counts[bin] = (counts[bin] as number) + count;
      }
    }
    for (const [bin, count] of counts.entries()) add(into, bin, count);
    return;
  }
  const { categories = [] } = bins;
  const places = new Map(categories.map((text, i) => [text, i]));
  const listed = new Set(measure.listed);
  for (let code = 0; code < texts.length; code++) {
    const count = texts[code] as number;
    if (count === 0) continue;
    const text = textAt(column, code);
    if (measure.isMissing(text)) into.missing += count;
    else {
      add(into, places.get(text) ?? categories.length, count);
      if (!listed.has(text)) into.unknown += count;
    }
  }
}

function add({ counts }: Counts, bin: number, count: number): void {
  counts[bin] = (counts[bin] as number) + count;
}

/** Finds the columns of measures in a table; equal texts are not looked for where only numbers count. @throws DebkdError `column` if one is absent */
export function columnsFor(
  measures: readonly Measure[],
  { columns, name }: Pick<Table, 'columns' | 'name'>,
  preprocessing: Preprocessing,
): Column[] {
  const names = columns.map((column) => column.name);
  const places = locateColumns(preprocessing, names, name);
  const byName = new Map(preprocessing.columns.map((spec, i) => [spec.name, places[i] as number]));
  return measures.map(({ column, kind }) => {
    const found = columns[byName.get(column) as number] as Column;
    return kind === 'number' ? numberForm(found, preprocessing.missing) : found;
  });
}

/** Counts margins. */
export function countMargins(edges: readonly number[], margins: ArrayLike<number>): number[] {
  const into = noCounts({ edges });
  for (let i = 0; i < margins.length; i++) add(into, binOf(edges, margins[i] as number), 1);
  return into.counts;
}
