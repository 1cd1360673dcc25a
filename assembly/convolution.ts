// Convolutions over all channels: the outputs, and the gradients by the weights and by the input. Sums over windows have the order of
// images, rows and columns.

import { multiplyAdd, tileRow, tileRows, LAST_PART } from './tiles';
import { imageBytes, pixelBytes, rowBytes, Stage } from './stage';
import { tileWindow, tileWindowColumn, tileWindowColumns, tileWindowRows, tileWindows } from './windows';

/** The first value of window `at`, numbered through all images. */
// @ts-ignore: decorator
@inline
function windowAt(s: Stage, at: u32): usize {
  const perImage = s.outHeight * s.outWidth;
  const image = at / perImage;
  const place = at - image * perImage;
  const y = place / s.outWidth;
  const x = place - y * s.outWidth;
  return s.input + usize(image) * imageBytes(s) + usize(y * s.step) * rowBytes(s) + usize(x * s.step) * pixelBytes(s);
}

/** s.z = the convolution of m images in s.input with the weights at w. */
export function convolve(s: Stage, w: usize, m: u32): void {
  const kernel = s.kernel;
  const stride = s.stride;
  const length = kernel * s.channelStride;
  const strideA = rowBytes(s);
  const strideW = usize(stride) << 2;
  const windows = m * s.outHeight * s.outWidth;
  let c = s.z;
  let at: u32 = 0;
  for (; at + 4 <= windows; at += 4) {
    const a0 = windowAt(s, at);
    const a1 = windowAt(s, at + 1);
    const a2 = windowAt(s, at + 2);
    const a3 = windowAt(s, at + 3);
    for (let j: usize = 0; j < strideW; j += 32) {
      tileWindows(a0, a1, a2, a3, strideA, w + j, strideW, kernel, length, c + j, strideW);
    }
    c += 4 * strideW;
  }
  for (; at < windows; at++) {
    const a = windowAt(s, at);
    for (let j: usize = 0; j < strideW; j += 32) tileWindow(a, strideA, w + j, strideW, kernel, length, c + j);
    c += strideW;
  }
}

/** g += the gradient by the weights, with the loss's derivative by the outputs in s.z. */
export function weightGradient(s: Stage, g: usize, m: u32): void {
  const kernel = s.kernel;
  const height = s.outHeight;
  const width = s.outWidth;
  const length = kernel * s.channelStride;
  const nextA = rowBytes(s);
  const rowA = usize(s.step) * nextA;
  const stepA = usize(s.step) * pixelBytes(s);
  const strideG = usize(s.stride) << 2;
  const strideC = usize(length) * strideG;
  const inThrees = length < 12 && kernel == 3;
  const quads: u32 = inThrees ? 0 : length & ~3;
  for (let i: u32 = 0; i < m; i++) {
    const a = s.input + usize(i) * imageBytes(s);
    const d = s.z + usize(i * height * width) * strideG;
    for (let y: u32 = 0; y < kernel; y++) {
      const row = a + usize(y) * nextA;
      const to = g + usize(y) * strideC;
      for (let p: u32 = 0; p < quads; p += 4) {
        for (let j: usize = 0; j < strideG; j += 32) {
          tileWindowColumns(row + (usize(p) << 2), stepA, rowA, d + j, strideG, height, width, to + usize(p) * strideG + j, strideG);
        }
      }
      if (inThrees) continue;
      for (let p = quads; p < length; p++) {
        for (let j: usize = 0; j < strideG; j += 32) {
          tileWindowColumn(row + (usize(p) << 2), stepA, rowA, d + j, strideG, height, width, to + usize(p) * strideG + j);
        }
      }
    }
    if (!inThrees) continue;
    for (let p: u32 = 0; p < length; p++) {
      for (let j: usize = 0; j < strideG; j += 32) {
        tileWindowRows(a + (usize(p) << 2), nextA, stepA, rowA, d + j, strideG, height, width, g + usize(p) * strideG + j, strideC);
      }
    }
  }
}

