// The WebAssembly module of one exported student of images: student.ts with a convolutional trunk before the network. Sums have the order
// of the training kernels, so probabilities have the same bits.
//
// At HEADER, uint32: stages, height, width and channels of the image, the image's first encoded column, its other columns, layers,
// activation, residual, form (0 float32, 1 float16, 2 int8); for each stage: kind, kernel, step, outputs, residual; widths
// [layers + 1], of which the first is the number of features. Then, without gaps, the weights of each stage [windows x outputs] and of
// each layer [inputs x outputs] in that form, as in student.ts. After these, from the next multiple of 64, the memory that open() fills.

import { activate, addInto } from './activation';
import { addBias } from './batch-norm';
import { convolve, convolveChannels } from './convolution';
import { sigmoid } from './math';
import { poolImages } from './pool';
import {
  borderOf, DEPTHWISE, imageBytes, outImageBytes, pixelBytes, rowBytes, Stage, windowInputs, windowRows,
} from './stage';

const HEADER: usize = 1024;
const FORM: usize = HEADER + 36;
const SHAPE: usize = HEADER + 40;

let stages: usize = 0;
let image: usize = 0; // the image's values, float32 [height x width x channels]
let columns: usize = 0; // uint32 [others]: the nonzero encoded columns of a row other than the image, ascending
let values: usize = 0; // float32 [others]: their values
let features: usize = 0; // float32 [features]: the trunk's outputs, then the other columns
let network: usize = 0; // the layers' weights and biases in float32, as rows of padded width
let hidden: usize = 0; // outputs of two layers, each of the widest padded width
let widest: usize = 0; // bytes of one
let from: usize = 0; // the next packed number
let free: usize = 0; // the first address without content

// @ts-ignore: decorator
@inline
function word(index: u32): u32 {
  return load<u32>(HEADER + (usize(index) << 2));
}

// @ts-ignore: decorator
@inline
function widthOf(layer: u32): u32 {
  return load<u32>(SHAPE + (usize(5 * word(0) + layer) << 2));
}

// @ts-ignore: decorator
@inline
function stageOf(index: u32): Stage {
  return changetype<Stage>(stages + usize(index) * offsetof<Stage>());
}

/** Memory, aligned; it is 0. */
function take(bytes: usize): usize {
  const at = (free + 63) & ~63;
  free = at + bytes;
  return at;
}

/** The value of IEEE 754 binary16 bits. The exporter writes no infinities. */
function float16(bits: u32): f32 {
  const sign = (bits & 0x8000) << 16;
  const magnitude = bits & 0x7fff;
  if (magnitude < 0x400) {
    const v = f32(magnitude) * 5.9604644775390625e-8; // 2^-24, exact
    return sign ? -v : v;
  }
  return reinterpret<f32>(sign | ((magnitude << 13) + 0x38000000));
}

// @ts-ignore: decorator
@inline
function bytesOf(form: u32): usize {
  return form == 0 ? 4 : form == 1 ? 2 : 1;
}

/** Bytes of a packed product: its weights, scales and biases. */
function packedBytes(inputs: u32, outputs: u32): usize {
  const form = load<u32>(FORM);
  return usize(inputs) * outputs * bytesOf(form) + usize(outputs) * (form == 1 ? 2 : 4); // int8: two float16
}

/**
 * Unpacks a product's weights to rows `step` bytes apart, and its biases to `biases`. Every `group` rows, as many rows are left out as
 * `padded` is more.
 */
function unpack(inputs: u32, outputs: u32, to: usize, step: usize, group: u32, padded: u32, biases: usize): void {
  const form = load<u32>(FORM);
  const scales = from + usize(inputs) * outputs; // of int8
  for (let k: u32 = 0; k < inputs; k++) {
    if (k > 0 && k % group == 0) to += usize(padded - group) * step;
    for (let j: u32 = 0; j < outputs; j++) {
      let w: f32;
      if (form == 0) w = load<f32>(from);
      else if (form == 1) w = float16(load<u16>(from));
      else w = float16(load<u16>(scales + (usize(j) << 1))) * f32(load<i8>(from));
      from += bytesOf(form);
      store<f32>(to + (usize(j) << 2), w);
    }
    to += step;
  }
  if (form == 2) from += usize(outputs) << 1;
  for (let j: u32 = 0; j < outputs; j++) {
    store<f32>(biases + (usize(j) << 2), form == 0 ? load<f32>(from) : float16(load<u16>(from)));
    from += form == 0 ? 4 : 2;
  }
}

