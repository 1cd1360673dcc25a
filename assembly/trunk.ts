// The convolutional trunk of a network: stages, then the mean of each channel over the pixels of the last one. In training a batch runs
// stage by stage; a folded trunk, whose batch normalisation is part of its weights and biases, runs image by image.

import { allocFloats, alloc } from './arena';
import { Images, readImage } from './augment';
import { addBias, measureBatch, normalise, normaliseGradient } from './batch-norm';
import {
  channelInputGradient, channelWeightGradient, convolve, convolveChannels, inputGradient, weightGradient,
} from './convolution';
import { poolImages } from './pool';
import {
  borderOf, DEPTHWISE, imageBytes, outImageBytes, outRowBytes, outStart, pixelBytes, rowBytes, Stage, windowRows,
} from './stage';

@unmanaged
export class Trunk {
  stages: usize;
  count: u32;
  training: bool;
  images: usize; // of Images
  outputs: u32; // of the last stage
  floats: u32; // parameters
  statistics: usize; // running means and variances, float32 [statisticsSize]
  statisticsSize: u32;
  sums: usize; // scratch, float64 [3 x the widest stride]
}

// @ts-ignore: decorator
@inline
export function stageOf(trunk: Trunk, s: u32): Stage {
  return changetype<Stage>(trunk.stages + usize(s) * offsetof<Stage>());
}
// @ts-ignore: decorator
@inline
export function imagesOf(trunk: Trunk): Images {
  return changetype<Images>(trunk.images);
}

/**
 * Creates a trunk for images of height x width x channels bytes. Returns 0 when memory is short.
 * @param shape for each of `count` stages: kind, kernel, step, outputs, residual; uint32 [count x 5]
 * @param training with batch normalisation; otherwise folded
 */
export function createTrunk(shape: usize, count: u32, height: u32, width: u32, channels: u32, training: bool): usize {
  const trunk = changetype<Trunk>(alloc(offsetof<Trunk>()));
  if (!changetype<usize>(trunk)) return 0;
  trunk.stages = alloc(count * u32(offsetof<Stage>()));
  trunk.images = alloc(offsetof<Images>());
  if (!trunk.stages || !trunk.images) return 0;
  const images = imagesOf(trunk);
  images.height = height;
  images.width = width;
  images.channels = channels;
  trunk.count = count;
  trunk.training = training;
  let channelStride = channels;
  let floats: u32 = 0;
  let statistics: u32 = 0;
  let widest: u32 = 0;
  for (let l: u32 = 0; l < count; l++) {
    const s = stageOf(trunk, l);
    const from = shape + usize(l) * 20;
    s.kind = load<u32>(from);
    s.kernel = load<u32>(from, 4);
    s.step = load<u32>(from, 8);
    s.outputs = load<u32>(from, 12);
    s.residual = load<u32>(from, 16) != 0;
    s.channels = channels;
    s.channelStride = channelStride;
    s.stride = (s.outputs + 7) & ~7;
    s.height = height;
    s.width = width;
    s.outHeight = (height + s.step - 1) / s.step;
    s.outWidth = (width + s.step - 1) / s.step;
    if (l > 0) stageOf(trunk, l - 1).outBorder = borderOf(s);
    s.weight = usize(floats) << 2;
    floats += windowRows(s) * s.stride;
    floats = (floats + 3) & ~3;
    s.bias = usize(floats) << 2;
    floats += s.stride * (training ? 2 : 1);
    s.running = usize(statistics) << 2;
    statistics += 2 * s.stride;
    widest = max<u32>(widest, s.stride);
    channels = s.outputs;
    channelStride = s.stride;
    height = s.outHeight;
    width = s.outWidth;
  }
  trunk.outputs = channels;
  trunk.floats = floats;
  trunk.statisticsSize = statistics;
  trunk.statistics = allocFloats(statistics);
  trunk.sums = alloc(widest * 24);
  images.words = alloc(16 + 4 * images.width);
  return trunk.statistics && trunk.sums && images.words ? changetype<usize>(trunk) : 0;
}

