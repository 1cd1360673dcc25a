// Feature-based and relation-based distillation: a second loss on the student's last hidden layer h, given the teacher's features t.
// Regression: FitNets (Romero et al. 2015), with hint and task trained together. The loss of a row is beta times the mean over j of
// (h R + b - t)_j^2, where the regressor R, b is trained too. Relations: distance-wise relational distillation (Park et al. 2019). The
// loss is beta times the mean over the pairs of a batch of Huber(|h_i - h_j| / mean - |t_i - t_j| / mean). Rows of t are padded with
// zeros to multiples of 8 (regression) or 4 (relations). A row's weight multiplies its loss; a pair's weight is the product of its rows',
// in the loss and in the mean distance.

import { weightOf } from './address';
import { allocFloats } from './arena';
import { sumRows } from './activation';
import { multiply, multiplyByTransposed, multiplyTransposed } from './gemm';
import { layerOf, Network } from './network';

/** The layer that a hint is on: the last hidden one, or the features of a network that has a trunk alone. */
// @ts-ignore: decorator
@inline
function topActivation(net: Network): usize {
  return net.hidden ? layerOf(net, net.hidden - 1).activation : net.input;
}
// @ts-ignore: decorator
@inline
function topStride(net: Network): u32 {
  return net.hidden ? layerOf(net, net.hidden - 1).stride : net.features;
}

/** The smallest squared distance, as in the authors' program. */
const MIN_SQUARED_DISTANCE: f64 = 1e-12;

/**
 * A hint by regression. features: the teacher's, of all rows, float32 [rows x padded]. weights: of the rows, float64 (0: all 1). False
 * when memory is short. After bindRows.
 */
export function bindRegression(net: Network, features: usize, weight: f64, weights: usize): bool {
  net.hintFeatures = features;
  net.hintWeights = weights;
  net.hintScale = weight;
  net.hintDelta = allocFloats(u64(net.batch) * topStride(net));
  net.hintWork = allocFloats(u64(net.batch) * net.hintStride);
  return net.hintDelta != 0 && net.hintWork != 0;
}

/**
 * A hint by relations. scratch: float64 [pairs of a batch]. teacherDistances: what teacherRelations wrote for the rows of the
 * next call of trainRows. weights: of the rows, float64 (0: all 1). False when memory is short. After bindRows.
 */
export function bindRelation(net: Network, scratch: usize, teacherDistances: usize, weight: f64, weights: usize): bool {
  net.hintWeights = weights;
  net.teacherDistances = teacherDistances;
  net.hintScale = weight;
  net.hintDelta = allocFloats(u64(net.batch) * topStride(net));
  net.hintWork = scratch;
  return net.hintDelta != 0;
}

/** Bytes of a batch in the output of teacherRelations: the mean distance, then that of each pair. */
// @ts-ignore: decorator
@inline
function relationBytes(batch: u32): usize {
  return (1 + ((usize(batch) * (batch - 1)) >> 1)) << 3;
}

/**
 * For positions [from, to) of an order of rows, batch by batch: the mean distance between the teacher's features
 * (float32 [rows x width], width % 4 = 0), then the distances of pairs i < j. Students with the same order share them. weights: of the
 * rows, float64 (0: all 1).
 */
export function teacherRelations(
  features: usize, width: u32, order: usize, from: u32, to: u32, batch: u32, out: usize, weights: usize,
): void {
  for (let at = from; at < to; at += batch) {
    const rows = order + (usize(at) << 2);
    store<f64>(out, distances(features, rows, min<u32>(batch, to - at), width, out + 8, rows, weights));
    out += relationBytes(batch);
  }
}

/** Writes the gradient by the last hidden layer to hintDelta, and adds the regressor's gradient and the loss. */
export function hintGradient(net: Network, rows: usize, m: u32): void {
  if (net.teacherDistances) relationGradient(net, rows, m);
  else regressionGradient(net, rows, m);
}

function regressionGradient(net: Network, rows: usize, m: u32): void {
  const top = topActivation(net);
  const topWidth = topStride(net);
  const width = net.hintStride;
  const r = net.hintWork;
  multiply(top, topWidth, net.p + net.hintWeight, width, net.p + net.hintBias, false, r, width, m, width, topWidth);
  const share = net.hintScale / f64(net.hint);
  const bytes = usize(width) << 2;
  let squares = f64x2.splat(0);
  for (let i: u32 = 0; i < m; i++) {
    const row = load<u32>(rows + (usize(i) << 2));
    const weight = weightOf(net.hintWeights, row);
    const scale = f64x2.splat(weight);
    const slope = f32x4.splat(f32(weight * ((2.0 * share) / f64(m))));
    const t = net.hintFeatures + usize(row) * bytes;
    const here = r + usize(i) * bytes;
    for (let j: usize = 0; j < bytes; j += 16) {
      const d = f32x4.sub(v128.load(here + j), v128.load(t + j));
      squares = addSquares(squares, d, scale);
      v128.store(here + j, f32x4.mul(d, slope));
    }
  }
  net.lossSum += share * (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
  multiplyTransposed(top, topWidth, r, width, net.g + net.hintWeight, width, m, width, topWidth);
  sumRows(r, m, width, net.g + net.hintBias);
  multiplyByTransposed(r, width, net.p + net.hintWeight, width, net.hintDelta, topWidth, m, topWidth, width);
}

/** sums + scale times the squares of four floats, in float64: floats 0 and 2 are added to the first lane, 1 and 3 to the second. */
// @ts-ignore: decorator
@inline
function addSquares(sums: v128, d: v128, scale: v128): v128 {
  const low = f64x2.promote_low_f32x4(d);
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(d, d, 2, 3, 2, 3));
  return f64x2.add(f64x2.add(sums, f64x2.mul(scale, f64x2.mul(low, low))), f64x2.mul(scale, f64x2.mul(high, high)));
}

