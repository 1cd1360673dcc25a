// The names and shapes that other frameworks give a student's weights: those of nn.Conv2d and nn.Linear.
import type { StudentData } from '../student/student-data.ts';
import { studentLayout } from '../student/student-layout.ts';

/** A product of packLayers as a tensor. */
export interface TensorShape {
  /** `stages.0` for a convolution, `layers.0` for another layer. */
  readonly name: string;
  /** [outputs, channels, kernel, kernel] of a convolution, where a depthwise one has 1 channel; [outputs, inputs] of another layer. */
  readonly shape: readonly number[];
  /** The index in [inputs, outputs] of element i of the tensor. */
  readonly indexOf: (i: number) => number;
}

/** The tensors of a student's products, in the order of packLayers. */
export function tensorShapes({ preprocessing, architecture }: StudentData): TensorShape[] {
  const { stages, layers } = studentLayout(preprocessing, architecture);
  return [
    ...stages.map(({ depthwise, kernel, inputs, outputs }, l): TensorShape => {
      const channels = depthwise ? 1 : inputs;
      const places = kernel * kernel;
      const indexOf = (i: number): number => {
        const place = i % places;
        const channel = Math.floor(i / places) % channels;
        return (place * channels + channel) * outputs + Math.floor(i / (places * channels));
      };
      return { name: `stages.${l}`, shape: [outputs, channels, kernel, kernel], indexOf };
    }),
    ...layers.map(
      ({ inputs, outputs }, l): TensorShape => ({
        name: `layers.${l}`,
        shape: [outputs, inputs],
        indexOf: (i) => (i % inputs) * outputs + Math.floor(i / inputs),
      }),
    ),
  ];
}
