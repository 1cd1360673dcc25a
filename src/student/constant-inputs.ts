// Inputs that are the same in all training rows. Training cannot tell what another value means: the weights of a zero stay as they were
// drawn, and those of another constant are a second bias. So a student has weights of 0 for them, and does not look at such a column.
import type { ConstantColumn } from '../data/constant-columns.ts';
import type { Floats } from '../io/host-types.ts';
import { type NetworkInputs, networkLayout } from '../kernels/trunk-layout.ts';
import type { Architecture } from './architecture.ts';

/** An input of the first layer, and its value in all training rows. */
interface ConstantInput {
  readonly input: number;
  readonly value: number;
}

/** The constant inputs of a network's first layer of weights, after the convolutions. */
export interface ConstantInputs {
  readonly all: readonly ConstantInput[];
  /** Indices of the layer in the parameter vector. */
  readonly weight: number;
  readonly bias: number;
  readonly outputs: number;
}

/** Finds the inputs that belong to encoded columns. @param columns encoded columns that are the same in all training rows */
export function constantInputs(
  inputs: NetworkInputs,
  architecture: Architecture,
  columns: readonly ConstantColumn[],
): ConstantInputs {
  const { stages, layers } = networkLayout(inputs, architecture);
  const [{ weight, bias, outputs }] = layers as [(typeof layers)[number]];
  const { image } = inputs;
  const channels = stages.at(-1)?.outputs ?? 0;
  const pixels = image && architecture.conv ? image.size[0] * image.size[1] * image.channels : 0;
  const all = columns.map(({ column, value }) => ({
    // the outputs of the convolutions come first, and the pixels are left out
    input: channels + column - (image && column > image.offset ? pixels : 0),
    value,
  }));
  return { all, weight, bias, outputs };
}

/** Moves the effect of constant inputs in a parameter vector to the biases, and sets their weights to 0. @returns the vector */
export function foldConstants(vector: Floats, { all, weight, bias, outputs }: ConstantInputs): Floats {
  for (const { input, value } of all)
    for (let j = 0; j < outputs; j++) {
      const at = weight + input * outputs + j;
      if (value !== 0) vector[bias + j] = (vector[bias + j] as number) + Math.fround((vector[at] as number) * value);
      vector[at] = 0;
    }
  return vector;
}
