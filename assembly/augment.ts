// Pixels of images as a trunk's input, in training changed at random: mirrored, turned by quarters, shifted, brighter or darker. The
// change depends only on the seed, the epoch and the row's position in the epoch.

import { philoxBlock } from './random';
import { STREAM_AUGMENT } from './streams';

/** Kinds of changes, as flags. */
const MIRROR: u32 = 1; // left and right
const FLIP: u32 = 2; // up and down
const TURN: u32 = 4; // by 0 to 3 quarters; square images

@unmanaged
export class Images {
  pixels: usize; // uint8 [images x height x width x channels]
  table: usize; // the value of each byte by channel, float32 [channels x 256]
  height: u32;
  width: u32;
  channels: u32;
  changes: u32; // flags; 0: none
  shift: u32; // most pixels
  brightness: f32; // largest change of the factor of brightness
  words: usize; // scratch: 16 bytes, then 4 for each column of pixels
}

/** The change of one image. */
let rowStep: i32 = 0; // source pixels from an output row to the next
let columnStep: i32 = 0;
let origin: i32 = 0; // the source pixel of output pixel (0, 0), without the shift
let down: i32 = 0; // the shift
let right: i32 = 0;
let factor: f32 = 1;

function drawChange(images: Images, position: u32, epoch: u32, seedLow: u32, seedHigh: u32): void {
  const width = images.width;
  const height = images.height;
  const words = images.words;
  philoxBlock(0, position + 1, STREAM_AUGMENT, epoch, seedLow, seedHigh, words);
  const bits = load<u32>(words);
  if ((images.changes & TURN) != 0 && (bits & 12) != 0) turn((bits >> 2) & 3, width);
  if ((images.changes & MIRROR) != 0 && (bits & 1) != 0) {
    origin += i32(width - 1) * columnStep;
    columnStep = -columnStep;
  }
  if ((images.changes & FLIP) != 0 && (bits & 2) != 0) {
    origin += i32(height - 1) * rowStep;
    rowStep = -rowStep;
  }
  const span = 2 * images.shift + 1;
  down = i32((u64(load<u32>(words, 4)) * u64(span)) >> 32) - i32(images.shift);
  right = i32((u64(load<u32>(words, 8)) * u64(span)) >> 32) - i32(images.shift);
  if (images.brightness > 0) {
    const u = f64(load<u32>(words, 12)) * 2.3283064365386963e-10;
    factor = f32(1.0 + f64(images.brightness) * (2 * u - 1));
  }
}

/** A turn of a square image by quarters, as the order in which its pixels are read. */
function turn(quarters: u32, size: u32): void {
  const n = i32(size);
  if (quarters == 1) {
    rowStep = -1;
    columnStep = n;
    origin = n - 1;
  } else if (quarters == 2) {
    rowStep = -n;
    columnStep = -1;
    origin = n * n - 1;
  } else {
    rowStep = 1;
    columnStep = -n;
    origin = n * (n - 1);
  }
}

/**
 * Writes image `number` to `to`, whose rows are `row` bytes apart. A shifted image repeats its edge.
 * @param position in the epoch, for its change; -1: unchanged
 */
export function readImage(
  images: Images, number: u32, to: usize, row: usize, position: i32, epoch: u32, seedLow: u32, seedHigh: u32,
): void {
  const width = images.width;
  const height = images.height;
  const channels = images.channels;
  const table = images.table;
  rowStep = width;
  columnStep = 1;
  origin = 0;
  down = 0;
  right = 0;
  factor = 1;
  if (position >= 0) drawChange(images, position, epoch, seedLow, seedHigh);
  const from = images.pixels + usize(number) * (height * width * channels);
  const steps = images.words + 16;
  for (let x: i32 = 0; x < i32(width); x++) {
    const column = min<i32>(max<i32>(x - right, 0), width - 1);
    store<i32>(steps + (usize(x) << 2), column * columnStep * i32(channels));
  }
  for (let y: i32 = 0; y < i32(height); y++) {
    const line = from + usize((origin + min<i32>(max<i32>(y - down, 0), height - 1) * rowStep) * i32(channels));
    readRow(line, steps, table, to + usize(y) * row, width, channels);
  }
}

/** Writes the values of a row's pixels, at steps[x] from `line`. */
function readRow(line: usize, steps: usize, table: usize, to: usize, width: u32, channels: u32): void {
  const end = steps + (usize(width) << 2);
  if (factor == 1 && channels == 3) {
    for (let at = steps; at < end; at += 4) {
      const source = line + load<i32>(at);
      store<f32>(to, load<f32>(table + (usize(load<u8>(source)) << 2)));
      store<f32>(to, load<f32>(table + (usize(load<u8>(source, 1)) << 2), 1024), 4);
      store<f32>(to, load<f32>(table + (usize(load<u8>(source, 2)) << 2), 2048), 8);
      to += 12;
    }
    return;
  }
  for (let at = steps; at < end; at += 4) {
    const source = line + load<i32>(at);
    for (let c: u32 = 0; c < channels; c++) {
      let value: u32 = load<u8>(source + c);
      if (factor != 1) value = u32(min<f32>(f32(value) * factor + 0.5, 255));
      store<f32>(to, load<f32>(table + (usize((c << 8) | value) << 2)));
      to += 4;
    }
  }
}
