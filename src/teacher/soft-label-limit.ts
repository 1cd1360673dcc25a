// Turns given probabilities into log-odds. A probability that was rounded to 0 or 1 says only that it is within half a step of it.
import { log } from '../kernels/elementary.ts';
import { MARGIN_LIMIT } from './margin.ts';

/** Bound of margins from float64 probabilities: near 1 these have steps of 1.1e-16, which is log-odds of 36.7. */
export const FLOAT64_LIMIT = 36;

/** The most steps between 0 and 1 that are tried as a resolution, in addition to powers of ten. */
const MAX_STEPS = 1000;
const POWERS_OF_TEN = [1e4, 1e5, 1e6];
/** A float32 probability needs at most 9 digits. */
const FLOAT32_DIGITS = 9;

/** How finely a column of probabilities is known. */
export interface Resolution {
  /** The step between values, such as .1; undefined if the values are not multiples of one step. */
  readonly step?: number;
  /** Probabilities are limited to [least, 1 - least]. */
  readonly least: number;
  /** Bound of the margins, log-odds. */
  readonly limit: number;
}

/** Estimates the resolution of probabilities; NaN is ignored. */
export function resolutionOf(probabilities: Float64Array): Resolution {
  const distinct = [...new Set(probabilities)].filter((p) => !Number.isNaN(p));
  const asFloat32 = distinct.every((p) => Math.fround(p) === p || isShort(p));
  const float = asFloat32 ? MARGIN_LIMIT : FLOAT64_LIMIT;
  const steps = stepsOf(distinct);
  // 0 and 1 alone are labels, and half a step would make them .5
  if (steps === undefined || steps === 1) return { least: 0, limit: float };
  const least = 0.5 / steps;
  const limit = log(1 - least) - log(least);
  return limit < float ? { step: 1 / steps, least, limit } : { step: 1 / steps, least: 0, limit: float };
}

/** The smallest n of which all values are multiples of 1/n; undefined if there is none. */
function stepsOf(values: readonly number[]): number | undefined {
  const isMultiple = (n: number): boolean =>
    n >= values.length - 1 &&
    values.every((p) => {
      const near = Math.round(p * n) / n;
      // sums of votes in float32 are off by some units in the last place
      return Math.abs(near - p) <= (Math.fround(p) === p && n <= MAX_STEPS ? 2 ** -22 : 2 ** -50);
    });
  for (let n = 1; n <= MAX_STEPS; n++) if (isMultiple(n)) return n;
  return POWERS_OF_TEN.find((n) => isMultiple(n));
}

function isShort(p: number): boolean {
  return Math.abs(Number(p.toPrecision(FLOAT32_DIGITS)) - p) <= 2 ** -50 * p;
}

/**
 * Log-odds of probabilities, within the resolution's bounds. If every probability is that of a float32 log-odds up to rounding, the
 * result has these: models compute in float32, and their log-odds and their probabilities then give the same bits.
 * @param limited receives 1 for each row that was limited; uint8 [rows]
 */
export function marginsOf(
  probabilities: Float64Array,
  { least, limit }: Resolution,
  limited: Uint8Array,
): Float64Array {
  const margins = probabilities.map((p) => log(p) - log(1 - p));
  const fromFloat32 = margins.every((v, row) => {
    if (Number.isNaN(v) || Math.abs(v) > limit) return true;
    const error = 8 * 2 ** -53 * (1 / (1 - (probabilities[row] as number)) + Math.abs(v) + 1);
    return Math.abs(Math.fround(v) - v) <= error;
  });
  return margins.map((v, row) => {
    const p = probabilities[row] as number;
    if (Number.isNaN(v)) return NaN;
    if (p < least || 1 - p < least || v > limit || v < -limit) {
      limited[row] = 1;
      return v > 0 ? limit : -limit;
    }
    return fromFloat32 ? Math.fround(v) : v;
  });
}
