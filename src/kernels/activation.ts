// The activations of hidden layers: assembly/activation.ts in TypeScript, with the same bits.
import { sigmoid, tanh } from './elementary.ts';

/** `gelu` is the tanh form of Hendrycks and Gimpel (2016): PyTorch's nn.GELU(approximate='tanh'). */
export type Activation = 'relu' | 'tanh' | 'gelu';
/** By their numbers in the kernel. */
export const ACTIVATIONS: readonly Activation[] = ['relu', 'tanh', 'gelu'];

const GELU_SCALE = 0.7978845608028654; // sqrt(2 / pi)
const GELU_CUBE = 0.044715;

export function relu(v: number): number {
  return v > 0 ? v : 0;
}

export function gelu(v: number): number {
  return v * sigmoid(2 * GELU_SCALE * (v + GELU_CUBE * v * v * v));
}

/** The function of each activation, in float64; the caller rounds to float32. */
export const ACTIVATION: Readonly<Record<Activation, (v: number) => number>> = { relu, tanh, gelu };
