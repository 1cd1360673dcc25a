// Numbers of tables: parsed from text, standardised.
import { symlog } from './elementary.ts';

/** Parses a decimal number; NaN for any other text, the empty one included. */
export function parseNumber(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : NaN;
}

/** The numbers of a numeric column. */
export interface Standardisation {
  /** `none`, or sign(x) log(1 + |x|). */
  readonly transform: 'none' | 'symlog';
  /** Mean of the transformed values. */
  readonly mean: number;
  /** Standard deviation of the transformed values, above 0. */
  readonly std: number;
}

/** Encodes a number, in float64. */
export function standardise(column: Standardisation, x: number, clip: number): number {
  const v = column.transform === 'symlog' ? symlog(x) : x;
  return Math.max(-clip, Math.min(clip, (v - column.mean) / column.std));
}
