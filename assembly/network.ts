// A multilayer perceptron with one output unit. Hidden layers have ReLU, tanh or GELU, optionally a residual connection around each but
// the first, and dropout in training. Hidden widths are padded to multiples of 8. Padded weights start at zero and stay zero, since the
// activations of padded units, and so their gradients, are zero. Weights are [inputs x outputs], row-major, then the biases.

import { RELU, TANH } from './activation';
import { alloc } from './arena';
import { seedWords, uniform } from './random';
import { DEPTHWISE, windowInputs, windowRows } from './stage';
import { STREAM_START } from './streams';
import { imagesOf, stageOf, Trunk } from './trunk';

const MAX_LAYERS: u32 = 16;

@unmanaged
export class Layer {
  inputs: u32; // without padding
  outputs: u32;
  stride: u32; // outputs with padding
  weight: usize; // byte offsets in the parameter vector
  bias: usize;
  activation: usize; // [batch x stride], the next layer's input
  delta: usize; // the loss's derivative by the activation, then by the pre-activation
  slope: usize; // the activation's derivative by the pre-activation; 0: plain ReLU, not stored
  residualDelta: usize; // copy of delta for the residual connection
}

@unmanaged
export class Network {
  layers: usize;
  hidden: u32;
  kind: u32; // of the activation
  residual: bool;
  fused: bool; // plain ReLU in the products: no slopes are stored
  features: u32;
  size: u32; // parameters, padding included
  p: usize; // parameters
  g: usize; // their gradient
  m: usize; // first moment of Adam, or momentum
  v: usize; // second moment of Adam
  // images
  trunk: usize; // of Trunk; 0: none
  imageField: u32; // the field of a row's image
  imageOffset: u32; // the encoded columns of its pixels
  imageWidth: u32;
  inputDelta: usize; // [batch x features]
  // data
  data: usize;
  columns: usize;
  fields: u32;
  dense: bool;
  batch: u32;
  input: usize; // [batch x features], dense data only
  z: usize; // margins [batch]
  d: usize; // the loss's derivative by them
  // hints
  hinted: bool;
  hint: u32; // features of the teacher that a regressor predicts; 0: no regressor
  hintStride: u32; // with padding
  hintWeight: usize; // byte offsets of the regressor in the parameter vector
  hintBias: usize;
  hintFeatures: usize;
  hintScale: f64;
  hintDelta: usize; // [batch x stride of the last hidden layer]
  hintWork: usize;
  teacherDistances: usize; // distances between the teacher's features; 0: a hint by regression
  hintWeights: usize; // weights of the rows, float64; 0: all 1
  sliceStart: u32; // position in the epoch of the first row of these distances
  // training
  dropLimit: u32; // a random word below it drops a unit; 0: no dropout
  dropScale: f32;
  dropWords: usize; // scratch of dropUnits
  seedLow: u32;
  seedHigh: u32;
  epoch: u32;
  position: u32; // of the batch in the epoch
  order: usize;
  labels: usize;
  target: usize;
  entropy: usize;
  weights: usize;
  marginLoss: bool;
  teacherLosses: usize;
  customLoss: bool; // the caller's loss
  alpha: f64;
  temperature: f64;
  sgd: bool;
  momentum: f64;
  rate: f64;
  decay: f64;
  beta1Power: f64; // beta1^t and beta2^t of Adam
  beta2Power: f64;
  lossSum: f64;
}

// @ts-ignore: decorator
@inline
export function layerOf(net: Network, l: u32): Layer {
  return changetype<Layer>(net.layers + usize(l) * offsetof<Layer>());
}

/**
 * Creates a network with hidden widths widths[0 .. hidden). Returns 0 when memory is short.
 * @param kind of activation: RELU, TANH or GELU
 * @param residual every hidden layer but the first adds its input to its output; all widths are equal
 * @param dropout share of hidden units dropped in training, below 1
 * @param hinted whether the last hidden layer gets a hint
 * @param hint how many features of the teacher a regressor predicts from it; 0: no regressor
 * @param trunk convolutional trunk, whose outputs come first among the features; 0: none. The hint of a network without hidden layers is
 * then on its features
 */
export function createNetwork(
  features: u32, widths: usize, hidden: u32, kind: u32, residual: bool, dropout: f64, hinted: bool, hint: u32,
  trunk: usize,
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
  net.hinted = hinted && (hidden > 0 || trunk != 0);
  net.hint = net.hinted ? hint : 0;
  net.fused = kind == RELU && !residual && !net.dropLimit && !net.hinted;
  net.dropWords = alloc(16);
  net.trunk = trunk;
  let inputs = features;
  // the gradient by the features is made of whole vectors
  if (trunk) features = (features + 7) & ~7;
  net.features = features;
  let rows = features;
  let floats: u64 = trunk ? changetype<Trunk>(trunk).floats : 0;
  floats = (floats + 3) & ~3;
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
    floats += u64(hidden ? layerOf(net, hidden - 1).stride : features) * net.hintStride;
    net.hintBias = usize(floats << 2);
    floats += net.hintStride;
    if (floats > 0x0fffffff) return 0;
  }
  net.size = u32(floats);
  net.p = alloc(net.size << 2);
  net.g = alloc(net.size << 2);
  net.m = alloc(net.size << 2);
  net.v = alloc(net.size << 2);
  return net.dropWords && net.p && net.g && net.m && net.v ? changetype<usize>(net) : 0;
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

