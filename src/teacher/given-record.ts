// The record of given soft labels in results.
import type { GivenSoftLabels } from './teacher.ts';

/** Given soft labels, as the records of distill and compare describe them. */
export interface SoftLabelsRecord extends Omit<GivenSoftLabels['record'], 'convention'> {
  /** What the values mean: logit, probability or percentage. */
  readonly convention: string;
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
