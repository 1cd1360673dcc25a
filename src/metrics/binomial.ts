// The binomial and the hypergeometric distribution by the incomplete beta function, with the kernel's own elementary functions: the same bits on every host.
import { exp, log } from '../kernels/elementary.ts';
import { logGamma } from './log-gamma.ts';

const TINY = 1e-300;
const PRECISION = 1e-15;

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz 1976). @param a from 0.5 @param b from 0.5 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // the fraction converges fast on this side
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const scale = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return scale * fraction;
}

function nonZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}

/**
 * The probability of at most k successes in n draws with probability p. Between whole numbers k and n it is continued by the incomplete
 * beta function, for sums of weights.
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1);
}

/** The probability of at most k successes among `draws` of a population without replacement. */
export function hypergeometricCdf(
  k: number,
  { draws, population, successes }: { draws: number; population: number; successes: number },
): number {
  const failures = population - successes;
  const first = Math.max(0, draws - failures);
  if (k < first) return 0;
  if (k >= Math.min(draws, successes)) return 1;
  const choose = (n: number, i: number): number => logGamma(n + 1) - logGamma(i + 1) - logGamma(n - i + 1);
  let term = exp(choose(successes, k) + choose(failures, draws - k) - choose(population, draws));
  let sum = term;
  for (let i = k; i > first && term > sum * PRECISION; i--) {
    term *= (i / (successes - i + 1)) * ((failures - draws + i) / (draws - i + 1));
    sum += term;
  }
  return Math.min(1, sum);
}

/** The upper bound of a probability with a confidence, from k successes in n draws (Clopper and Pearson 1934). */
export function upperBound(k: number, n: number, confidence: number): number {
  if (k >= n) return 1;
  let [low, high] = [k / n, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (binomialCdf(k, n, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The lower bound of a probability with a confidence, as upperBound. */
export function lowerBound(k: number, n: number, confidence: number): number {
  return k <= 0 ? 0 : 1 - upperBound(n - k, n, confidence);
}
