// The chi-squared distribution and its two-sample test on counts (Press et al. 2007, 14.3; SciPy's chi2_contingency without correction).
import { exp, log } from '../kernels/elementary.ts';
import { logGamma } from './log-gamma.ts';

/** Smallest share of a sum or fraction that still changes it. */
const EPSILON = 2 ** -53;
/** Keeps the divisors of the continued fraction away from 0. */
const TINY = 1e-300;

/**
 * The regularised upper incomplete gamma function Q(a, x): a series where x < a + 1, otherwise a continued fraction (Lentz 1976).
 * @param a above 0
 * @param x from 0
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const factor = exp(a * log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * EPSILON; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * factor);
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + numerator / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 4 * EPSILON) break;
  }
  return Math.min(1, factor * fraction);
}

/** The probability that a chi-squared variable is at least `statistic`. @param degrees of freedom, at least 1 */
export function chiSquaredTail(statistic: number, degrees: number): number {
  return upperGamma(degrees / 2, statistic / 2);
}

/** The result of a two-sample test. */
export interface TwoSampleTest {
  /** The chi-squared statistic. */
  readonly statistic: number;
  /** Degrees of freedom: bins less one; 0 if all rows are in one bin. */
  readonly degrees: number;
  /** Probability of a statistic at least as large without a difference; 1 with 0 degrees of freedom. */
  readonly p: number;
}

/**
 * Tests whether two samples have the same distribution, by their counts in the same bins. Neighbouring bins are merged until each has
 * at least five expected rows in both samples.
 * @param a counts of one sample, [bins]
 * @param b counts of the other sample, [bins]
 */
export function chiSquaredTest(a: readonly number[], b: readonly number[]): TwoSampleTest {
  const bins = mergeSmall(a, b);
  const [m, n] = [0, 1].map((k) => bins.reduce((sum, bin) => sum + (bin[k] as number), 0)) as [number, number];
  const degrees = bins.length - 1;
  if (degrees < 1) return { statistic: 0, degrees: 0, p: 1 };
  const ratio = Math.sqrt(n / m);
  let statistic = 0;
  for (const [x, y] of bins) {
    const difference = ratio * x - y / ratio;
    statistic += (difference * difference) / (x + y);
  }
  return { statistic, degrees, p: chiSquaredTail(statistic, degrees) };
}

/** The usual least number of expected rows (Cochran 1954). */
const LEAST_EXPECTED = 5;

/** Merges the bin with the fewest rows with its smaller neighbour while it has too few expected rows. */
function mergeSmall(a: readonly number[], b: readonly number[]): (readonly [number, number])[] {
  const bins = a.map((x, i): readonly [number, number] => [x, b[i] ?? 0]).filter(([x, y]) => x + y > 0);
  const [m, n] = [0, 1].map((k) => bins.reduce((sum, bin) => sum + (bin[k] as number), 0)) as [number, number];
  const smaller = Math.min(m, n) / Math.max(1, m + n);
  const sizeOf = (i: number): number => {
    const bin = bins[i];
    return bin ? bin[0] + bin[1] : Infinity;
  };
  while (bins.length > 1) {
    let least = 0;
    for (let i = 1; i < bins.length; i++) if (sizeOf(i) < sizeOf(least)) least = i;
    if (sizeOf(least) * smaller >= LEAST_EXPECTED) break;
    const left = sizeOf(least - 1) <= sizeOf(least + 1) ? least - 1 : least;
    const [first, second] = bins.slice(left, left + 2) as [readonly [number, number], readonly [number, number]];
    bins.splice(left, 2, [first[0] + second[0], first[1] + second[1]]);
  }
  return bins;
}
