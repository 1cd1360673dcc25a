// The training arithmetic of assembly/ in TypeScript, rounded by Math.fround after every operation: it must agree
// with the wasm to the bit (test/kernels/reference.test.ts). Plain loops, no padding, dense rows. It also answers
// single records, where a kernel call would cost more than the sums.

import { sigmoid, softplus } from './elementary.ts';
import { words } from './random.ts';

const round = Math.fround;

/** One layer's place in a parameter vector: weights [inputs x outputs] row-major, then `outputs` biases. */
export interface LayerPlace {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/** Where the parameters of features -> hidden[0] -> ... -> 1 lie, and how many there are. */
export function layout(features: number, hidden: readonly number[]): { layers: LayerPlace[]; size: number } {
  const layers: LayerPlace[] = [];
  let at = 0;
  let inputs = features;
  for (const outputs of [...hidden, 1]) {
    layers.push({ inputs, outputs, weight: at, bias: at + inputs * outputs });
    at += (inputs + 1) * outputs;
    inputs = outputs;
  }
  return { layers, size: at };
}

/** He's uniform start; zeros for logistic regression. */
export function start(features: number, hidden: readonly number[], seed: number): Float32Array {
  const { layers, size } = layout(features, hidden);
  const p = new Float32Array(size);
  if (hidden.length === 0) return p;
  layers.forEach((layer, l) => {
    const bound = Math.sqrt((l < hidden.length ? 6 : 3) / layer.inputs);
    const source = words(seed, 1, l);
    for (let i = 0; i < layer.inputs * layer.outputs; i++) {
      p[layer.weight + i] = (source.next().value * 2 ** -32 * 2 - 1) * bound;
    }
  });
  return p;
}

/** Activations of one row after each layer; the last holds the margin alone. x: the encoded row, float32. */
export function forward(p: Float32Array, layers: readonly LayerPlace[], x: ArrayLike<number>): Float32Array[] {
  const activations: Float32Array[] = [];
  let input = x;
  layers.forEach((layer, l) => {
    const out = new Float32Array(layer.outputs);
    for (let k = 0; k < layer.inputs; k++) {
      const v = input[k] as number;
      if (v === 0) continue; // adds an exact zero
      const row = layer.weight + k * layer.outputs;
      for (let j = 0; j < layer.outputs; j++) {
        out[j] = round((out[j] as number) + round(v * (p[row + j] as number)));
      }
    }
    for (let j = 0; j < layer.outputs; j++) {
      const sum = round((out[j] as number) + (p[layer.bias + j] as number));
      out[j] = l + 1 < layers.length && !(sum > 0) ? 0 : sum;
    }
    activations.push(out);
    input = out;
  });
  return activations;
}

/** One row's part in the loss. y below 0: unlabelled. q: the tempered target, entropy: its own. */
export interface Example {
  readonly x: ArrayLike<number>;
  readonly y: number;
  readonly q: number;
  readonly entropy: number;
}

/** Value and derivative of the de-biased distillation loss at margin z, float64. */
export function lossOf(z: number, e: Example, alpha: number, t: number): { value: number; slope: number } {
  let value = 0;
  let slope = 0;
  if (alpha < 1 && e.y >= 0) {
    value = (1 - alpha) * (softplus(z) - e.y * z);
    slope = (1 - alpha) * (sigmoid(z) - e.y);
  }
  if (alpha > 0) {
    value += alpha * t * t * (softplus(z / t) - e.q * (z / t) - e.entropy);
    slope += alpha * t * (sigmoid(z / t) - e.q);
  }
  return { value, slope };
}

/** Gradient of the batch's mean loss, rows added in order, and the sum of the losses. */
export function gradient(
  p: Float32Array,
  layers: readonly LayerPlace[],
  batch: readonly Example[],
  alpha: number,
  temperature: number,
): { loss: number; g: Float32Array } {
  const g = new Float32Array(p.length);
  const scale = 1 / batch.length;
  let loss = 0;
  for (const example of batch) {
    const activations = forward(p, layers, example.x);
    const z = activations.at(-1)?.[0] as number;
    const { value, slope } = lossOf(z, example, alpha, temperature);
    loss += value;
    let delta = Float32Array.of(slope * 1 * scale);
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l] as LayerPlace;
      const below = l > 0 ? (activations[l - 1] as Float32Array) : example.x;
      const next = new Float32Array(layer.inputs);
      for (let j = 0; j < layer.outputs; j++) {
        g[layer.bias + j] = round((g[layer.bias + j] as number) + (delta[j] as number));
      }
      for (let k = 0; k < layer.inputs; k++) {
        const v = below[k] as number;
        const row = layer.weight + k * layer.outputs;
        let sum = 0;
        for (let j = 0; j < layer.outputs; j++) {
          g[row + j] = round((g[row + j] as number) + round(v * (delta[j] as number)));
          sum = round(sum + round((delta[j] as number) * (p[row + j] as number)));
        }
        next[k] = v > 0 ? sum : 0;
      }
      delta = next;
    }
  }
  return { loss, g };
}

/** AdamW's memory over the steps. */
export interface AdamState {
  readonly m: Float32Array;
  readonly v: Float32Array;
  power1: number;
  power2: number;
}

/** One AdamW step in place, beta .9 and .999, epsilon 1e-8. */
export function adamw(p: Float32Array, g: Float32Array, s: AdamState, rate: number, decay: number): void {
  s.power1 *= 0.9;
  s.power2 *= 0.999;
  const keep = round(1 - rate * decay);
  const step = round(rate / (1 - s.power1));
  const root = round(Math.sqrt(1 - s.power2));
  const [b1, c1, b2, c2, eps] = [0.9, 1 - 0.9, 0.999, 1 - 0.999, 1e-8].map(round) as [
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < p.length; i++) {
    const x = g[i] as number;
    const first = round(round(b1 * (s.m[i] as number)) + round(c1 * x));
    const second = round(round(b2 * (s.v[i] as number)) + round(c2 * round(x * x)));
    s.m[i] = first;
    s.v[i] = second;
    const denominator = round(round(round(Math.sqrt(second)) / root) + eps);
    p[i] = round(round((p[i] as number) * keep) - round(step * round(first / denominator)));
  }
}

/** One step of SGD with momentum in place; m: its memory, decay is added to the gradient. */
export function sgd(
  p: Float32Array,
  g: Float32Array,
  m: Float32Array,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const [keep, shrink, step] = [momentum, decay, rate].map(round) as [number, number, number];
  for (let i = 0; i < p.length; i++) {
    const here = p[i] as number;
    const gradient = round((g[i] as number) + round(shrink * here));
    const moved = round(round(keep * (m[i] as number)) + gradient);
    m[i] = moved;
    p[i] = round(here - round(step * moved));
  }
}
