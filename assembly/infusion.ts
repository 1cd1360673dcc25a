// Knowledge infusion: what each row's own label adds to its de-biased margin.

import { log, sigmoid } from './math';

/**
 * out[i] = logit((1 - w) sigmoid(d) + w y), computed from both tails so that nothing cancels; +-Infinity where
 * the target is exactly 1 or 0. Unlabelled rows (label below 0) keep d, and w = 0 keeps every d to the bit.
 */
export function infuseMix(d: usize, labels: usize, n: u32, w: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(d + (usize(i) << 3));
    const y = load<i8>(labels + i);
    let u = v;
    if (y >= 0 && w > 0) {
      const one = (1 - w) * sigmoid(v) + w * f64(y);
      const zero = (1 - w) * sigmoid(-v) + w * f64(1 - y);
      u = log(one) - log(zero);
    }
    store<f64>(out + (usize(i) << 3), u);
  }
}
