// The training arithmetic of assembly/ in TypeScript, rounded by Math.fround after every operation. It uses plain loops on dense rows
// without padding, and must give the same bits as the wasm (reference.test.ts).
import { ACTIVATION } from '../../src/kernels/activation.ts';
import type { Activation } from '../../src/kernels/activation-names.ts';
import { exp, sigmoid, softplus, tanh } from '../../src/kernels/elementary.ts';
import type { LayerLayout, Layout } from '../../src/kernels/layout.ts';
import { philox, seedWords, words } from '../../src/kernels/random.ts';
import { STREAM_DROPOUT, STREAM_START } from '../../src/kernels/streams.ts';

const round = Math.fround;

/** Initial parameters: uniform weights (He et al. 2015; LeCun et al. 1998 for tanh and the output unit); zeros for logistic regression. */
export function start({ layers, size, activation }: Layout, seed: number): Float32Array {
  const p = new Float32Array(size);
  if (layers.length === 1) return p;
  layers.forEach((layer, l) => {
    const gain = l + 1 < layers.length && activation !== 'tanh' ? 6 : 3;
    const bound = Math.sqrt(gain / layer.inputs);
    const source = words(seed, STREAM_START, l);
    for (let i = 0; i < layer.inputs * layer.outputs; i++) {
      p[layer.weight + i] = (source.next().value * 2 ** -32 * 2 - 1) * bound;
    }
  });
  return p;
}

/** The dropout factor of unit j in layer l: 0 or 1 / (1 - dropout). */
export type Keep = (l: number, j: number) => number;

/** The dropout factors of one row (assembly/dropout.ts). @param position of the row in the epoch's order */
export function keepUnits(dropout: number, seed: number, epoch: number, position: number): Keep {
  const limit = Math.floor(dropout * 2 ** 32);
  const scale = round(1 / (1 - dropout));
  return (l, j) => {
    const drawn = philox([j >> 2, position + 1, STREAM_DROPOUT + 256 * l, epoch], [...seedWords(seed)]);
    return (drawn[j & 3] as number) < limit ? 0 : scale;
  };
}

const GELU_SCALE = 0.7978845608028654; // sqrt(2 / pi)
const GELU_CUBE = 0.044715;

/** The derivatives of the activations in float64, before rounding. */
const SLOPE: Readonly<Record<Activation, (v: number) => number>> = {
  relu: (v) => (v > 0 ? 1 : 0),
  tanh(v) {
    const y = tanh(v);
    return 1 - y * y;
  },
  gelu(v) {
    const s = sigmoid(2 * GELU_SCALE * (v + GELU_CUBE * v * v * v));
    return s + v * s * (1 - s) * (2 * GELU_SCALE * (1 + 3 * GELU_CUBE * v * v));
  },
};

/** The results of one row's forward pass. */
export interface ForwardPass {
  /** The output of each hidden layer. */
  readonly hidden: readonly Float32Array[];
  /** The derivative of each hidden unit by its pre-activation, dropout included. */
  readonly slopes: readonly Float32Array[];
  readonly margin: number;
}

/** The forward pass of one row. x: the encoded row, float32. */
export function forward(
  p: Float32Array,
  { layers, activation, residual }: Layout,
  x: ArrayLike<number>,
  keep?: Keep,
): ForwardPass {
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
      const sum = out[j] as number;
      const factor = keep?.(l, j) ?? 1;
      const value = round(round(ACTIVATION[activation](sum)) * factor);
      slope[j] = round(round(SLOPE[activation](sum)) * factor);
      out[j] = residual && l > 0 ? round(value + (input[j] as number)) : value;
    }
    hidden.push(out);
    slopes.push(slope);
    input = out;
  }
  throw new RangeError('the network has no layers');
}

/** One row of a batch. y: its label, below 0 if unlabelled. q: the tempered target; entropy: of q. */
export interface Example {
  readonly x: ArrayLike<number>;
  readonly y: number;
  readonly q: number;
  readonly entropy: number;
  /** Weight of the row's loss; default 1. */
  readonly weight?: number;
  /** The teacher's cross-entropy on the label; given only for weighted soft labels. */
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

/** Computes the hint loss of a batch's last hidden layer, times its rows, and its derivatives by the hidden units. */
export type Hint = (hidden: readonly Float32Array[]) => { loss: number; deltas: readonly Float32Array[] };

/** The gradient of the batch's mean loss, summed over the rows in order, and the sum of the losses. keeps: the dropout of each row. */
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
    const { hidden, slopes, margin } = passes[i] as ForwardPass;
    const { value, slope } = lossOf(margin, example, alpha, temperature, options.marginLoss);
    const { weight = 1 } = example;
    loss += weight * value;
    let delta = Float32Array.of(slope * weight * scale); // derivative by the pre-activations of layer l
    let carried = new Float32Array(0); // derivative by the output of layer l
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l] as LayerLayout;
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
