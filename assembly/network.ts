// A multilayer perceptron with ReLU hidden layers and one output unit, its gradient and its training loop.
// Hidden widths are padded to multiples of 8: padded weights start at zero and stay there, since their
// activations, and so their gradients, are zero. Weights are [inputs x outputs] row-major, then the bias.

import { alloc } from './arena';
import { maskRelu, outerRelu, sumRows } from './activation';
import { multiply, multiplyTransposed, multiplyVector, transpose } from './gemm';
import { distillationGradient } from './loss';
import { adamw, sgd } from './optimizer';
import { seedWords, shuffle, uniform } from './random';
import { gatherMultiply, gatherVector, scatterAdd, scatterVector } from './slots';

const STREAM_START: u32 = 1;
const STREAM_ORDER: u32 = 2;
const MAX_LAYERS: u32 = 16;

@unmanaged
class Layer {
  inputs: u32; // rows of the weight matrix that mean something
  outputs: u32;
  stride: u32; // padded outputs
  weight: usize; // byte offset into the parameter vector
  bias: usize;
  activation: usize; // [batch x stride]
  delta: usize;
}

@unmanaged
class Network {
  layers: usize;
  hidden: u32;
  features: u32;
  size: u32; // parameters, padding included
  p: usize;
  g: usize;
  m: usize;
  v: usize;
  // data
  words: usize;
  columns: usize;
  slots: u32;
  dense: bool;
  batch: u32;
  input: usize; // [batch x features], dense data only
  turned: usize; // a weight matrix, transposed
  z: usize; // [batch]
  d: usize;
  // training
  rows: u32;
  order: usize;
  labels: usize;
  target: usize;
  entropy: usize;
  weights: usize;
  alpha: f64;
  temperature: f64;
  sgd: bool;
  momentum: f64;
  rate: f64;
  decay: f64;
  power1: f64;
  power2: f64;
  lossSum: f64;
}

// @ts-ignore: decorator
@inline
function layerOf(net: Network, l: u32): Layer {
  return changetype<Layer>(net.layers + usize(l) * offsetof<Layer>());
}

/** A network with hidden widths widths[0 .. hidden); 0 when memory is short. */
export function createNetwork(features: u32, widths: usize, hidden: u32): usize {
  if (hidden >= MAX_LAYERS) return 0;
  const net = changetype<Network>(alloc(offsetof<Network>()));
  if (!changetype<usize>(net)) return 0;
  net.layers = alloc((hidden + 1) * u32(offsetof<Layer>()));
  net.hidden = hidden;
  net.features = features;
  let inputs = features;
  let rows = features;
  let floats: u64 = 0;
  for (let l: u32 = 0; l <= hidden; l++) {
    const layer = layerOf(net, l);
    layer.inputs = inputs;
    layer.outputs = l < hidden ? load<u32>(widths + (usize(l) << 2)) : 1;
    layer.stride = l < hidden ? (layer.outputs + 7) & ~7 : 1;
    layer.weight = usize(floats << 2);
    floats += (u64(rows) * layer.stride + 3) & ~3;
    layer.bias = usize(floats << 2);
    floats += (layer.stride + 3) & ~3;
    inputs = layer.outputs;
    rows = layer.stride;
    if (floats > 0x0fffffff) return 0;
  }
  net.size = u32(floats);
  net.p = alloc(net.size << 2);
  net.g = alloc(net.size << 2);
  net.m = alloc(net.size << 2);
  net.v = alloc(net.size << 2);
  return net.p && net.g && net.m && net.v ? changetype<usize>(net) : 0;
}

export function networkSize(net: Network): u32 {
  return net.size;
}
export function networkParameters(net: Network): usize {
  return net.p;
}
export function networkGradient(net: Network): usize {
  return net.g;
}
export function networkMargins(net: Network): usize {
  return net.z;
}
export function networkLoss(net: Network): f64 {
  return net.lossSum;
}
export function layerWeight(net: Network, l: u32): usize {
  return layerOf(net, l).weight;
}
export function layerBias(net: Network, l: u32): usize {
  return layerOf(net, l).bias;
}
export function layerStride(net: Network, l: u32): u32 {
  return layerOf(net, l).stride;
}