/** Allocates the buffers of a batch. False when memory is short. */
export function bindTrunk(trunk: Trunk, batch: u32): bool {
  const images: u32 = trunk.training ? batch : 1;
  for (let l: u32 = 0; l < trunk.count; l++) {
    const s = stageOf(trunk, l);
    if (l == 0) s.input = allocBytes(u64(images) * imageBytes(s));
    else s.input = stageOf(trunk, l - 1).output;
    s.output = allocBytes(u64(images) * outImageBytes(s));
    s.z = allocFloats(u64(images) * (s.outHeight * s.outWidth * s.stride));
    if (!s.input || !s.output || !s.z) return false;
    if (!trunk.training) continue;
    s.inputDelta = l == 0 ? 0 : stageOf(trunk, l - 1).delta;
    s.delta = allocBytes(u64(images) * outImageBytes(s));
    s.mean = allocFloats(s.stride);
    s.inverse = allocFloats(s.stride);
    s.transposed = allocFloats(u64(windowRows(s)) * s.stride);
    if (!s.delta || !s.mean || !s.inverse || !s.transposed) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function allocBytes(bytes: u64): usize {
  return allocFloats(bytes >> 2);
}

/** Runs m images that are in the first stage's input; p: the parameters. */
function runStages(trunk: Trunk, p: usize, m: u32): void {
  for (let l: u32 = 0; l < trunk.count; l++) {
    const s = stageOf(trunk, l);
    if (s.kind == DEPTHWISE) convolveChannels(s, p + s.weight, m);
    else convolve(s, p + s.weight, m);
    if (trunk.training) {
      measureBatch(s, m, trunk.statistics + s.running, trunk.sums);
      normalise(s, p + s.bias, m);
    } else addBias(s, p + s.bias, m);
  }
}

/** Where the first stage reads image i of the batch. */
// @ts-ignore: decorator
@inline
function inputAt(s: Stage, i: u32): usize {
  return s.input + usize(i) * imageBytes(s) + usize(borderOf(s)) * (rowBytes(s) + pixelBytes(s));
}

/**
 * Writes the features of m rows to out[m x width]. words: the row's image is words[rows[i] x fields + field].
 * @param position of the first row in the epoch, for its change; -1: unchanged, and not in training
 */
export function runTrunk(
  trunk: Trunk, p: usize, words: usize, fields: u32, rows: usize, m: u32, out: usize, width: u32,
  position: i32, epoch: u32, seedLow: u32, seedHigh: u32,
): void {
  const images = imagesOf(trunk);
  const first = stageOf(trunk, 0);
  for (let i: u32 = 0; i < m; i++) {
    const number = load<u32>(words + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2));
    const to = inputAt(first, trunk.training ? i : 0);
    const change = position >= 0 ? position + i32(i) : -1;
    readImage(images, number, to, rowBytes(first), change, epoch, seedLow, seedHigh);
    if (trunk.training) continue;
    runStages(trunk, p, 1);
    poolImages(stageOf(trunk, trunk.count - 1), 1, out + ((usize(i) * width) << 2), width);
  }
  if (!trunk.training) return;
  runStages(trunk, p, m);
  poolImages(stageOf(trunk, trunk.count - 1), m, out, width);
}

/** Adds the gradient by the parameters to g, with the loss's derivative by the features in d[m x width]; after runTrunk on the same rows. */
export function trunkGradient(trunk: Trunk, p: usize, g: usize, m: u32, d: usize, width: u32): void {
  const top = stageOf(trunk, trunk.count - 1);
  const stride = usize(top.stride) << 2;
  const share = f32(1.0 / f64(top.outHeight * top.outWidth));
  for (let i: u32 = 0; i < m; i++) {
    for (let y: u32 = 0; y < top.outHeight; y++) {
      let at = top.delta + usize(i) * outImageBytes(top) + outStart(top) + usize(y) * outRowBytes(top);
      for (let x: u32 = 0; x < top.outWidth; x++) {
        for (let c: u32 = 0; c < top.outputs; c++) {
          store<f32>(at + (usize(c) << 2), load<f32>(d + (usize(i * width + c) << 2)) * share);
        }
        at += stride;
      }
    }
  }
  for (let l = trunk.count; l > 0; l--) {
    const s = stageOf(trunk, l - 1);
    if (s.inputDelta) memory.fill(s.inputDelta, 0, usize(m) * imageBytes(s));
    normaliseGradient(s, p + s.bias, g + s.bias, m, trunk.sums);
    if (s.kind == DEPTHWISE) channelWeightGradient(s, g + s.weight, m);
    else weightGradient(s, g + s.weight, m);
    if (!s.inputDelta) continue;
    if (s.kind == DEPTHWISE) channelInputGradient(s, p + s.weight, m);
    else inputGradient(s, p + s.weight, m);
  }
}
