// The mean of each channel over the pixels of a stage's output.

import { outImageBytes, outRowBytes, outStart, Stage } from './stage';

/** The means of the channels of m images of a stage, to out[m x width]. */
export function poolImages(s: Stage, m: u32, out: usize, width: u32): void {
  const stride = usize(s.stride) << 2;
  const share = f32(1.0 / f64(s.outHeight * s.outWidth));
  for (let i: u32 = 0; i < m; i++) {
    const image = s.output + usize(i) * outImageBytes(s) + outStart(s);
    for (let c: u32 = 0; c < s.outputs; c++) {
      let sum: f32 = 0;
      for (let y: u32 = 0; y < s.outHeight; y++) {
        let at = image + usize(y) * outRowBytes(s) + (usize(c) << 2);
        for (let x: u32 = 0; x < s.outWidth; x++) {
          sum += load<f32>(at);
          at += stride;
        }
      }
      store<f32>(out + (usize(c) << 2), sum * share);
    }
    out += usize(width) << 2;
  }
}
