// The activations of hidden layers: assembly/activation.ts in TypeScript, with the same bits.
import type { Activation } from './activation-names.ts';
import { sigmoid, tanh } from './elementary.ts';

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
