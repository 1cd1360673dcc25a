// A network's shape, and where its parameters lie in one plain vector.
import type { Activation } from './activation.ts';

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
