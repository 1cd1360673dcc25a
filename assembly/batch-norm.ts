// Batch normalisation (Ioffe, Szegedy 2015) of a stage's convolution, and ReLU after it. Sums over the pixels of an image are float32,
// sums over images float64. Variances are those of the batch; running means and variances follow with momentum 0.1, the latter
// unbiased, as in PyTorch. A batch with one value of each channel (one row, whose maps are 1 x 1) has no variance: PyTorch refuses it; here
// its outputs are the shifts, its weights have no gradient, and the running ones stay. Folded stages have a bias instead.

import { imageBytes, outImageBytes, outRowBytes, outStart, borderOf, pixelBytes, rowBytes, Stage } from './stage';

const EPSILON: f64 = 1e-5;
const MOMENTUM: f32 = 0.1;

/** out[j] = the sum over m images of z[., j], or of (z[., j] - centre[j])^2 where there is a centre; float64 [stride]. */
function sumChannels(s: Stage, m: u32, centre: usize, out: usize): void {
  const stride = usize(s.stride) << 2;
  const pixels = s.outHeight * s.outWidth;
  memory.fill(out, 0, stride << 1);
  let z = s.z;
  for (let i: u32 = 0; i < m; i++) {
    for (let j: usize = 0; j < stride; j += 16) {
      let sum = f32x4.splat(0);
      let here = z + j;
      if (centre) {
        const mean = v128.load(centre + j);
        for (let p: u32 = 0; p < pixels; p++) {
          const d = f32x4.sub(v128.load(here), mean);
          sum = f32x4.add(sum, f32x4.mul(d, d));
          here += stride;
        }
      } else {
        for (let p: u32 = 0; p < pixels; p++) {
          sum = f32x4.add(sum, v128.load(here));
          here += stride;
        }
      }
      addDouble(out + (j << 1), sum);
    }
    z += usize(pixels) * stride;
  }
}

/** to[0 .. 4) += x, in float64. */
// @ts-ignore: decorator
@inline
function addDouble(to: usize, x: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(x)));
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3))), 16);
}

/** The statistics of s.z over m images: s.mean, s.inverse and the running ones. sums: float64 [stride] of scratch. */
export function measureBatch(s: Stage, m: u32, running: usize, sums: usize): void {
  const count = f64(m * s.outHeight * s.outWidth);
  const momentum: f32 = count > 1 ? MOMENTUM : 0;
  const unbiased = count > 1 ? count / (count - 1) : 1.0;
  const means = running;
  const variances = running + (usize(s.stride) << 2);
  sumChannels(s, m, 0, sums);
  for (let j: u32 = 0; j < s.stride; j++) {
    const at = usize(j) << 2;
    const mean = f32(load<f64>(sums + (at << 1)) / count);
    store<f32>(s.mean + at, mean);
    store<f32>(means + at, load<f32>(means + at) * (1 - momentum) + mean * momentum);
  }
  sumChannels(s, m, s.mean, sums);
  for (let j: u32 = 0; j < s.stride; j++) {
    const at = usize(j) << 2;
    const variance = load<f64>(sums + (at << 1)) / count;
    store<f32>(s.inverse + at, f32(1.0 / sqrt<f64>(variance + EPSILON)));
    store<f32>(variances + at, load<f32>(variances + at) * (1 - momentum) + f32(variance * unbiased) * momentum);
  }
}

/** The output of m images: ReLU of (z - mean) inverse scale + shift, and of the input added to it where the stage is residual. */
export function normalise(s: Stage, scale: usize, m: u32): void {
  finish(s, scale, scale + (usize(s.stride) << 2), m);
}

/** The output of m images of a folded stage: ReLU of z + bias. */
export function addBias(s: Stage, bias: usize, m: u32): void {
  finish(s, 0, bias, m);
}

