// A network's shape, and the layout of its parameters in one vector.
import type { Activation } from './activation-names.ts';

/** One layer in a parameter vector: weights [inputs x outputs] row-major from index `weight`, then `outputs` biases from index `bias`. */
export interface LayerLayout {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/** The hidden layers: their widths, activation (default relu) and residual connections (default none). */
export interface Hidden {
  readonly hidden: readonly number[];
  readonly activation?: Activation | undefined;
  /** Every hidden layer but the first adds its input to its output. */
  readonly residual?: boolean | undefined;
}

/** A network's shape, and the layout of its parameters. */
export interface Layout {
  readonly layers: readonly LayerLayout[];
  /** How many parameters all layers have. */
  readonly size: number;
  readonly activation: Activation;
  readonly residual: boolean;
}

/** The layout of a network of layers features -> hidden[0] -> ... -> 1. */
export function layout(features: number, { hidden, activation = 'relu', residual = false }: Hidden): Layout {
  const layers: LayerLayout[] = [];
  let at = 0;
  let inputs = features;
  for (const outputs of [...hidden, 1]) {
    layers.push({ inputs, outputs, weight: at, bias: at + inputs * outputs });
    at += (inputs + 1) * outputs;
    inputs = outputs;
  }
  return { layers, size: at, activation, residual };
}
