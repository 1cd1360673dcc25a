// A network's gradient and its training loop. Gradients sum over the rows in their order.

import { addInto, maskRelu, multiplyInto, outer, outerRelu, sumRows } from './activation';
import { forward } from './forward';
import { multiplyByTransposed, multiplyTransposed } from './gemm';
import { hintGradient } from './hint';
import { distillationGradient } from './loss';
import { layerOf, Network } from './network';
import { adamw, sgd } from './optimizer';
import { shuffle } from './random';
import { scatterAdd, scatterVector } from './fields';
import { STREAM_ORDER } from './streams';
import { Trunk, trunkGradient } from './trunk';

/** Backpropagation: net.g = the gradient of the sum over the batch of d[i] z[i], with d in net.d; after forward on the same rows. */
function backward(net: Network, rows: usize, m: u32): void {
  const g = net.g;
  const p = net.p;
  memory.fill(g, 0, usize(net.size) << 2);
  const last = layerOf(net, net.hidden);
  let sum: f32 = 0;
  for (let i: u32 = 0; i < m; i++) sum += load<f32>(net.d + (usize(i) << 2));
  store<f32>(g + last.bias, sum);
  if (!net.hidden) {
    if (net.dense) addWeightedRows(net.input, net.d, g + last.weight, m, net.features);
    else scatterVector(net.data, rows, net.fields, net.columns, net.d, g + last.weight, m);
    if (!net.trunk) return;
    outer(net.d, p + last.weight, net.inputDelta, m, net.features);
    if (net.hinted) {
      hintGradient(net, rows, m);
      addInto(net.inputDelta, net.hintDelta, m * net.features);
    }
    trunkGradient(changetype<Trunk>(net.trunk), p, g, m, net.inputDelta, net.features);
    return;
  }
  const top = layerOf(net, net.hidden - 1);
  addWeightedRows(top.activation, net.d, g + last.weight, m, top.stride);
  if (net.fused) outerRelu(net.d, p + last.weight, top.activation, top.delta, m, top.stride);
  else outer(net.d, p + last.weight, top.delta, m, top.stride);
  if (net.hinted) {
    hintGradient(net, rows, m);
    addInto(top.delta, net.hintDelta, m * top.stride);
  }
  for (let l = net.hidden - 1; ; l--) {
    const layer = layerOf(net, l);
    if (!net.fused) {
      if (net.residual && l > 0) memory.copy(layer.residualDelta, layer.delta, usize(m * layer.stride) << 2);
      multiplyInto(layer.delta, layer.slope, m * layer.stride);
    }
    sumRows(layer.delta, m, layer.stride, g + layer.bias);
    if (l == 0) {
      const w = g + layer.weight;
      if (net.dense) multiplyTransposed(net.input, net.features, layer.delta, layer.stride, w, layer.stride, m, layer.stride, net.features);
      else scatterAdd(net.data, rows, net.fields, net.columns, layer.delta, layer.stride, w, m);
      if (!net.trunk) return;
      const width = net.features;
      multiplyByTransposed(layer.delta, layer.stride, p + layer.weight, layer.stride, net.inputDelta, width, m, width, layer.stride);
      trunkGradient(changetype<Trunk>(net.trunk), p, g, m, net.inputDelta, width);
      return;
    }
    const below = layerOf(net, l - 1);
    multiplyTransposed(below.activation, below.stride, layer.delta, layer.stride, g + layer.weight, layer.stride, m, layer.stride, below.stride);
    multiplyByTransposed(layer.delta, layer.stride, p + layer.weight, layer.stride, below.delta, below.stride, m, below.stride, layer.stride);
    if (net.fused) maskRelu(below.delta, below.activation, m * below.stride);
    else if (net.residual) addInto(below.delta, layer.residualDelta, m * below.stride);
  }
}

/** c[k] += sum over the m rows of d[i] a[i, k], in the order of the rows. */
function addWeightedRows(a: usize, d: usize, c: usize, m: u32, k: u32): void {
  const whole = k & ~3;
  for (let i: u32 = 0; i < m; i++) {
    const s = load<f32>(d + (usize(i) << 2));
    const wide = f32x4.splat(s);
    let j: u32 = 0;
    for (; j < whole; j += 4) {
      const to = c + (usize(j) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(wide, v128.load(a + (usize(j) << 2)))));
    }
    for (; j < k; j++) {
      const to = c + (usize(j) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(a + (usize(j) << 2)) * s);
    }
    a += usize(k) << 2;
  }
}

/** What to train on: the epoch's order of rows, labels int8, targets and their entropy (softenTargets), weights (0: all 1). */
export function bindTargets(
  net: Network, order: usize, labels: usize, target: usize, entropy: usize, weights: usize,
  alpha: f64, temperature: f64, rate: f64, decay: f64,
): void {
  net.order = order;
  net.labels = labels;
  net.target = target;
  net.entropy = entropy;
  net.weights = weights;
  net.alpha = alpha;
  net.temperature = temperature;
  net.rate = rate;
  net.decay = decay;
}

