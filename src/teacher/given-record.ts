// The record of given soft labels in results.
import type { GivenSoftLabels } from './teacher.ts';

/** Given soft labels, as the records of distill and compare describe them. */
export interface SoftLabelsRecord {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** What the values mean: logit, probability or percentage. */
  readonly convention: string;
  /** The step of rounded probabilities; null if there is none. */
  readonly resolution: number | null;
  /** Bound of the margins, log-odds; null for log-odds, which are not limited. */
  readonly limit: number | null;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows of the table with a soft label. */
  readonly known: number;
  /** Rows of the table whose margin was limited. */
  readonly limited: number;
  /** Mean standard deviation of a row's answers, log-odds; absent for one column. */
  readonly spread?: number;
  /** Rows with a soft label, by part. */
  readonly knownRows: Readonly<Partial<Record<'train' | 'validation' | 'test', number>>>;
}

/** @param margins of each part; NaN for rows without a soft label */
export function softLabelsRecord(
  { record }: GivenSoftLabels,
  margins: Readonly<Partial<Record<'train' | 'validation' | 'test', Float64Array>>>,
): SoftLabelsRecord {
  const count = (of: Float64Array): number => of.filter((v) => !Number.isNaN(v)).length;
  const parts = Object.entries(margins).map(([part, of]) => [part, count(of)]);
  return { ...record, knownRows: Object.fromEntries(parts) };
}
