// The de-biased distillation loss of one row, at margin z, label y and tempered target q:
//   L = (1 - alpha) BCE(y, sigmoid(z)) + alpha T^2 KL(q || sigmoid(z / T))
//   dL/dz = (1 - alpha) (sigmoid(z) - y) + alpha T (sigmoid(z / T) - q)
// alpha = 0 is hard labels; q from the teacher's own margins is plain distillation. A label below 0 means
// unlabelled: the row's hard term is left out. float64 inside, float32 derivatives out.
// Two variants of the second term: alpha (z - u)^2 / 8, its limit as T grows; and weighted soft labels (Zhou et al. 2021),
// where it counts 1 - exp(-student's loss / teacher's loss) of the row's label, taken as a constant.

import { exp, log, sigmoid, softplus } from './math';

/** q[i] = sigmoid(u[i] / T) and entropy[i] = -q log q - (1 - q) log(1 - q), once per fit. u may be +-Infinity. */
export function temper(u: usize, n: u32, temperature: f64, q: usize, entropy: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = usize(i) << 3;
    const v = load<f64>(u + at) / temperature;
    const p = sigmoid(v);
    const r = sigmoid(-v);
    store<f64>(q + at, p);
    store<f64>(entropy + at, (p > 0 ? -p * log(p) : 0) - (r > 0 ? r * log(r) : 0));
  }
}

/**
 * d[i] = weight * dL/dz at z[i] for the batch rows; returns the sum of their losses, in order.
 * q, entropy and labels are indexed by row number; z (float32) and d (float32) by place in the batch.
 */
export function distillationGradient(
  z: usize, rows: usize, m: u32, labels: usize, q: usize, entropy: usize, weights: usize, teacherLosses: usize,
  marginLoss: bool, alpha: f64, temperature: f64, scale: f64, d: usize,
): f64 {
  let total: f64 = 0;
  for (let i: u32 = 0; i < m; i++) {
    const row = usize(load<u32>(rows + (usize(i) << 2)));
    const margin = f64(load<f32>(z + (usize(i) << 2)));
    const y = load<i8>(labels + row);
    const weight = weights ? load<f64>(weights + (row << 3)) : 1.0;
    let value: f64 = 0;
    let slope: f64 = 0;
    if (alpha < 1 && y >= 0) {
      value = (1 - alpha) * (softplus(margin) - f64(y) * margin);
      slope = (1 - alpha) * (sigmoid(margin) - f64(y));
    }
    if (alpha > 0) {
      const t = margin / temperature;
      const target = load<f64>(q + (row << 3));
      let share = alpha;
      if (teacherLosses && y >= 0) {
        share *= 1.0 - exp((f64(y) * margin - softplus(margin)) / max<f64>(load<f64>(teacherLosses + (row << 3)), 1e-12));
      }
      if (marginLoss) {
        value += share * 0.125 * (margin - target) * (margin - target);
        slope += share * 0.25 * (margin - target);
      } else {
        value += share * temperature * temperature * (softplus(t) - target * t - load<f64>(entropy + (row << 3)));
        slope += share * temperature * (sigmoid(t) - target);
      }
    }
    total += weight * value;
    store<f32>(d + (usize(i) << 2), f32(slope * weight * scale));
  }
  return total;
}

/** Sum of BCE(t[i], sigmoid(z[i])) over n rows, in order; z float32, t float64. */
export function crossEntropy(z: usize, t: usize, n: u32): f64 {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const margin = f64(load<f32>(z + (usize(i) << 2)));
    total += softplus(margin) - load<f64>(t + (usize(i) << 3)) * margin;
  }
  return total;
}

/** out[i] = BCE(y[i], sigmoid(v[i])) for float64 margins; 0 for unlabelled rows. */
export function labelLosses(v: usize, labels: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const y = load<i8>(labels + i);
    const margin = load<f64>(v + (usize(i) << 3));
    // softplus of the wrong side: exact where softplus(v) - y v would cancel
    store<f64>(out + (usize(i) << 3), y < 0 ? 0 : softplus(y > 0 ? -margin : margin));
  }
}

/** Mean and standard error of the mean of a[i] - b[i] over the labelled rows (b = 0: of a[i]); out[0 .. 1]. */
export function pairedDifference(a: usize, b: usize, labels: usize, n: u32, out: usize): void {
  let sum: f64 = 0;
  let count: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(labels + i) < 0) continue;
    sum += load<f64>(a + (usize(i) << 3)) - (b ? load<f64>(b + (usize(i) << 3)) : 0);
    count += 1;
  }
  const mean = count > 0 ? sum / count : 0;
  let squares: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(labels + i) < 0) continue;
    const d = load<f64>(a + (usize(i) << 3)) - (b ? load<f64>(b + (usize(i) << 3)) : 0) - mean;
    squares += d * d;
  }
  store<f64>(out, mean);
  store<f64>(out + 8, count > 1 ? sqrt<f64>(squares / (count - 1) / count) : 0);
}
