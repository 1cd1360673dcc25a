// What a hidden layer does with its sums: assembly/activation.ts in TypeScript, the same bits.
import { sigmoid, tanh } from './elementary.ts';

/** `gelu` is the tanh form of Hendrycks and Gimpel (2016): PyTorch's nn.GELU(approximate='tanh'). */
export type Activation = 'relu' | 'tanh' | 'gelu';
/** In the kernel's numbering. */
export const ACTIVATIONS: readonly Activation[] = ['relu', 'tanh', 'gelu'];

const GELU_SCALE = 0.7978845608028654; // sqrt(2 / pi)
const GELU_CUBE = 0.044715;

export function relu(v: number): number {
  return v > 0 ? v : 0;
}

export function gelu(v: number): number {
  return v * sigmoid(2 * GELU_SCALE * (v + GELU_CUBE * v * v * v));
}

/** The function of each kind, float64 before rounding. */
export const ACTIVATION: Readonly<Record<Activation, (v: number) => number>> = { relu, tanh, gelu };