/**
 * Sets the initial parameters: weights uniform within +-sqrt(6 / inputs) (He et al. 2015), for tanh and the output unit within
 * +-sqrt(3 / inputs) (LeCun et al. 1998), biases 0; all 0 for logistic regression.
 */
export function startNetwork(net: Network, seedLow: u32, seedHigh: u32): void {
  memory.fill(net.p, 0, usize(net.size) << 2);
  memory.fill(net.m, 0, usize(net.size) << 2);
  memory.fill(net.v, 0, usize(net.size) << 2);
  net.beta1Power = 1;
  net.beta2Power = 1;
  if (net.trunk) startTrunk(net, seedLow, seedHigh);
  else if (!net.hidden) return;
  for (let l: u32 = 0; l <= net.hidden; l++) {
    const layer = layerOf(net, l);
    const bound = sqrt<f64>((l < net.hidden && net.kind != TANH ? 6.0 : 3.0) / f64(layer.inputs));
    seedWords(seedLow, seedHigh, STREAM_START, l);
    uniformWeights(net.p + layer.weight, layer.inputs, layer.outputs, layer.stride, bound);
  }
  if (!net.hint) return;
  const inputs = layerOf(net, net.hidden).inputs;
  seedWords(seedLow, seedHigh, STREAM_START, net.hidden + 1);
  uniformWeights(net.p + net.hintWeight, inputs, net.hint, net.hintStride, sqrt<f64>(3.0 / f64(inputs)));
}

/** Starts the trunk: weights like those of ReLU layers, scales 1, shifts 0, running means 0 and variances 1. */
function startTrunk(net: Network, seedLow: u32, seedHigh: u32): void {
  const trunk = changetype<Trunk>(net.trunk);
  for (let l: u32 = 0; l < trunk.count; l++) {
    const s = stageOf(trunk, l);
    const bound = sqrt<f64>(6.0 / f64(windowInputs(s)));
    seedWords(seedLow, seedHigh, STREAM_START, 64 + l);
    const perPlace = s.kind == DEPTHWISE ? 1 : s.channels;
    const rows = s.kind == DEPTHWISE ? 1 : s.channelStride;
    for (let place: u32 = 0; place < windowRows(s) / rows; place++) {
      uniformWeights(net.p + s.weight + ((usize(place) * rows * s.stride) << 2), perPlace, s.outputs, s.stride, bound);
    }
    const statistics = trunk.statistics + s.running;
    memory.fill(statistics, 0, usize(s.stride) << 3);
    for (let j: u32 = 0; j < s.outputs; j++) {
      const at = usize(j) << 2;
      store<f32>(net.p + s.bias + at, 1);
      store<f32>(statistics + (usize(s.stride) << 2) + at, 1);
    }
  }
}

/** The byte offset of a stage's weights, and of its biases or scales and shifts, in the parameter vector; outputs with padding. */
export function stageWeight(net: Network, l: u32): usize {
  return stageOf(changetype<Trunk>(net.trunk), l).weight;
}
export function stageBias(net: Network, l: u32): usize {
  return stageOf(changetype<Trunk>(net.trunk), l).bias;
}
export function stageStride(net: Network, l: u32): u32 {
  return stageOf(changetype<Trunk>(net.trunk), l).stride;
}
/** The address of a stage's running means and variances, float32 [2 x stride]. */
export function stageStatistics(net: Network, l: u32): usize {
  const trunk = changetype<Trunk>(net.trunk);
  return trunk.statistics + stageOf(trunk, l).running;
}

/**
 * Gives a network with a trunk its images. After bindRows.
 * @param pixels uint8 [images x height x width x channels]; field `field` of a row has the number of its image
 * @param table the value of each byte by channel, float32 [channels x 256]
 * @param offset the first encoded column of the pixels
 * @param columns how many encoded columns they are
 */
export function bindImages(net: Network, pixels: usize, table: usize, field: u32, offset: u32, columns: u32): void {
  const images = imagesOf(changetype<Trunk>(net.trunk));
  images.pixels = pixels;
  images.table = table;
  net.imageField = field;
  net.imageOffset = offset;
  net.imageWidth = columns;
}

/** How training changes images: flags (augment.ts), most pixels of a shift, largest change of the brightness. */
export function setChanges(net: Network, flags: u32, shift: u32, brightness: f64): void {
  const images = imagesOf(changetype<Trunk>(net.trunk));
  images.changes = flags;
  images.shift = shift;
  images.brightness = f32(brightness);
}

/** Draws weights uniform within +-bound, row by row. */
function uniformWeights(to: usize, inputs: u32, outputs: u32, stride: u32, bound: f64): void {
  for (let i: u32 = 0; i < inputs; i++) {
    const row = to + (usize(i * stride) << 2);
    for (let j: u32 = 0; j < outputs; j++) store<f32>(row + (usize(j) << 2), f32((uniform() * 2 - 1) * bound));
  }
}
