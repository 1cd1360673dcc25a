// The row weights of a result in words.
import type { Dataset } from '../data/dataset.ts';
import { summariseWeights, type WeightSummary } from '../data/row-weights.ts';
import { quote } from '../io/errors.ts';

/** The row weights that a result used. */
export interface WeightsRecord {
  /** Name of the column; absent where the caller gave the weights. */
  readonly column?: string;
  /** The weights of each part; absent for a part without weights. */
  readonly train?: WeightSummary;
  /** Of the validation rows. */
  readonly validation?: WeightSummary;
  /** Of the test rows. */
  readonly test?: WeightSummary;
}

type Weighted = Pick<Dataset, 'weights' | 'weightColumn'>;
const PARTS = ['train', 'validation', 'test'] as const;
const NAMES = { train: 'training', validation: 'validation', test: 'test' } as const;

/** Makes the record; undefined without weights. */
export function weightsRecord(
  data: Readonly<Partial<Record<(typeof PARTS)[number], Weighted>>>,
): WeightsRecord | undefined {
  const parts = PARTS.flatMap((part) => {
    const weights = data[part]?.weights;
    return weights ? [[part, summariseWeights(weights)] as const] : [];
  });
  if (parts.length === 0) return undefined;
  const column = PARTS.map((part) => data[part]?.weightColumn).find((name) => name !== undefined);
  return { ...(column !== undefined && { column }), ...Object.fromEntries(parts) };
}

/** Formats a number with at most four significant digits after the point, without an exponent where it is short. */
function figure(x: number): string {
  return String(Number(x.toPrecision(6)));
}

/** One line for each part: `training rows: sum 6000, from 0.5 to 12, effective sample size 4012 of 6000`. */
export function weightLines(
  record: WeightsRecord,
  rows: Readonly<Partial<Record<(typeof PARTS)[number], number>>>,
): { readonly part: string; readonly text: string }[] {
  return PARTS.flatMap((part) => {
    const summary = record[part];
    if (!summary) return [];
    const { sum, smallest, largest, effectiveRows } = summary;
    const of = rows[part] === undefined ? '' : ` of ${rows[part]}`;
    const text = `sum ${figure(sum)}, from ${figure(smallest)} to ${figure(largest)}, effective sample size ${effectiveRows.toFixed(1)}${of}`;
    return [{ part: NAMES[part], text }];
  });
}

/** Says what the weights are of, for one line: `Rows are weighted by "w"`. */
export function weightedBy({ column }: WeightsRecord): string {
  return `Rows are weighted${column === undefined ? '' : ` by ${quote(column)}`}`;
}
