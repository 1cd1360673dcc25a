// The de-biased distillation loss of one row, at margin z, label y and tempered target q:
//   L = (1 - alpha) BCE(y, sigmoid(z)) + alpha T^2 KL(q || sigmoid(z / T))
//   dL/dz = (1 - alpha) (sigmoid(z) - y) + alpha T (sigmoid(z / T) - q)
// With q from the teacher's own margins it is knowledge distillation (Hinton et al. 2015); alpha = 0 is training on labels. A
// negative label means unlabelled: the row has no first term. Computed in float64; derivatives are rounded to float32.
// Two variants of the second term: alpha (z - u)^2 / 8, its limit as T grows (Hinton et al. 2015, section 2.1); and weighted soft
// labels (Zhou et al. 2021), its product with 1 - exp(-student's loss / teacher's loss) of the row's label, treated as a constant.

import { weigh, weightOf } from './address';
import { log, sigmoid, softplus } from './math';
import { expNegAbsWide, expWide, pair, sigmoidWide, softpluses, softplusWide } from './wide';

/** q[i] = sigmoid(u[i] / T) and entropy[i] = -q log q - (1 - q) log(1 - q). u may be +-Infinity. Called once a fit. */
export function softenTargets(u: usize, n: u32, temperature: f64, q: usize, entropy: usize): void {
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
 * d[i] = scale * weight * dL/dz at z[i] for the m rows of a batch; returns the sum of weight * L, in the order of the rows.
 * q, entropy, labels, weights and teacherLosses are indexed by row number; z and d, both float32, by position in the batch.
 */
export function distillationGradient(
  z: usize, rows: usize, m: u32, labels: usize, q: usize, entropy: usize, weights: usize, teacherLosses: usize,
  marginLoss: bool, alpha: f64, temperature: f64, scale: f64, d: usize,
): f64 {
  let total: f64 = 0;
  // two rows at a time; an odd last row is paired with itself
  for (let i: u32 = 0; i < m; i += 2) {
    const both = i + 1 < m;
    const last: usize = both ? 4 : 0;
    const first = usize(load<u32>(rows));
    const second = usize(load<u32>(rows + last));
    const margin = pair(f64(load<f32>(z)), f64(load<f32>(z + last)));
    const y = pair(f64(load<i8>(labels + first)), f64(load<i8>(labels + second)));
    const labelled = f64x2.ge(y, f64x2.splat(0));
    let value = f64x2.splat(0);
    let slope = f64x2.splat(0);
    let e = f64x2.splat(0);
    if (alpha < 1 || temperature == 1.0) e = expNegAbsWide(margin);
    if (alpha < 1) {
      const share = f64x2.splat(1 - alpha);
      const loss = f64x2.mul(share, f64x2.sub(softplusWide(margin, e), f64x2.mul(y, margin)));
      value = v128.and(loss, labelled);
      slope = v128.and(f64x2.mul(share, f64x2.sub(sigmoidWide(margin, e), y)), labelled);
    }
    if (alpha > 0) {
      const target = pair(load<f64>(q + (first << 3)), load<f64>(q + (second << 3)));
      let share = f64x2.splat(alpha);
      if (teacherLosses) {
        const own = f64x2.sub(f64x2.mul(y, margin), softplusWide(margin, temperature == 1.0 ? e : expNegAbsWide(margin)));
        const teacherLoss = pair(load<f64>(teacherLosses + (first << 3)), load<f64>(teacherLosses + (second << 3)));
        const ratio = expWide(f64x2.div(own, f64x2.max(teacherLoss, f64x2.splat(1e-12))));
        share = v128.bitselect(f64x2.mul(share, f64x2.sub(f64x2.splat(1), ratio)), share, labelled);
      }
      if (marginLoss) {
        const gap = f64x2.sub(margin, target);
        value = f64x2.add(value, f64x2.mul(f64x2.mul(f64x2.mul(share, f64x2.splat(0.125)), gap), gap));
        slope = f64x2.add(slope, f64x2.mul(f64x2.mul(share, f64x2.splat(0.25)), gap));
      } else {
        const divisor = f64x2.splat(temperature);
        const t = f64x2.div(margin, divisor);
        if (temperature != 1.0) e = expNegAbsWide(t);
        const rest = pair(load<f64>(entropy + (first << 3)), load<f64>(entropy + (second << 3)));
        const gap = f64x2.sub(f64x2.sub(softplusWide(t, e), f64x2.mul(target, t)), rest);
        share = f64x2.mul(share, divisor);
        value = f64x2.add(value, f64x2.mul(f64x2.mul(share, divisor), gap));
        slope = f64x2.add(slope, f64x2.mul(share, f64x2.sub(sigmoidWide(t, e), target)));
      }
    }
    if (weights) {
      const weight = pair(load<f64>(weights + (first << 3)), load<f64>(weights + (second << 3)));
      value = f64x2.mul(weight, value);
      slope = f64x2.mul(slope, weight);
    }
    slope = f64x2.mul(slope, f64x2.splat(scale));
    total += f64x2.extract_lane(value, 0);
    store<f32>(d, f32(f64x2.extract_lane(slope, 0)));
    if (both) {
      total += f64x2.extract_lane(value, 1);
      store<f32>(d, f32(f64x2.extract_lane(slope, 1)), 4);
    }
    rows += 8;
    z += 8;
    d += 8;
  }
  return total;
}

/** The sum of weight BCE(t[i], sigmoid(z[i])) over n rows, in their order; z is float32, t float64, weights float64 [n] (0: all 1). */
export function crossEntropy(z: usize, t: usize, n: u32, weights: usize): f64 {
  let total: f64 = 0;
  for (let i: u32 = 0; i + 1 < n; i += 2) {
    const margin = f64x2.promote_low_f32x4(v128.load64_zero(z));
    const loss = f64x2.sub(softplusWide(margin, expNegAbsWide(margin)), f64x2.mul(v128.load(t), margin));
    total += weigh(weights, i, f64x2.extract_lane(loss, 0));
    total += weigh(weights, i + 1, f64x2.extract_lane(loss, 1));
    z += 8;
    t += 16;
  }
  if (n & 1) {
    const margin = f64(load<f32>(z));
    total += weigh(weights, n - 1, softplus(margin) - load<f64>(t) * margin);
  }
  return total;
}

/** out[i] = BCE(y[i], sigmoid(v[i])) for float64 margins; 0 for unlabelled rows. */
export function labelLosses(v: usize, labels: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const margin = load<f64>(v + (usize(i) << 3));
    // BCE(1, sigmoid(v)) = softplus(-v): softplus(v) - v would cancel
    store<f64>(out + (usize(i) << 3), load<i8>(labels + i) > 0 ? -margin : margin);
  }
  softpluses(out, n, out);
  for (let i: u32 = 0; i < n; i++) if (load<i8>(labels + i) < 0) store<f64>(out + (usize(i) << 3), 0);
}

