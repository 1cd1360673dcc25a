// Products over the windows of a convolution, in float32. Pixels are [height x width x channels] with a border, so a window's row of
// kernel x channels values is contiguous: windows are read where they are, and no matrix of them is built. Each output is one sequential
// sum over the window's rows, columns and channels that starts at +0. Channels of outputs are padded to multiples of 8 with zeros.

import { multiplyAdd, storeOutputs } from './tiles';

/** c[4 x 8] = the products of four windows with w[kernel x length x 8]. a0 .. a3: the first value of each window; strides in bytes. */
export function tileWindows(
  a0: usize, a1: usize, a2: usize, a3: usize, strideA: usize, w: usize, strideW: usize, kernel: u32, length: u32,
  c: usize, strideC: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = usize(length) << 2;
  for (let y: u32 = 0; y < kernel; y++) {
    for (let p: usize = 0; p < end; p += 4) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      w += strideW;
      let s = v128.load32_splat(a0 + p);
      c00 = multiplyAdd(s, w0, c00);
      c01 = multiplyAdd(s, w1, c01);
      s = v128.load32_splat(a1 + p);
      c10 = multiplyAdd(s, w0, c10);
      c11 = multiplyAdd(s, w1, c11);
      s = v128.load32_splat(a2 + p);
      c20 = multiplyAdd(s, w0, c20);
      c21 = multiplyAdd(s, w1, c21);
      s = v128.load32_splat(a3 + p);
      c30 = multiplyAdd(s, w0, c30);
      c31 = multiplyAdd(s, w1, c31);
    }
    a0 += strideA;
    a1 += strideA;
    a2 += strideA;
    a3 += strideA;
  }
  storeOutputs(c, c00, c01, 0, false);
  storeOutputs(c + strideC, c10, c11, 0, false);
  storeOutputs(c + 2 * strideC, c20, c21, 0, false);
  storeOutputs(c + 3 * strideC, c30, c31, 0, false);
}

/** One window of tileWindows. */
export function tileWindow(
  a: usize, strideA: usize, w: usize, strideW: usize, kernel: u32, length: u32, c: usize,
): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  const end = usize(length) << 2;
  for (let y: u32 = 0; y < kernel; y++) {
    for (let p: usize = 0; p < end; p += 4) {
      const s = v128.load32_splat(a + p);
      x0 = multiplyAdd(s, v128.load(w), x0);
      x1 = multiplyAdd(s, v128.load(w, 16), x1);
      w += strideW;
    }
    a += strideA;
  }
  storeOutputs(c, x0, x1, 0, false);
}

/**
 * c[4 x 8] += sum over height x width windows of a[4] g[8]: the gradient by four neighbouring weights of each output. stepA, rowA: bytes
 * from a window's value to the next window's, and to the next row's; strideG: bytes from an output to the next.
 */
export function tileWindowColumns(
  a: usize, stepA: usize, rowA: usize, g: usize, strideG: usize, height: u32, width: u32, c: usize, strideC: usize,
): void {
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c1);
  let c11 = v128.load(c1, 16);
  let c20 = v128.load(c2);
  let c21 = v128.load(c2, 16);
  let c30 = v128.load(c3);
  let c31 = v128.load(c3, 16);
  for (let y: u32 = 0; y < height; y++) {
    let here = a;
    for (let x: u32 = 0; x < width; x++) {
      const g0 = v128.load(g);
      const g1 = v128.load(g, 16);
      g += strideG;
      let s = v128.load32_splat(here);
      c00 = multiplyAdd(s, g0, c00);
      c01 = multiplyAdd(s, g1, c01);
      s = v128.load32_splat(here, 4);
      c10 = multiplyAdd(s, g0, c10);
      c11 = multiplyAdd(s, g1, c11);
      s = v128.load32_splat(here, 8);
      c20 = multiplyAdd(s, g0, c20);
      c21 = multiplyAdd(s, g1, c21);
      s = v128.load32_splat(here, 12);
      c30 = multiplyAdd(s, g0, c30);
      c31 = multiplyAdd(s, g1, c31);
      here += stepA;
    }
    a += rowA;
  }
  storeOutputs(c, c00, c01, 0, false);
  storeOutputs(c1, c10, c11, 0, false);
  storeOutputs(c2, c20, c21, 0, false);
  storeOutputs(c3, c30, c31, 0, false);
}

/** tileWindowColumns of one weight in each of three rows of the windows, `nextA` bytes apart: for pixels of one or three channels. */
export function tileWindowRows(
  a: usize, nextA: usize, stepA: usize, rowA: usize, g: usize, strideG: usize, height: u32, width: u32, c: usize, strideC: usize,
): void {
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c1);
  let c11 = v128.load(c1, 16);
  let c20 = v128.load(c2);
  let c21 = v128.load(c2, 16);
  for (let y: u32 = 0; y < height; y++) {
    let a0 = a;
    let a1 = a0 + nextA;
    let a2 = a1 + nextA;
    for (let x: u32 = 0; x < width; x++) {
      const g0 = v128.load(g);
      const g1 = v128.load(g, 16);
      g += strideG;
      let s = v128.load32_splat(a0);
      c00 = multiplyAdd(s, g0, c00);
      c01 = multiplyAdd(s, g1, c01);
      s = v128.load32_splat(a1);
      c10 = multiplyAdd(s, g0, c10);
      c11 = multiplyAdd(s, g1, c11);
      s = v128.load32_splat(a2);
      c20 = multiplyAdd(s, g0, c20);
      c21 = multiplyAdd(s, g1, c21);
      a0 += stepA;
      a1 += stepA;
      a2 += stepA;
    }
    a += rowA;
  }
  storeOutputs(c, c00, c01, 0, false);
  storeOutputs(c1, c10, c11, 0, false);
  storeOutputs(c2, c20, c21, 0, false);
}

/** tileWindowColumns of one weight of each output. */
export function tileWindowColumn(
  a: usize, stepA: usize, rowA: usize, g: usize, strideG: usize, height: u32, width: u32, c: usize,
): void {
  let x0 = v128.load(c);
  let x1 = v128.load(c, 16);
  for (let y: u32 = 0; y < height; y++) {
    let here = a;
    for (let x: u32 = 0; x < width; x++) {
      const s = v128.load32_splat(here);
      x0 = multiplyAdd(s, v128.load(g), x0);
      x1 = multiplyAdd(s, v128.load(g, 16), x1);
      g += strideG;
      here += stepA;
    }
    a += rowA;
  }
  storeOutputs(c, x0, x1, 0, false);
}
