// A multilayer perceptron with one output unit, from encoded rows to margins. Hidden layers are ReLU, tanh or
// GELU, with or without a residual connection around each but the first, and dropout in training.
// Hidden widths are padded to multiples of 8: padded weights start at zero and stay there, since their
// activations, and so their gradients, are zero. Weights are [inputs x outputs] row-major, then the bias.

import { RELU, TANH } from './activation';
import { alloc } from './arena';
import { seedWords, uniform } from './random';
import { STREAM_START } from './streams';

const MAX_LAYERS: u32 = 16;

@unmanaged
export class Layer {
  inputs: u32; // rows of the weight matrix that mean something
  outputs: u32;
  stride: u32; // padded outputs
  weight: usize; // byte offset into the parameter vector
  bias: usize;
  activation: usize; // [batch x stride]: what the next layer sees
  delta: usize; // derivative by the sums
  slope: usize; // derivative of the activation by the sums; 0 where it is plain ReLU
  carry: usize; // derivative by the activation, for the residual connection
}

@unmanaged
export class Network {
  layers: usize;
  hidden: u32;
  kind: u32; // of activation
  residual: bool;
  fused: bool; // plain ReLU: no slopes are kept
  features: u32;
  size: u32; // parameters, padding included
  p: usize;
  g: usize;
  m: usize;
  v: usize;
  // data
  data: usize;
  columns: usize;
  fields: u32;
  dense: bool;
  batch: u32;
  input: usize; // [batch x features], dense data only
  z: usize; // [batch]
  d: usize;
  // hints
  hinted: bool;
  hint: u32; // the teacher's features that a regressor predicts; 0: none
  hintStride: u32; // padded
  hintWeight: usize; // byte offsets of the regressor into the parameter vector
  hintBias: usize;
  hintFeatures: usize;
  hintScale: f64;
  hintDelta: usize; // [batch x stride of the last hidden layer]
  hintWork: usize;
  relations: usize; // distances between the teacher's features; 0: a hint by regression
  slice: u32; // of the first row that they are of, in the epoch
  // training
  dropLimit: u32; // 0: no dropout
  dropScale: f32;
  draw: usize;
  seedLow: u32;
  seedHigh: u32;
  epoch: u32;
  position: u32; // of the batch's first row in the epoch
  order: usize;
  labels: usize;
  target: usize;
  entropy: usize;
  weights: usize;
  marginLoss: bool;
  teacherLosses: usize;
  own: bool;
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
export function layerOf(net: Network, l: u32): Layer {
  return changetype<Layer>(net.layers + usize(l) * offsetof<Layer>());
}

/**
 * A network with hidden widths widths[0 .. hidden); 0 when memory is short.
 * @param kind of activation: RELU, TANH or GELU
 * @param residual every hidden layer but the first adds its input to its output; widths must be equal
 * @param dropout share of hidden units left out in training, below 1
 * @param hinted whether the last hidden layer gets a hint
 * @param hint how many features of the teacher a regressor is to predict from it; 0: no regressor
 */
export function createNetwork(
  features: u32, widths: usize, hidden: u32, kind: u32, residual: bool, dropout: f64, hinted: bool, hint: u32,
): usize {
  if (hidden >= MAX_LAYERS) return 0;
  const net = changetype<Network>(alloc(offsetof<Network>()));
  if (!changetype<usize>(net)) return 0;
  net.layers = alloc((hidden + 1) * u32(offsetof<Layer>()));
  net.hidden = hidden;
  net.kind = kind;
  net.residual = residual;
  net.dropLimit = u32(dropout * 4294967296.0);
  net.dropScale = f32(1.0 / (1.0 - dropout));
  net.hinted = hinted && hidden > 0;
  net.hint = net.hinted ? hint : 0;
  net.fused = kind == RELU && !residual && !net.dropLimit && !net.hinted;
  net.draw = alloc(16);
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
  if (net.hint) {
    net.hintStride = (hint + 7) & ~7;
    net.hintWeight = usize(floats << 2);
    floats += u64(layerOf(net, hidden - 1).stride) * net.hintStride;
    net.hintBias = usize(floats << 2);
    floats += net.hintStride;
    if (floats > 0x0fffffff) return 0;
  }
  net.size = u32(floats);
  net.p = alloc(net.size << 2);
  net.g = alloc(net.size << 2);
  net.m = alloc(net.size << 2);
  net.v = alloc(net.size << 2);
  return net.draw && net.p && net.g && net.m && net.v ? changetype<usize>(net) : 0;
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

/** He's uniform start, bound sqrt(6 / inputs); sqrt(3 / inputs) for tanh and for the output unit; zero for logistic regression. */
export function startNetwork(net: Network, seedLow: u32, seedHigh: u32): void {
  memory.fill(net.p, 0, usize(net.size) << 2);
  memory.fill(net.m, 0, usize(net.size) << 2);
  memory.fill(net.v, 0, usize(net.size) << 2);
  net.power1 = 1;
  net.power2 = 1;
  if (!net.hidden) return;
  for (let l: u32 = 0; l <= net.hidden; l++) {
    const layer = layerOf(net, l);
    const bound = sqrt<f64>((l < net.hidden && net.kind != TANH ? 6.0 : 3.0) / f64(layer.inputs));
    seedWords(seedLow, seedHigh, STREAM_START, l);
    drawWeights(net.p + layer.weight, layer.inputs, layer.outputs, layer.stride, bound);
  }
  if (!net.hint) return;
  const inputs = layerOf(net, net.hidden).inputs;
  seedWords(seedLow, seedHigh, STREAM_START, net.hidden + 1);
  drawWeights(net.p + net.hintWeight, inputs, net.hint, net.hintStride, sqrt<f64>(3.0 / f64(inputs)));
}

/** Uniform weights within +-bound, row by row. */
function drawWeights(to: usize, inputs: u32, outputs: u32, stride: u32, bound: f64): void {
  for (let i: u32 = 0; i < inputs; i++) {
    const row = to + (usize(i * stride) << 2);
    for (let j: u32 = 0; j < outputs; j++) store<f32>(row + (usize(j) << 2), f32((uniform() * 2 - 1) * bound));
  }
}