/**
 * out[0], out[1] = mean of d[i] = a[i] - b[i] over the labelled rows, and its standard error. b = 0: of a[i]. With weights, float64 [n]
 * (0: all 1), the mean is m = sum w d / sum w, and the standard error is that of a ratio of sums (linearised; Cochran 1977, section 6.3):
 * sqrt(k / (k - 1) sum w^2 (d - m)^2) / sum w, for k labelled rows of a weight above 0. With equal weights it is the usual one.
 */
export function pairedDifference(a: usize, b: usize, labels: usize, n: u32, out: usize, weights: usize): void {
  let sum: f64 = 0;
  let total: f64 = 0;
  let count: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const weight = weightOf(weights, i);
    if (load<i8>(labels + i) < 0 || weight == 0) continue;
    sum += weight * (load<f64>(a + (usize(i) << 3)) - (b ? load<f64>(b + (usize(i) << 3)) : 0));
    total += weight;
    count += 1;
  }
  const mean = count > 0 ? sum / total : 0;
  let squares: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(labels + i) < 0) continue;
    const d = weightOf(weights, i) * (load<f64>(a + (usize(i) << 3)) - (b ? load<f64>(b + (usize(i) << 3)) : 0) - mean);
    squares += d * d;
  }
  // for weights of 1 the divisor is the number of rows, exactly
  const variance = squares / (count - 1) / (weights ? (total * total) / count : count);
  store<f64>(out, mean);
  store<f64>(out + 8, count > 1 ? sqrt<f64>(variance) : 0);
}
