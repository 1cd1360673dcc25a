// The training arithmetic of assembly/ in TypeScript, rounded by Math.fround after every operation: it must agree
// with the wasm to the bit (test/kernels/reference.test.ts). Plain loops, no padding, dense rows. It also answers
// single records, where a kernel call would cost more than the sums.

import { type Activation, activate } from './activation.ts';
import { exp, sigmoid, softplus } from './elementary.ts';
import { philox, seedWords, words } from './random.ts';

const round = Math.fround;

/** One layer's place in a parameter vector: weights [inputs x outputs] row-major, then `outputs` biases. */
export interface LayerPlace {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/** Hidden widths and what hidden layers do; relu and no residual connections by default. */
export interface Hidden {
  readonly hidden: readonly number[];
  readonly activation?: Activation | undefined;
  /** Every hidden layer but the first adds its input to its output. */
  readonly residual?: boolean | undefined;
}

/** A network's shape, and where its parameters lie. */
export interface Layout {
  readonly layers: readonly LayerPlace[];
  /** Parameters in all. */
  readonly size: number;
  readonly activation: Activation;
  readonly residual: boolean;
}

/** The layout of features -> hidden[0] -> ... -> 1. */
export function layout(features: number, { hidden, activation = 'relu', residual = false }: Hidden): Layout {
  const layers: LayerPlace[] = [];
  let at = 0;
  let inputs = features;
  for (const outputs of [...hidden, 1]) {
    layers.push({ inputs, outputs, weight: at, bias: at + inputs * outputs });
    at += (inputs + 1) * outputs;
    inputs = outputs;
  }
  return { layers, size: at, activation, residual };
}

/** He's uniform start (LeCun's for tanh and for the output unit); zeros for logistic regression. */
export function start({ layers, size, activation }: Layout, seed: number): Float32Array {
  const p = new Float32Array(size);
  if (layers.length === 1) return p;
  layers.forEach((layer, l) => {
    const gain = l + 1 < layers.length && activation !== 'tanh' ? 6 : 3;
    const bound = Math.sqrt(gain / layer.inputs);
    const source = words(seed, 1, l);
    for (let i = 0; i < layer.inputs * layer.outputs; i++) {
      p[layer.weight + i] = (source.next().value * 2 ** -32 * 2 - 1) * bound;
    }
  });
  return p;
}

/** Which hidden units of a row are left out: the factor of unit j of layer l, 0 or 1 / (1 - dropout). */
export type Keep = (l: number, j: number) => number;

/** The kernel's dropout (assembly/dropout.ts). @param place of the row in the epoch's order */
export function keepUnits(dropout: number, seed: number, epoch: number, place: number): Keep {
  const limit = Math.floor(dropout * 2 ** 32);
  const scale = round(1 / (1 - dropout));
  return (l, j) => {
    const drawn = philox([j >> 2, place + 1, 7 + 256 * l, epoch], [...seedWords(seed)]);
    return (drawn[j & 3] as number) < limit ? 0 : scale;
  };
}

/** What one row's answer went through. */
export interface Passed {
  /** What each hidden layer gives to the next one. */
  readonly hidden: readonly Float32Array[];
  /** Derivative of each hidden unit by its sum, dropout included. */
  readonly slopes: readonly Float32Array[];
  readonly margin: number;
}

/** One row through the network. x: the encoded row, float32. */
export function forward(
  p: Float32Array,
  { layers, activation, residual }: Layout,
  x: ArrayLike<number>,
  keep?: Keep,
): Passed {
  const hidden: Float32Array[] = [];
  const slopes: Float32Array[] = [];
  let input = x;
  for (const [l, layer] of layers.entries()) {
    const out = new Float32Array(layer.outputs);
    for (let k = 0; k < layer.inputs; k++) {
      const v = input[k] as number;
      if (v === 0) continue; // adds an exact zero
      const row = layer.weight + k * layer.outputs;
      for (let j = 0; j < layer.outputs; j++) {
        out[j] = round((out[j] as number) + round(v * (p[row + j] as number)));
      }
    }
    for (let j = 0; j < layer.outputs; j++) out[j] = round((out[j] as number) + (p[layer.bias + j] as number));
    if (l + 1 === layers.length) return { hidden, slopes, margin: out[0] as number };
    const slope = new Float32Array(layer.outputs);
    for (let j = 0; j < layer.outputs; j++) {
      const unit = activate(activation, out[j] as number);
      const factor = keep?.(l, j) ?? 1;
      const value = round(round(unit.value) * factor);
      slope[j] = round(round(unit.slope) * factor);
      out[j] = residual && l > 0 ? round(value + (input[j] as number)) : value;
    }
    hidden.push(out);
    slopes.push(slope);
    input = out;
  }
  throw new RangeError('a network without layers');
}

/** One row's part in the loss. y below 0: unlabelled. q: the tempered target, entropy: its own. */
export interface Example {
  readonly x: ArrayLike<number>;
  readonly y: number;
  readonly q: number;
  readonly entropy: number;
  /** Of its loss; default 1. */
  readonly weight?: number;
  /** The teacher's cross-entropy of the label, where soft labels are weighted by it. */
  readonly teacherLoss?: number;
}

/** Value and derivative of the loss (assembly/loss.ts) at margin z, float64. marginLoss: e.q is the target's margin. */
export function lossOf(
  z: number,
  e: Example,
  alpha: number,
  t: number,
  marginLoss: boolean = false,
): { value: number; slope: number } {
  let value = 0;
  let slope = 0;
  if (alpha < 1 && e.y >= 0) {
    value = (1 - alpha) * (softplus(z) - e.y * z);
    slope = (1 - alpha) * (sigmoid(z) - e.y);
  }
  if (alpha > 0) {
    let share = alpha;
    if (e.teacherLoss !== undefined && e.y >= 0) {
      share *= 1 - exp((e.y * z - softplus(z)) / Math.max(e.teacherLoss, 1e-12));
    }
    if (marginLoss) {
      value += share * 0.125 * (z - e.q) * (z - e.q);
      slope += share * 0.25 * (z - e.q);
    } else {
      value += share * t * t * (softplus(z / t) - e.q * (z / t) - e.entropy);
      slope += share * t * (sigmoid(z / t) - e.q);
    }
  }
  return { value, slope };
}

/** What a batch's last hidden units add to the loss: its value times the rows, and its derivative by each of them. */
export type Hint = (hidden: readonly Float32Array[]) => { loss: number; deltas: readonly Float32Array[] };

/** Gradient of the batch's mean loss, rows added in order, and the sum of the losses. keeps: dropout, a row each. */
export function gradient(
  p: Float32Array,
  shape: Layout,
  batch: readonly Example[],
  alpha: number,
  temperature: number,
  options: { keeps?: readonly Keep[] | undefined; marginLoss?: boolean; hint?: Hint } = {},
): { loss: number; g: Float32Array } {
  const { layers, residual } = shape;
  const g = new Float32Array(p.length);
  const scale = 1 / batch.length;
  let loss = 0;
  const passes = batch.map((example, i) => forward(p, shape, example.x, options.keeps?.[i]));
  const hint = options.hint?.(passes.map(({ hidden }) => hidden.at(-1) as Float32Array));
  batch.forEach((example, i) => {
    const { hidden, slopes, margin } = passes[i] as Passed;
    const { value, slope } = lossOf(margin, example, alpha, temperature, options.marginLoss);
    const { weight = 1 } = example;
    loss += weight * value;
    let delta = Float32Array.of(slope * weight * scale); // by the sums of layer l
    let carried = new Float32Array(0); // by the output of layer l
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l] as LayerPlace;
      const below = l > 0 ? (hidden[l - 1] as Float32Array) : example.x;
      const skips = residual && l > 0 && l + 1 < layers.length;
      const out = new Float32Array(layer.inputs);
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
        out[k] = skips ? round(sum + (carried[k] as number)) : sum;
        if (hint && l + 1 === layers.length) out[k] = round(sum + (hint.deltas[i]?.[k] as number));
      }
      carried = out;
      delta = out.map((d, k) => round(d * (slopes[l - 1]?.[k] ?? 1)));
    }
  });
  return { loss: loss + (hint?.loss ?? 0), g };
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