/** He's uniform start, bound sqrt(6 / inputs); sqrt(3 / inputs) for the output unit; zero for logistic regression. */
export function startNetwork(net: Network, seedLow: u32, seedHigh: u32): void {
  memory.fill(net.p, 0, usize(net.size) << 2);
  memory.fill(net.m, 0, usize(net.size) << 2);
  memory.fill(net.v, 0, usize(net.size) << 2);
  net.power1 = 1;
  net.power2 = 1;
  if (!net.hidden) return;
  for (let l: u32 = 0; l <= net.hidden; l++) {
    const layer = layerOf(net, l);
    const bound = sqrt<f64>((l < net.hidden ? 6.0 : 3.0) / f64(layer.inputs));
    seedWords(seedLow, seedHigh, STREAM_START, l);
    for (let i: u32 = 0; i < layer.inputs; i++) {
      const row = net.p + layer.weight + (usize(i * layer.stride) << 2);
      for (let j: u32 = 0; j < layer.outputs; j++) {
        store<f32>(row + (usize(j) << 2), f32((uniform() * 2 - 1) * bound));
      }
    }
  }
}

/** Gives the network its rows, in slots; dense: slot s is column s. False when memory is short. */
export function bindRows(net: Network, words: usize, slots: u32, columns: usize, dense: bool, batch: u32): bool {
  net.words = words;
  net.slots = slots;
  net.columns = columns;
  net.dense = dense;
  net.batch = batch;
  let ok = true;
  let widest: u64 = 0;
  for (let l: u32 = 0; l < net.hidden; l++) {
    const layer = layerOf(net, l);
    layer.activation = alloc((batch * layer.stride) << 2);
    layer.delta = alloc((batch * layer.stride) << 2);
    ok = ok && layer.activation != 0 && layer.delta != 0;
    if (l > 0) widest = max<u64>(widest, u64(layerOf(net, l - 1).stride) * layer.stride);
  }
  net.input = dense ? alloc((batch * net.features) << 2) : 0;
  net.turned = alloc(u32(widest << 2));
  net.z = alloc(batch << 2);
  net.d = alloc(batch << 2);
  return ok && (!dense || net.input != 0) && net.turned != 0 && net.z != 0 && net.d != 0;
}

/** Margins of m <= batch rows into net.z; rows holds row numbers. */
export function forward(net: Network, rows: usize, m: u32): void {
  const p = net.p;
  let at = net.input;
  let lda = net.features;
  if (net.dense) {
    const bytes = usize(net.features) << 2;
    for (let i: u32 = 0; i < m; i++) {
      const row = usize(load<u32>(rows + (usize(i) << 2)));
      memory.copy(net.input + usize(i) * bytes, net.words + row * bytes, bytes);
    }
  }
  for (let l: u32 = 0; l < net.hidden; l++) {
    const layer = layerOf(net, l);
    const w = p + layer.weight;
    const bias = p + layer.bias;
    if (l == 0 && !net.dense) {
      gatherMultiply(net.words, rows, net.slots, net.columns, w, layer.stride, bias, true, layer.activation, m);
    } else {
      multiply(at, lda, w, layer.stride, bias, true, layer.activation, layer.stride, m, layer.stride, lda);
    }
    at = layer.activation;
    lda = layer.stride;
  }
  const last = layerOf(net, net.hidden);
  const bias = load<f32>(p + last.bias);
  if (net.hidden || net.dense) multiplyVector(at, lda, p + last.weight, bias, net.z, m, lda);
  else gatherVector(net.words, rows, net.slots, net.columns, p + last.weight, bias, net.z, m);
}