/** Unpacks the weights. Returns the address of `columns`; `values` follow after `others` words. Call it once, before `probability`. */
export function open(): usize {
  const count = word(0);
  const layers = word(6);
  from = SHAPE + (usize(5 * count + layers + 1) << 2);
  let channels = word(3);
  let channelStride = channels;
  let height = word(1);
  let width = word(2);
  free = from;
  // the packed numbers come first
  for (let l: u32 = 0; l < count; l++) {
    const at = 10 + 5 * l;
    const places = word(at + 1) * word(at + 1);
    free += packedBytes(word(at) == DEPTHWISE ? places : places * channels, word(at + 3));
    channels = word(at + 3);
  }
  for (let l: u32 = 0; l < layers; l++) free += packedBytes(widthOf(l), widthOf(l + 1));
  channels = word(3);
  stages = take(usize(count) * offsetof<Stage>());
  for (let l: u32 = 0; l < count; l++) {
    const s = stageOf(l);
    const at = 10 + 5 * l;
    s.kind = word(at);
    s.kernel = word(at + 1);
    s.step = word(at + 2);
    s.outputs = word(at + 3);
    s.residual = word(at + 4) != 0;
    s.channels = channels;
    s.channelStride = channelStride;
    s.stride = (s.outputs + 7) & ~7;
    s.height = height;
    s.width = width;
    s.outHeight = (height + s.step - 1) / s.step;
    s.outWidth = (width + s.step - 1) / s.step;
    s.outBorder = 0;
    s.input = take(imageBytes(s));
    if (l > 0) {
      const before = stageOf(l - 1);
      before.outBorder = borderOf(s);
      before.output = s.input;
    }
    const step = usize(s.stride) << 2;
    s.weight = take(usize(windowRows(s)) * step);
    s.bias = take(step);
    s.z = take(usize(s.outHeight * s.outWidth) * step);
    const depthwise = s.kind == DEPTHWISE;
    unpack(windowInputs(s), s.outputs, s.weight, step, depthwise ? 1 : channels, depthwise ? 1 : channelStride, s.bias);
    channels = s.outputs;
    channelStride = s.stride;
    height = s.outHeight;
    width = s.outWidth;
  }
  const top = stageOf(count - 1);
  top.output = take(outImageBytes(top));
  network = take(0);
  for (let l: u32 = 0; l < layers; l++) {
    const step = ((usize(widthOf(l + 1)) + 3) & ~3) << 2;
    if (step > widest) widest = step;
    const at = free;
    free += usize(widthOf(l) + 1) * step;
    unpack(widthOf(l), widthOf(l + 1), at, step, 1, 1, free - step);
  }
  hidden = take(2 * widest);
  features = take(usize(widthOf(0)) << 2);
  image = take(usize(word(1) * word(2) * word(3)) << 2);
  columns = take(usize(word(5)) << 3);
  values = columns + (usize(word(5)) << 2);
  return columns;
}

/** The address of the image's values. */
export function pixels(): usize {
  return image;
}

/** The end of the memory that open() uses; the exporter's size must cover it (test/deploy/images.test.ts). */
export function end(): usize {
  return free;
}

/** out[j] = sum over the inputs, in order, of value * w[input, j]. */
function addRows(input: usize, inputs: u32, w: usize, step: usize, out: usize): void {
  for (let j: usize = 0; j < step; j += 16) {
    let sum = f32x4.splat(0);
    let row = w + j;
    for (let i: usize = 0, end = usize(inputs) << 2; i < end; i += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(input + i), v128.load(row)));
      row += step;
    }
    v128.store(out + j, sum);
  }
}

/** Writes the trunk's outputs to `features`. */
function runTrunk(): void {
  const first = stageOf(0);
  const line = usize(first.width) * pixelBytes(first);
  const to = first.input + usize(borderOf(first)) * (rowBytes(first) + pixelBytes(first));
  for (let y: u32 = 0; y < first.height; y++) {
    memory.copy(to + usize(y) * rowBytes(first), image + usize(y) * line, line);
  }
  const count = word(0);
  for (let l: u32 = 0; l < count; l++) {
    const s = stageOf(l);
    if (s.kind == DEPTHWISE) convolveChannels(s, s.weight, 1);
    else convolve(s, s.weight, 1);
    addBias(s, s.bias, 1);
  }
  poolImages(stageOf(count - 1), 1, features, widthOf(0));
}

/** The probability of class 1, float64, for the image at `pixels` and the `count` nonzero columns in `columns` and `values`. */
export function probability(count: u32): f64 {
  const layers = word(6);
  const outputs = stageOf(word(0) - 1).outputs;
  const length = word(1) * word(2) * word(3);
  memory.fill(features, 0, usize(widthOf(0)) << 2);
  for (let i: usize = 0, end = usize(count) << 2; i < end; i += 4) {
    const column = load<u32>(columns + i);
    const place = outputs + column - (column > word(4) ? length : 0);
    store<f32>(features + (usize(place) << 2), load<f32>(values + i));
  }
  runTrunk();
  let w = network;
  let input = features;
  for (let l: u32 = 0; l < layers; l++) {
    const inputs = widthOf(l);
    const step = ((usize(widthOf(l + 1)) + 3) & ~3) << 2;
    const out = hidden + (l & 1 ? widest : 0);
    addRows(input, inputs, w, step, out);
    w += usize(inputs) * step;
    addInto(out, w, u32(step >> 2));
    w += step;
    if (l + 1 == layers) return sigmoid(f64(load<f32>(out)));
    activate(word(7), out, 0, u32(step >> 2));
    if (word(8) && l > 0) addInto(out, input, u32(step >> 2));
    input = out;
  }
  return NaN;
}