/** s.inputDelta += the gradient by the input, with the loss's derivative by the outputs in s.z. */
export function inputGradient(s: Stage, w: usize, m: u32): void {
  const kernel = s.kernel;
  const stride = s.stride;
  const channelStride = s.channelStride;
  const outHeight = s.outHeight;
  const outWidth = s.outWidth;
  transposeWeights(s, w);
  const pixel = pixelBytes(s);
  const row = rowBytes(s);
  const strideA = usize(stride) << 2;
  const strideC = usize(s.step) * pixel;
  const matrix = (usize(stride) * channelStride) << 2;
  for (let i: u32 = 0; i < m; i++) {
    const d = s.z + usize(i * outHeight * outWidth) * strideA;
    const to = s.inputDelta + usize(i) * imageBytes(s);
    let b = s.transposed;
    for (let ky: u32 = 0; ky < kernel; ky++) {
      for (let kx: u32 = 0; kx < kernel; kx++) {
        for (let y: u32 = 0; y < outHeight; y++) {
          let a = d + usize(y * outWidth) * strideA;
          let c = to + usize(y * s.step + ky) * row + usize(kx) * pixel;
          let x: u32 = 0;
          for (; x + 4 <= outWidth; x += 4) {
            for (let j: usize = 0; j < pixel; j += 32) tileRows(a, strideA, b + j, pixel, stride, 0, false, c + j, strideC, LAST_PART);
            a += 4 * strideA;
            c += 4 * strideC;
          }
          for (; x < outWidth; x++) {
            for (let j: usize = 0; j < pixel; j += 32) tileRow(a, b + j, pixel, stride, 0, false, c + j, LAST_PART);
            a += strideA;
            c += strideC;
          }
        }
        b += matrix;
      }
    }
  }
}

/** s.transposed = for each place of the kernel, the weights [channelStride x stride] transposed. */
function transposeWeights(s: Stage, w: usize): void {
  const stride = s.stride;
  const channelStride = s.channelStride;
  let to = s.transposed;
  for (let place: u32 = 0; place < s.kernel * s.kernel; place++) {
    for (let n: u32 = 0; n < stride; n++) {
      for (let c: u32 = 0; c < channelStride; c++) {
        store<f32>(to, load<f32>(w + (usize(c * stride + n) << 2)));
        to += 4;
      }
    }
    w += (usize(channelStride) * stride) << 2;
  }
}

/** convolve of each channel by itself; w[kernel x kernel x stride]. */
export function convolveChannels(s: Stage, w: usize, m: u32): void {
  const strideC = usize(s.stride) << 2;
  const row = rowBytes(s);
  const pixel = pixelBytes(s);
  const windows = m * s.outHeight * s.outWidth;
  let c = s.z;
  for (let at: u32 = 0; at < windows; at++) {
    const a = windowAt(s, at);
    for (let j: usize = 0; j < strideC; j += 16) {
      let sum = f32x4.splat(0);
      let weights = w + j;
      for (let ky: u32 = 0; ky < s.kernel; ky++) {
        let here = a + usize(ky) * row + j;
        for (let kx: u32 = 0; kx < s.kernel; kx++) {
          sum = multiplyAdd(v128.load(here), v128.load(weights), sum);
          here += pixel;
          weights += strideC;
        }
      }
      v128.store(c + j, sum);
    }
    c += strideC;
  }
}

/** weightGradient for convolveChannels. */
export function channelWeightGradient(s: Stage, g: usize, m: u32): void {
  const strideC = usize(s.stride) << 2;
  const outHeight = s.outHeight;
  const outWidth = s.outWidth;
  const row = rowBytes(s);
  const step = usize(s.step) * pixelBytes(s);
  for (let i: u32 = 0; i < m; i++) {
    const a = s.input + usize(i) * imageBytes(s);
    const d = s.z + usize(i * outHeight * outWidth) * strideC;
    let to = g;
    for (let ky: u32 = 0; ky < s.kernel; ky++) {
      for (let kx: u32 = 0; kx < s.kernel; kx++) {
        for (let j: usize = 0; j < strideC; j += 16) {
          let sum = v128.load(to + j);
          let from = d + j;
          for (let y: u32 = 0; y < outHeight; y++) {
            let here = a + usize(y * s.step + ky) * row + usize(kx) * pixelBytes(s) + j;
            for (let x: u32 = 0; x < outWidth; x++) {
              sum = multiplyAdd(v128.load(here), v128.load(from), sum);
              here += step;
              from += strideC;
            }
          }
          v128.store(to + j, sum);
        }
        to += strideC;
      }
    }
  }
}

/** inputGradient for convolveChannels. */
export function channelInputGradient(s: Stage, w: usize, m: u32): void {
  const strideC = usize(s.stride) << 2;
  const row = rowBytes(s);
  const pixel = pixelBytes(s);
  let d = s.z;
  for (let i: u32 = 0; i < m; i++) {
    const to = s.inputDelta + usize(i) * imageBytes(s);
    for (let y: u32 = 0; y < s.outHeight; y++) {
      for (let x: u32 = 0; x < s.outWidth; x++) {
        const corner = to + usize(y * s.step) * row + usize(x * s.step) * pixel;
        for (let j: usize = 0; j < strideC; j += 16) {
          const slope = v128.load(d + j);
          let weights = w + j;
          for (let ky: u32 = 0; ky < s.kernel; ky++) {
            let here = corner + usize(ky) * row + j;
            for (let kx: u32 = 0; kx < s.kernel; kx++) {
              v128.store(here, multiplyAdd(slope, v128.load(weights), v128.load(here)));
              here += pixel;
              weights += strideC;
            }
          }
        }
        d += strideC;
      }
    }
  }
}