/** net.g = gradient of sum over the batch of d[i] z[i], d given in net.d; after forward on the same rows. */
export function backward(net: Network, rows: usize, m: u32): void {
  const g = net.g;
  const p = net.p;
  memory.fill(g, 0, usize(net.size) << 2);
  const last = layerOf(net, net.hidden);
  let sum: f32 = 0;
  for (let i: u32 = 0; i < m; i++) sum += load<f32>(net.d + (usize(i) << 2));
  store<f32>(g + last.bias, sum);
  if (!net.hidden) {
    if (net.dense) scatterDense(net.input, net.d, g + last.weight, m, net.features);
    else scatterVector(net.words, rows, net.slots, net.columns, net.d, g + last.weight, m);
    return;
  }
  const top = layerOf(net, net.hidden - 1);
  scatterDense(top.activation, net.d, g + last.weight, m, top.stride);
  outerRelu(net.d, p + last.weight, top.activation, top.delta, m, top.stride);
  for (let l = net.hidden - 1; ; l--) {
    const layer = layerOf(net, l);
    sumRows(layer.delta, m, layer.stride, g + layer.bias);
    if (l == 0) {
      const w = g + layer.weight;
      if (net.dense) multiplyTransposed(net.input, net.features, layer.delta, layer.stride, w, layer.stride, m, layer.stride, net.features);
      else scatterAdd(net.words, rows, net.slots, net.columns, layer.delta, layer.stride, w, m);
      return;
    }
    const below = layerOf(net, l - 1);
    multiplyTransposed(below.activation, below.stride, layer.delta, layer.stride, g + layer.weight, layer.stride, m, layer.stride, below.stride);
    transpose(p + layer.weight, layer.stride, net.turned, below.stride, below.stride, layer.stride);
    multiply(layer.delta, layer.stride, net.turned, below.stride, 0, false, below.delta, below.stride, m, below.stride, layer.stride);
    maskRelu(below.delta, below.activation, m * below.stride);
  }
}

/** c[k] += sum over rows of d[i] a[i, k], rows in order. */
function scatterDense(a: usize, d: usize, c: usize, m: u32, k: u32): void {
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

/** What to train on: `rows` rows, labels int8, tempered targets and their entropy, weights (0: none). */
export function bindTargets(
  net: Network, rows: u32, order: usize, labels: usize, target: usize, entropy: usize, weights: usize,
  alpha: f64, temperature: f64, rate: f64, decay: f64,
): void {
  net.rows = rows;
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

/** How the steps from now on are made: AdamW, or SGD with momentum. startNetwork and bindTargets leave it as it is. */
export function setOptimizer(net: Network, useSgd: bool, momentum: f64, rate: f64): void {
  net.sgd = useSgd;
  net.momentum = momentum;
  net.rate = rate;
}

/** Draws the order of an epoch and sets the sum of losses to 0. */
export function beginEpoch(net: Network, seedLow: u32, seedHigh: u32, epoch: u32): void {
  shuffle(net.order, net.rows, seedLow, seedHigh, STREAM_ORDER, epoch);
  net.lossSum = 0;
}

/** Loss and gradient of m rows; the mean over the batch is what is differentiated. */
export function lossGradient(net: Network, rows: usize, m: u32): void {
  forward(net, rows, m);
  net.lossSum += distillationGradient(
    net.z, rows, m, net.labels, net.target, net.entropy, net.weights, net.alpha, net.temperature, 1.0 / f64(m), net.d,
  );
  backward(net, rows, m);
}

/** Trains on positions [from, to) of the epoch's order, a batch at a time. `from` is a multiple of the batch. */
export function trainRows(net: Network, from: u32, to: u32): void {
  for (let at = from; at < to; at += net.batch) {
    lossGradient(net, net.order + (usize(at) << 2), min<u32>(net.batch, to - at));
    if (net.sgd) {
      sgd(net.p, net.g, net.m, net.size, net.rate, net.momentum, net.decay);
      continue;
    }
    net.power1 *= 0.9;
    net.power2 *= 0.999;
    adamw(net.p, net.g, net.m, net.v, net.size, net.rate, 0.9, 0.999, 1e-8, net.decay, net.power1, net.power2);
  }
}

/** z[i] = margin of row rows[i], for n rows; float32. */
export function predictRows(net: Network, rows: usize, n: u32, out: usize): void {
  for (let at: u32 = 0; at < n; at += net.batch) {
    const m = min<u32>(net.batch, n - at);
    forward(net, rows + (usize(at) << 2), m);
    memory.copy(out + (usize(at) << 2), net.z, usize(m) << 2);
  }
}