/** Writes the outputs of a stage. scale = 0: z is not normalised. */
// @ts-ignore: decorator
@inline
function finish(s: Stage, scale: usize, shift: usize, m: u32): void {
  const stride = usize(s.stride) << 2;
  const zero = f32x4.splat(0);
  const inside = skipOf(s);
  let z = s.z;
  for (let i: u32 = 0; i < m; i++) {
    for (let y: u32 = 0; y < s.outHeight; y++) {
      let to = s.output + usize(i) * outImageBytes(s) + outStart(s) + usize(y) * outRowBytes(s);
      let from = s.input + usize(i) * imageBytes(s) + inside + usize(y) * rowBytes(s);
      for (let x: u32 = 0; x < s.outWidth; x++) {
        for (let j: usize = 0; j < stride; j += 16) {
          let v = v128.load(z + j);
          if (scale) {
            const slope = f32x4.mul(v128.load(s.inverse + j), v128.load(scale + j));
            v = f32x4.mul(f32x4.sub(v, v128.load(s.mean + j)), slope);
          }
          v = f32x4.add(v, v128.load(shift + j));
          if (s.residual) v = f32x4.add(v, v128.load(from + j));
          v128.store(to + j, f32x4.max(v, zero));
        }
        z += stride;
        to += stride;
        from += stride;
      }
    }
  }
}

/** Bytes from an input image's start, border included, to its first pixel. */
// @ts-ignore: decorator
@inline
function skipOf(s: Stage): usize {
  return usize(borderOf(s)) * (rowBytes(s) + pixelBytes(s));
}

/**
 * From the loss's derivative by the outputs (s.delta) to that by the convolution's (s.z), through ReLU and the normalisation. Writes the
 * gradients by the scales and shifts at g, and what a residual stage passes to its input. sums: float64 [3 x stride] of scratch.
 */
export function normaliseGradient(s: Stage, scale: usize, g: usize, m: u32, sums: usize): void {
  const stride = usize(s.stride) << 2;
  const count = f64(m * s.outHeight * s.outWidth);
  const zero = f32x4.splat(0);
  const inside = skipOf(s);
  memory.fill(sums, 0, stride << 2);
  let z = s.z;
  for (let i: u32 = 0; i < m; i++) {
    const start = usize(i) * outImageBytes(s) + outStart(s);
    const back = s.inputDelta + usize(i) * imageBytes(s) + inside;
    for (let j: usize = 0; j < stride; j += 16) {
      const mean = v128.load(s.mean + j);
      let sum = zero;
      let products = zero;
      let here = z + j;
      for (let y: u32 = 0; y < s.outHeight; y++) {
        let at = start + usize(y) * outRowBytes(s) + j;
        let from = back + usize(y) * rowBytes(s) + j;
        for (let x: u32 = 0; x < s.outWidth; x++) {
          const active = f32x4.gt(v128.load(s.output + at), zero);
          const d = v128.and(v128.load(s.delta + at), active);
          v128.store(s.delta + at, d);
          if (s.residual) v128.store(from, f32x4.add(v128.load(from), d));
          sum = f32x4.add(sum, d);
          products = f32x4.add(products, f32x4.mul(d, f32x4.sub(v128.load(here), mean)));
          here += stride;
          at += stride;
          from += stride;
        }
      }
      addDouble(sums + (j << 1), sum);
      addDouble(sums + (stride << 1) + (j << 1), products);
    }
    z += usize(s.outHeight * s.outWidth) * stride;
  }
  // dz = scale inverse (d - mean of d - (z - mean) inverse^2 (mean of d (z - mean)))
  const means = sums + (stride << 2);
  const slopes = means + stride;
  for (let j: u32 = 0; j < s.stride; j++) {
    const at = usize(j) << 2;
    const inverse = f64(load<f32>(s.inverse + at));
    const sum = load<f64>(sums + (at << 1));
    const product = load<f64>(sums + (stride << 1) + (at << 1));
    store<f32>(g + at, f32(product * inverse));
    store<f32>(g + stride + at, f32(sum));
    store<f32>(means + at, f32(sum / count));
    store<f32>(slopes + at, f32((product * inverse * inverse) / count));
  }
  z = s.z;
  for (let i: u32 = 0; i < m; i++) {
    for (let y: u32 = 0; y < s.outHeight; y++) {
      let at = usize(i) * outImageBytes(s) + outStart(s) + usize(y) * outRowBytes(s);
      for (let x: u32 = 0; x < s.outWidth; x++) {
        for (let j: usize = 0; j < stride; j += 16) {
          const factor = f32x4.mul(v128.load(s.inverse + j), v128.load(scale + j));
          const centred = f32x4.sub(v128.load(z + j), v128.load(s.mean + j));
          const d = f32x4.sub(f32x4.sub(v128.load(s.delta + at + j), v128.load(means + j)), f32x4.mul(centred, v128.load(slopes + j)));
          v128.store(z + j, f32x4.mul(factor, d));
        }
        z += stride;
        at += stride;
      }
    }
  }
}
