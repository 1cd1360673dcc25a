// The WebAssembly module of one exported student: its network, with the weights in a data segment that the exporter adds
// (src/deploy/wasm.ts). It imports and allocates nothing: the exporter sizes the memory. Sums have the order of the training
// kernels, so probabilities have the same bits.
//
// At HEADER, uint32: layers, activation, residual, form (0 float32, 1 float16, 2 int8), widths [layers + 1]. Then, without gaps, for
// each layer: weights [inputs x outputs] in that form, for int8 the scales [outputs] in float16, and the biases [outputs] in float32
// (form 0) or float16. After these, from the next multiple of 64, the memory that open() fills.

import { activate, addInto } from './activation';
import { sigmoid } from './math';

const HEADER: usize = 1024;
const WIDTHS: usize = HEADER + 16;

let parameters: usize = 0; // the weights and biases in float32, as rows of padded width
let columns: usize = 0; // uint32 [width]: the nonzero encoded columns of a row, ascending
let values: usize = 0; // float32 [width]: their values
let hidden: usize = 0; // outputs of two layers, float32, each of the widest padded width
let widest: usize = 0; // bytes of one

// @ts-ignore: decorator
@inline
function align(n: usize): usize {
  return (n + 63) & ~63;
}

/** Bytes of a row of `width` float32, padded to whole vectors. */
// @ts-ignore: decorator
@inline
function stride(width: u32): usize {
  return ((usize(width) + 3) & ~3) << 2;
}

// @ts-ignore: decorator
@inline
function widthOf(layer: u32): u32 {
  return load<u32>(WIDTHS + (usize(layer) << 2));
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

/** Unpacks the weights. Returns the address of `columns`; `values` follow after `width` words. Call it once, before `probability`. */
export function open(): usize {
  const layers = load<u32>(HEADER);
  const form = load<u32>(HEADER, 12);
  let from = WIDTHS + (usize(layers + 1) << 2);
  let end = from;
  for (let l: u32 = 0; l < layers; l++) {
    const outputs = usize(widthOf(l + 1));
    const size: usize = form == 0 ? 4 : form == 1 ? 2 : 1;
    end += usize(widthOf(l)) * outputs * size + outputs * (form == 1 ? 2 : 4); // int8: two float16
  }
  parameters = align(end);
  let to = parameters;
  for (let l: u32 = 0; l < layers; l++) {
    const inputs = widthOf(l);
    const outputs = widthOf(l + 1);
    const step = stride(outputs);
    if (step > widest) widest = step;
    const scales = from + usize(inputs) * usize(outputs); // of int8
    for (let k: u32 = 0; k < inputs; k++) {
      for (let j: u32 = 0; j < outputs; j++) {
        let w: f32;
        if (form == 0) {
          w = load<f32>(from);
          from += 4;
        } else if (form == 1) {
          w = float16(load<u16>(from));
          from += 2;
        } else {
          w = float16(load<u16>(scales + (usize(j) << 1))) * f32(load<i8>(from));
          from += 1;
        }
        store<f32>(to + (usize(j) << 2), w);
      }
      to += step;
    }
    if (form == 2) from += usize(outputs) << 1;
    for (let j: u32 = 0; j < outputs; j++) {
      store<f32>(to + (usize(j) << 2), form == 0 ? load<f32>(from) : float16(load<u16>(from)));
      from += form == 0 ? 4 : 2;
    }
    to += step;
  }
  columns = align(to);
  values = columns + (usize(widthOf(0)) << 2);
  hidden = align(values + (usize(widthOf(0)) << 2));
  return columns;
}

/** The end of the memory that open() uses; the exporter's size must cover it (test/deploy/exports.test.ts). */
export function end(): usize {
  return hidden + 2 * widest;
}

/** out[j] = sum over the row's nonzero columns, in order, of value * w[column, j]; 16 outputs at a time, then 4. dense: a row of all columns, or 0. */
function addRows(count: u32, dense: usize, w: usize, step: usize, out: usize): void {
  let j: usize = 0;
  for (; j + 64 <= step; j += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let i: usize = 0, end = usize(count) << 2; i < end; i += 4) {
      const v = v128.load32_splat((dense ? dense : values) + i);
      const row = w + (dense ? i >> 2 : usize(load<u32>(columns + i))) * step + j;
      a = f32x4.add(a, f32x4.mul(v, v128.load(row)));
      b = f32x4.add(b, f32x4.mul(v, v128.load(row, 16)));
      c = f32x4.add(c, f32x4.mul(v, v128.load(row, 32)));
      d = f32x4.add(d, f32x4.mul(v, v128.load(row, 48)));
    }
    v128.store(out + j, a);
    v128.store(out + j, b, 16);
    v128.store(out + j, c, 32);
    v128.store(out + j, d, 48);
  }
  for (; j < step; j += 16) {
    let a = f32x4.splat(0);
    for (let i: usize = 0, end = usize(count) << 2; i < end; i += 4) {
      const v = v128.load32_splat((dense ? dense : values) + i);
      const row = w + (dense ? i >> 2 : usize(load<u32>(columns + i))) * step + j;
      a = f32x4.add(a, f32x4.mul(v, v128.load(row)));
    }
    v128.store(out + j, a);
  }
}

/** The probability of class 1, float64, for the row whose `count` nonzero columns are in `columns` and `values`. */
export function probability(count: u32): f64 {
  const layers = load<u32>(HEADER);
  const activation = load<u32>(HEADER, 4);
  const residual = load<u32>(HEADER, 8);
  let w = parameters;
  let input: usize = 0;
  for (let l: u32 = 0; l < layers; l++) {
    const inputs = widthOf(l);
    const step = stride(widthOf(l + 1));
    const out = hidden + (l & 1 ? widest : 0);
    addRows(l == 0 ? count : inputs, input, w, step, out);
    w += usize(inputs) * step;
    addInto(out, w, u32(step >> 2));
    w += step;
    if (l + 1 == layers) return sigmoid(f64(load<f32>(out)));
    activate(activation, out, 0, u32(step >> 2));
    if (residual && l > 0) addInto(out, input, u32(step >> 2));
    input = out;
  }
  return NaN;
}
