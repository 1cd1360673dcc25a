// Feature-based and relation-based distillation: what the student's last hidden layer should know of the teacher's.
// FitNets (Romero et al. 2015), hint and task loss together: beta mean over j of (h R + b - t)_j^2 for each row, with a
// regressor R, b that is trained along. Relational distillation by distances (Park et al. 2019): beta mean over pairs of
// the batch of Huber(|h_i - h_j| / mean - |t_i - t_j| / mean). Rows of t are padded with zeros to multiples of 8.

import { alloc } from './arena';
import { sumRows } from './activation';
import { multiply, multiplyTransposed, transpose } from './gemm';
import { layerOf, Network } from './network';

/** The numbers are the host's (src/student/fit.ts). */
const REGRESSION: u32 = 1;

/** Squared distances below this count as this, as in the authors' program. */
const LEAST: f64 = 1e-12;

/** The teacher's features of all rows, float32 [rows x padded]; false when memory is short. After bindRows. */
export function bindHint(net: Network, kind: u32, features: usize, weight: f64): bool {
  const top = layerOf(net, net.hidden - 1);
  net.hintKind = kind;
  net.hintFeatures = features;
  net.hintScale = weight;
  net.hintDelta = alloc((net.batch * top.stride) << 2);
  const pairs = net.batch * net.batch;
  net.hintWork = alloc(kind == REGRESSION ? (net.batch * net.hintStride) << 2 : pairs << 4);
  const turned = kind == REGRESSION ? alloc((top.stride * net.hintStride) << 2) : 1;
  if (kind == REGRESSION) net.hintTurned = turned;
  return net.hintDelta != 0 && net.hintWork != 0 && turned != 0;
}

/** Writes the derivative by the last hidden layer to hintDelta, adds the regressor's gradient and the loss. */
export function hintGradient(net: Network, rows: usize, m: u32): void {
  if (net.hintKind == REGRESSION) regress(net, rows, m);
  else relate(net, rows, m);
}

function regress(net: Network, rows: usize, m: u32): void {
  const top = layerOf(net, net.hidden - 1);
  const width = net.hintStride;
  const r = net.hintWork;
  multiply(top.activation, top.stride, net.p + net.hintWeight, width, net.p + net.hintBias, false, r, width, m, width, top.stride);
  const share = net.hintScale / f64(net.hint);
  const slope = f32((2.0 * share) / f64(m));
  for (let i: u32 = 0; i < m; i++) {
    const t = net.hintFeatures + ((usize(load<u32>(rows + (usize(i) << 2))) * width) << 2);
    const here = r + ((usize(i) * width) << 2);
    for (let j: u32 = 0; j < width; j++) {
      const at = usize(j) << 2;
      const d = load<f32>(here + at) - load<f32>(t + at);
      net.lossSum += share * f64(d) * f64(d);
      store<f32>(here + at, d * slope);
    }
  }
  multiplyTransposed(top.activation, top.stride, r, width, net.g + net.hintWeight, width, m, width, top.stride);
  sumRows(r, m, width, net.g + net.hintBias);
  transpose(net.p + net.hintWeight, width, net.hintTurned, top.stride, top.stride, width);
  multiply(r, width, net.hintTurned, top.stride, 0, false, net.hintDelta, top.stride, m, top.stride, width);
}

/** The upper two floats, moved down. */
// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return i32x4.shuffle(x, x, 2, 3, 2, 3);
}

/** Distances between rows of a, float64 [m x m] above the diagonal; returns the mean of those above 0. */
function distances(a: usize, rows: usize, m: u32, width: u32, out: usize): f64 {
  let sum: f64 = 0;
  let count: u32 = 0;
  for (let i: u32 = 0; i < m; i++) {
    const x = a + ((usize(rows ? load<u32>(rows + (usize(i) << 2)) : i) * width) << 2);
    for (let j = i + 1; j < m; j++) {
      const y = a + ((usize(rows ? load<u32>(rows + (usize(j) << 2)) : j) * width) << 2);
      let even = f64x2.splat(0); // columns 0, 1 of every four
      let odd = f64x2.splat(0); // columns 2, 3
      for (let k: usize = 0; k < usize(width) << 2; k += 16) {
        const p = v128.load(x + k);
        const q = v128.load(y + k);
        const d = f64x2.sub(f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q));
        even = f64x2.add(even, f64x2.mul(d, d));
        const e = f64x2.sub(f64x2.promote_low_f32x4(upper(p)), f64x2.promote_low_f32x4(upper(q)));
        odd = f64x2.add(odd, f64x2.mul(e, e));
      }
      const low = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
      const square = low + (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
      const distance = sqrt<f64>(max<f64>(square, LEAST));
      store<f64>(out + (usize(i * m + j) << 3), distance);
      sum += distance;
      count++;
    }
  }
  return count ? sum / f64(count) : 1;
}

function relate(net: Network, rows: usize, m: u32): void {
  const top = layerOf(net, net.hidden - 1);
  const width = top.stride;
  const own = net.hintWork;
  const other = own + ((usize(m) * m) << 3);
  const mean = distances(top.activation, 0, m, width, own);
  const meanOther = distances(net.hintFeatures, rows, m, net.hintStride, other);
  memory.fill(net.hintDelta, 0, usize(m * width) << 2);
  if (m < 2) return;
  // as in the authors' program the mean is over all m x m pairs, each of the two orders and the zeros of the diagonal
  const share = (2.0 * net.hintScale) / (f64(m) * f64(m));
  const pairs = f64(m) * f64(m - 1) * 0.5;
  // first the derivative by each scaled distance, then through the mean: d(d_ij / mean) = (1 - d_ij / sum) ...
  let through: f64 = 0;
  for (let i: u32 = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      const at = usize(i * m + j) << 3;
      const scaled = load<f64>(own + at) / mean;
      const e = scaled - load<f64>(other + at) / meanOther;
      const small = abs(e) < 1.0;
      // the loss is counted by rows: each batch's mean times its rows
      net.lossSum += share * f64(m) * (small ? 0.5 * e * e : abs(e) - 0.5);
      const slope = share * (small ? e : e > 0 ? 1.0 : -1.0);
      store<f64>(other + at, slope);
      through += slope * scaled;
    }
  }
  for (let i: u32 = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      const at = usize(i * m + j) << 3;
      const distance = load<f64>(own + at);
      if (distance * distance <= LEAST) continue;
      const slope = (load<f64>(other + at) - through / pairs) / (mean * distance);
      const x = top.activation + (usize(i * width) << 2);
      const y = top.activation + (usize(j * width) << 2);
      const to = net.hintDelta + (usize(i * width) << 2);
      const from = net.hintDelta + (usize(j * width) << 2);
      for (let k: u32 = 0; k < width; k++) {
        const here = usize(k) << 2;
        const step = f32(slope * (f64(load<f32>(x + here)) - f64(load<f32>(y + here))));
        store<f32>(to + here, load<f32>(to + here) + step);
        store<f32>(from + here, load<f32>(from + here) - step);
      }
    }
  }
}
