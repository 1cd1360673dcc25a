// The forward pass of one row with an image without a kernel: sums have the order of the kernel's, so the same bits. Buffers have a
// border of zeros, as in assembly/stage.ts; inputs of 0 are skipped.
import { addRows, readDense, type SparseRow, singleRow, sparseRow } from './single-row.ts';
import type { ImageShape, NetworkLayout, StageLayout } from './trunk-layout.ts';

const round = Math.fround;

/** A row with an image: `pixels` are its values, [height x width x channels]; the columns are the other ones. */
export interface ImageRow extends SparseRow {
  readonly pixels: Float32Array;
}

/** An empty row with room for `width` columns and an image. */
export function imageRow(width: number, { size, channels }: Pick<ImageShape, 'size' | 'channels'>): ImageRow {
  return { ...sparseRow(width), pixels: new Float32Array(size[0] * size[1] * channels) };
}

/**
 * singleRow for a network with a trunk.
 * @param p the network's parameters, in the order of the layout
 * @param activation of hidden layers (activation.ts), in float64
 */
export function singleImage(
  p: Float32Array,
  layout: NetworkLayout,
  { size, channels, offset }: ImageShape,
  activation: (v: number) => number,
): (row: SparseRow) => number {
  const { stages, features } = layout;
  const means = new Float32Array((stages.at(-1) as StageLayout).outputs);
  const trunk = openTrunk(p, stages, means);
  const margin = singleRow(p, layout, activation);
  const inner = sparseRow(features);
  // columns after the image's, less the image's, plus the trunk's outputs
  const shift = means.length - size[0] * size[1] * channels;
  return (row) => {
    trunk((row as ImageRow).pixels);
    readDense(means, inner);
    for (let i = 0; i < row.count; i++) {
      const column = row.columns[i] as number;
      inner.columns[inner.count] = column + (column > offset ? shift : means.length);
      inner.values[inner.count++] = row.values[i] as number;
    }
    return margin(inner);
  };
}

/** One stage with its input. */
interface OpenedStage extends StageLayout {
  readonly input: Float32Array;
  /** Values of a row of the input, with the border, and from its start to the first pixel. */
  readonly stride: number;
  readonly start: number;
}

/** A function that writes the mean of each channel of the last stage to `means`. */
function openTrunk(
  p: Float32Array,
  layouts: readonly StageLayout[],
  means: Float32Array,
): (pixels: Float32Array) => void {
  const stages = layouts.map((stage): OpenedStage => {
    const border = stage.kernel >> 1;
    const stride = (stage.width + 2 * border) * stage.inputs;
    const input = new Float32Array((stage.height + 2 * border) * stride);
    return { ...stage, input, stride, start: border * (stride + stage.inputs) };
  });
  const [first] = stages as [OpenedStage];
  const { outHeight, outWidth, outputs } = stages.at(-1) as OpenedStage;
  const last = new Float32Array(outHeight * outWidth * outputs);
  const line = first.width * first.inputs;
  const share = round(1 / (outHeight * outWidth));
  const runs = stages.map((stage, l) => {
    const next = stages[l + 1];
    const output = next?.input ?? last;
    return openStage(p, stage, output, next?.stride ?? outWidth * outputs, next?.start ?? 0);
  });
  return (pixels) => {
    for (let y = 0; y < first.height; y++)
      first.input.set(pixels.subarray(y * line, (y + 1) * line), first.start + y * first.stride);
    for (const run of runs) run();
    means.fill(0);
    for (let at = 0; at < last.length; at += outputs)
      for (let c = 0; c < outputs; c++) means[c] = (means[c] as number) + (last[at + c] as number);
    for (let c = 0; c < outputs; c++) means[c] = (means[c] as number) * share;
  };
}

/** A function that runs a stage. @param outStart where its output starts @param outStride values of a row of the output */
function openStage(
  p: Float32Array,
  stage: OpenedStage,
  output: Float32Array,
  outStride: number,
  outStart: number,
): () => void {
  const { depthwise, kernel, step, residual, inputs, outputs, outHeight, outWidth, weight, bias } = stage;
  const { input, stride, start } = stage;
  const sums = new Float32Array(outputs);
  const length = kernel * inputs;
  const window = sparseRow(depthwise ? 0 : kernel * length);
  const { columns, values } = window;
  return () => {
    for (let y = 0; y < outHeight; y++) {
      let to = outStart + y * outStride;
      for (let x = 0; x < outWidth; x++) {
        const from = y * step * stride + x * step * inputs;
        if (depthwise) addPlaces(p, weight, input, from, stride, kernel, sums);
        else {
          let count = 0;
          for (let ky = 0; ky < kernel; ky++) {
            const row = from + ky * stride;
            for (let k = 0; k < length; k++) {
              const value = input[row + k] as number;
              if (value === 0) continue;
              columns[count] = ky * length + k;
              values[count++] = value;
            }
          }
          window.count = count;
          addRows(p, weight, outputs, window, sums);
        }
        for (let j = 0; j < outputs; j++) {
          let value = round((sums[j] as number) + (p[bias + j] as number));
          // a residual stage's windows are one pixel apart, and it has as many outputs as inputs
          if (residual) value = round(value + (input[start + y * stride + x * inputs + j] as number));
          output[to++] = value > 0 ? value : 0;
        }
      }
    }
  };
}

/** sums[c] = the sum over a window's places, in order, of channel c times its own weight. */
function addPlaces(
  p: Float32Array,
  weight: number,
  input: Float32Array,
  from: number,
  stride: number,
  kernel: number,
  sums: Float32Array,
): void {
  const channels = sums.length;
  let w = weight;
  sums.fill(0);
  for (let ky = 0; ky < kernel; ky++) {
    let at = from + ky * stride;
    for (let kx = 0; kx < kernel; kx++)
      for (let c = 0; c < channels; c++)
        sums[c] = (sums[c] as number) + round((input[at++] as number) * (p[w++] as number));
  }
}