/**
 * Distances of pairs i < j of rows of a (rows = 0: the first m), float64. Returns their mean, by the products of the weights of the
 * rows in `order`; 1 where there is no pair of a weight above 0.
 */
function distances(a: usize, rows: usize, m: u32, width: u32, out: usize, order: usize, weights: usize): f64 {
  const bytes = usize(width) << 2;
  let sum: f64 = 0;
  let total: f64 = 0;
  let to = out;
  const one = f64x2.splat(1);
  for (let i: u32 = 0; i < m; i++) {
    const x = a + usize(rows ? load<u32>(rows + (usize(i) << 2)) : i) * bytes;
    for (let j = i + 1; j < m; j++) {
      const y = a + usize(rows ? load<u32>(rows + (usize(j) << 2)) : j) * bytes;
      let squares = f64x2.splat(0);
      for (let k: usize = 0; k < bytes; k += 16) {
        squares = addSquares(squares, f32x4.sub(v128.load(x + k), v128.load(y + k)), one);
      }
      const square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
      const distance = sqrt<f64>(max<f64>(square, MIN_SQUARED_DISTANCE));
      store<f64>(to, distance);
      const weight = pairWeight(weights, order, i, j);
      sum += weight * distance;
      total += weight;
      to += 8;
    }
  }
  return total > 0 ? sum / total : 1;
}

/** The weight of the pair of rows at positions i and j of an order. */
// @ts-ignore: decorator
@inline
function pairWeight(weights: usize, order: usize, i: u32, j: u32): f64 {
  return weights ? weightOf(weights, load<u32>(order + (usize(i) << 2))) * weightOf(weights, load<u32>(order + (usize(j) << 2))) : 1;
}

function relationGradient(net: Network, rows: usize, m: u32): void {
  const top = topActivation(net);
  const topWidth = topStride(net);
  const bytes = usize(topWidth) << 2;
  const own = net.hintWork;
  const other = net.teacherDistances + usize((net.position - net.sliceStart) / net.batch) * relationBytes(net.batch);
  const weights = net.hintWeights;
  const inverse = 1.0 / distances(top, 0, m, topWidth, own, rows, weights);
  const inverseOther = 1.0 / load<f64>(other);
  memory.fill(net.hintDelta, 0, usize(m) * bytes);
  if (m < 2) return;
  // as in the authors' program, the mean is over all m x m pairs: both orders of each, and the zeros of the diagonal
  const share = (2.0 * net.hintScale) / (f64(m) * f64(m));
  // the derivative includes that of the mean, since each distance also changes the mean that divides all of them
  let meanTerm: f64 = 0;
  let loss: f64 = 0;
  let total: f64 = 0;
  let pair: usize = 0;
  for (let i: u32 = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++, pair += 8) {
      const scaled = load<f64>(own + pair) * inverse;
      const e = scaled - load<f64>(other + 8 + pair) * inverseOther;
      // Huber's loss (delta = 1) and its derivative
      const slope = min<f64>(max<f64>(e, -1.0), 1.0);
      const weight = pairWeight(weights, rows, i, j);
      loss += weight * (slope * (e - 0.5 * slope));
      meanTerm += weight * (slope * scaled);
      total += weight;
    }
  }
  if (!(total > 0)) return;
  // lossSum is a sum over rows: the batch's mean times its rows
  net.lossSum += share * f64(m) * loss;
  meanTerm /= total;
  let at: usize = 0;
  for (let i: u32 = 0; i < m; i++) {
    const x = top + usize(i) * bytes;
    const to = net.hintDelta + usize(i) * bytes;
    for (let j = i + 1; j < m; j++, at += 8) {
      const distance = load<f64>(own + at);
      if (distance * distance <= MIN_SQUARED_DISTANCE) continue;
      const e = distance * inverse - load<f64>(other + 8 + at) * inverseOther;
      const slope = min<f64>(max<f64>(e, -1.0), 1.0);
      const weight = pairWeight(weights, rows, i, j);
      const s = f32x4.splat(f32((share * (weight * (slope - meanTerm)) * inverse) / distance));
      const y = top + usize(j) * bytes;
      const from = net.hintDelta + usize(j) * bytes;
      for (let k: usize = 0; k < bytes; k += 16) {
        const step = f32x4.mul(s, f32x4.sub(v128.load(x + k), v128.load(y + k)));
        v128.store(to + k, f32x4.add(v128.load(to + k), step));
        v128.store(from + k, f32x4.sub(v128.load(from + k), step));
      }
    }
  }
}
