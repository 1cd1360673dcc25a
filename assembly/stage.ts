// A stage of a convolutional trunk: a convolution, the batch normalisation that follows it in training, ReLU, and their buffers. The
// input and its derivative have a border as wide as half the kernel, and so do the outputs for the next stage.

/** A convolution over all channels. */
export const DENSE: u32 = 0;
/** A convolution of each channel by itself (depthwise). */
export const DEPTHWISE: u32 = 1;

@unmanaged
export class Stage {
  kind: u32;
  kernel: u32; // 1, 3 or 5
  step: u32; // stride of the windows
  residual: bool; // adds its input to its output, before ReLU
  channels: u32; // of the input, without padding
  channelStride: u32; // with padding; the first stage's input has none
  outputs: u32;
  stride: u32; // outputs with padding
  height: u32; // of the input, without the border
  width: u32;
  outHeight: u32;
  outWidth: u32;
  outBorder: u32;
  weight: usize; // byte offsets in the parameter vector
  bias: usize; // the biases of a folded stage; the scales, then the shifts, of one in training
  running: usize; // byte offset of the running means, then variances, in the trunk's statistics
  // buffers
  input: usize;
  inputDelta: usize; // the loss's derivative by the input; 0 for the first stage
  output: usize; // the next stage's input
  delta: usize; // the next stage's inputDelta
  z: usize; // the convolution's outputs, then the loss's derivative by them, [images x outHeight x outWidth x stride]
  mean: usize; // of z by channel, float32 [stride]
  inverse: usize; // 1 / standard deviation
  transposed: usize; // the weights as kernel x kernel matrices [stride x channelStride]
}

/** Pixels that the border adds on each side of the input. */
// @ts-ignore: decorator
@inline
export function borderOf(s: Stage): u32 {
  return s.kernel >> 1;
}

/** Bytes of a pixel, a row and an image of the input, border included. */
// @ts-ignore: decorator
@inline
export function pixelBytes(s: Stage): usize {
  return usize(s.channelStride) << 2;
}
// @ts-ignore: decorator
@inline
export function rowBytes(s: Stage): usize {
  return usize(s.width + 2 * borderOf(s)) * pixelBytes(s);
}
// @ts-ignore: decorator
@inline
export function imageBytes(s: Stage): usize {
  return usize(s.height + 2 * borderOf(s)) * rowBytes(s);
}

/** Bytes of a row and an image of the output, border included. */
// @ts-ignore: decorator
@inline
export function outRowBytes(s: Stage): usize {
  return (usize(s.outWidth + 2 * s.outBorder) * s.stride) << 2;
}
// @ts-ignore: decorator
@inline
export function outImageBytes(s: Stage): usize {
  return usize(s.outHeight + 2 * s.outBorder) * outRowBytes(s);
}

/** Bytes from an output image's start, border included, to its first pixel. */
// @ts-ignore: decorator
@inline
export function outStart(s: Stage): usize {
  return usize(s.outBorder) * (outRowBytes(s) + (usize(s.stride) << 2));
}

/** Rows of the weights: those of a window, with the padding of its channels. */
// @ts-ignore: decorator
@inline
export function windowRows(s: Stage): u32 {
  return s.kernel * s.kernel * (s.kind == DEPTHWISE ? 1 : s.channelStride);
}

/** Values that each output sums. */
// @ts-ignore: decorator
@inline
export function windowInputs(s: Stage): u32 {
  return s.kernel * s.kernel * (s.kind == DEPTHWISE ? 1 : s.channels);
}