/**
 * Variants of the loss (loss.ts). marginLoss: squared differences of margins, `target` holds margins. teacherLosses: float64, the
 * teacher's cross-entropy on each row's label, for weighted soft labels (0: none). customLoss: the caller's loss, `target` holds margins.
 */
export function setLoss(net: Network, marginLoss: bool, teacherLosses: usize, customLoss: bool): void {
  net.marginLoss = marginLoss;
  net.teacherLosses = teacherLosses;
  net.customLoss = customLoss;
}

/** The optimizer of the steps from now on: AdamW, or SGD with momentum. startNetwork and bindTargets do not change it. */
export function setOptimizer(net: Network, useSgd: bool, momentum: f64, rate: f64): void {
  net.sgd = useSgd;
  net.momentum = momentum;
  net.rate = rate;
}

/** Draws the order in which an epoch visits the rows. */
export function drawOrder(order: usize, rows: u32, seedLow: u32, seedHigh: u32, epoch: u32): void {
  shuffle(order, rows, seedLow, seedHigh, STREAM_ORDER, epoch);
}

/** Changes only the order of rows; the other arguments of bindTargets stay. */
export function setOrder(net: Network, order: usize): void {
  net.order = order;
}

/** Bytes of a trunk's running statistics. */
// @ts-ignore: decorator
@inline
function statisticsBytes(net: Network): usize {
  return net.trunk ? usize(changetype<Trunk>(net.trunk).statisticsSize) << 2 : 0;
}

/** Bytes that saveState writes. */
export function stateBytes(net: Network): u32 {
  return 16 + 12 * net.size + u32(statisticsBytes(net));
}

/** Writes the state from which training can resume after an epoch: beta1^t and beta2^t, parameters, both moments, a trunk's statistics. */
export function saveState(net: Network, out: usize): void {
  const bytes = usize(net.size) << 2;
  store<f64>(out, net.beta1Power);
  store<f64>(out, net.beta2Power, 8);
  memory.copy(out + 16, net.p, bytes);
  memory.copy(out + 16 + bytes, net.m, bytes);
  memory.copy(out + 16 + 2 * bytes, net.v, bytes);
  if (net.trunk) memory.copy(out + 16 + 3 * bytes, changetype<Trunk>(net.trunk).statistics, statisticsBytes(net));
}

/** Reads what saveState wrote for a network of the same shape. */
export function loadState(net: Network, from: usize): void {
  const bytes = usize(net.size) << 2;
  net.beta1Power = load<f64>(from);
  net.beta2Power = load<f64>(from, 8);
  memory.copy(net.p, from + 16, bytes);
  memory.copy(net.m, from + 16 + bytes, bytes);
  memory.copy(net.v, from + 16 + 2 * bytes, bytes);
  if (net.trunk) memory.copy(changetype<Trunk>(net.trunk).statistics, from + 16 + 3 * bytes, statisticsBytes(net));
}

/** Begins an epoch: the sum of losses is 0. The caller draws the order, once for all networks that share it. */
export function beginEpoch(net: Network, seedLow: u32, seedHigh: u32, epoch: u32): void {
  net.seedLow = seedLow;
  net.seedHigh = seedHigh;
  net.epoch = epoch;
  net.position = 0;
  net.lossSum = 0;
}

/** The caller's loss of a batch: like distillationGradient, it writes derivatives and returns the sum of the losses. */
// @ts-ignore: decorator
@external('loss', 'own')
declare function callCustomLoss(
  net: usize, z: usize, rows: usize, m: u32, labels: usize, target: usize, weights: usize, scale: f64, d: usize,
): f64;

/** The loss of m rows is added to lossSum; net.g = the gradient of its mean. */
export function lossGradient(net: Network, rows: usize, m: u32): void {
  forward(net, rows, m, true);
  net.lossSum += net.customLoss
    ? callCustomLoss(changetype<usize>(net), net.z, rows, m, net.labels, net.target, net.weights, 1.0 / f64(m), net.d)
    : distillationGradient(
        net.z, rows, m, net.labels, net.target, net.entropy, net.weights, net.teacherLosses, net.marginLoss, net.alpha,
        net.temperature, 1.0 / f64(m), net.d,
      );
  backward(net, rows, m);
}

/** Trains on positions [from, to) of the epoch's order, batch by batch. `from` is a multiple of the batch size. */
export function trainRows(net: Network, from: u32, to: u32): void {
  net.sliceStart = from;
  for (let at = from; at < to; at += net.batch) {
    net.position = at;
    lossGradient(net, net.order + (usize(at) << 2), min<u32>(net.batch, to - at));
    if (net.sgd) {
      sgd(net.p, net.g, net.m, net.size, net.rate, net.momentum, net.decay);
      continue;
    }
    net.beta1Power *= 0.9;
    net.beta2Power *= 0.999;
    adamw(net.p, net.g, net.m, net.v, net.size, net.rate, 0.9, 0.999, 1e-8, net.decay, net.beta1Power, net.beta2Power);
  }
}
