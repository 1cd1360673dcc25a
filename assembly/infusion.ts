// Knowledge infusion, in float64: each row's own label y changes its de-biased margin d. Unlabelled rows (y < 0) keep their d. out may
// be d itself.

import { at } from './address';
import { log, sigmoid, softplus } from './math';

/** Below this, a probability's logarithm is computed from the margin, since the probability underflows. */
const MIN_PROBABILITY: f64 = 1e-290;

/** log((1 - w) sigmoid(d) + w q); -Infinity where it is exactly 0. */
function logTail(d: f64, w: f64, q: f64): f64 {
  const sum = (1 - w) * sigmoid(d) + w * q;
  if (sum >= MIN_PROBABILITY || w == 1) return log(sum);
  const lost = log(1 - w) - softplus(-d);
  return w * q > 0 ? max<f64>(lost, log(w) + log(q)) : lost;
}

/** logit((1 - w) sigmoid(d) + w q), as the difference of both tails' logarithms, where nothing cancels; +-Infinity at exactly 1 or 0. */
function blendedLogit(d: f64, w: f64, q: f64): f64 {
  return logTail(d, w, q) - logTail(-d, w, 1 - q);
}

/** `mix`: out[i] = logit((1 - w) sigmoid(d) + w y). w = 0 keeps the bits of every d. */
export function infuseMix(d: usize, labels: usize, n: u32, w: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(at(d, i));
    const y = load<i8>(labels + i);
    store<f64>(at(out, i), y >= 0 && w > 0 ? blendedLogit(v, w, f64(y)) : v);
  }
}

/** `residual`: out[i] = d + k (y - sigmoid(d)). */
export function infuseResidual(d: usize, labels: usize, n: u32, k: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(at(d, i));
    const y = load<i8>(labels + i);
    store<f64>(at(out, i), y < 0 ? v : y > 0 ? v + k * sigmoid(-v) : v - k * sigmoid(v));
  }
}

/** `log-odds` and `noise`: out[i] = d + one where y = 1, d - zero where y = 0. */
export function infuseEvidence(d: usize, labels: usize, n: u32, one: f64, zero: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(at(d, i));
    const y = load<i8>(labels + i);
    store<f64>(at(out, i), y < 0 ? v : y > 0 ? v + one : v - zero);
  }
}

/**
 * `shift` and `smooth`, only on rows whose d has the wrong sign: the blend with the probability of -d (epsilon < 0), or with the
 * label smoothed by epsilon.
 */
export function infuseAdjusted(d: usize, labels: usize, n: u32, w: f64, epsilon: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(at(d, i));
    const y = load<i8>(labels + i);
    const wrong = y >= 0 && w > 0 && (v >= 0) != (y > 0);
    let u = v;
    if (wrong && epsilon < 0) u = w == 1 ? -v : blendedLogit(v, w, sigmoid(-v));
    else if (wrong) u = blendedLogit(v, w, f64(y) * (1 - epsilon) + 0.5 * epsilon);
    store<f64>(at(out, i), u);
  }
}

/** `orthogonal`: at temperature T, p + g (y - p) within [limit, 1 - limit], as a margin times T. */
export function infuseOrthogonal(d: usize, labels: usize, n: u32, g: f64, temperature: f64, limit: f64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const v = load<f64>(at(d, i));
    const y = load<i8>(labels + i);
    let u = v;
    if (y >= 0 && g > 0) {
      const bound = log(1 - limit) - log(limit);
      u = temperature * min<f64>(max<f64>(blendedLogit(v / temperature, g, f64(y)), -bound), bound);
    }
    store<f64>(at(out, i), u);
  }
}
