// The logarithm of the gamma function by Stirling's series (Abramowitz, Stegun 1964, 6.1.41), with the kernel's logarithm: the same bits on
// every host.
import { log } from '../kernels/elementary.ts';

/** From here on Stirling's series has an error below one unit in the last place. */
const STIRLING_FROM = 15;
const HALF_LOG_2_PI = 0.9189385332046727;

/** log of the gamma function, for x above 0. */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  for (; shifted < STIRLING_FROM; shifted++) product *= shifted;
  const inverse = 1 / (shifted * shifted);
  let series = -691 / 360360;
  for (const term of [1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12]) series = series * inverse + term;
  return (shifted - 0.5) * log(shifted) - shifted + HALF_LOG_2_PI + series / shifted - log(product);
}
