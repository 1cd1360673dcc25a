// The forward pass of one row without a kernel: sums have the order of the kernel's, so the same bits. Four inputs are added at a
// time, and inputs of 0 are skipped.
import type { Layout } from './layout.ts';

const round = Math.fround;

/** The nonzero columns of an encoded row, ascending. */
export interface SparseRow {
  /** How many there are. */
  count: number;
  /** [F], of which the first `count` are used. */
  readonly columns: Uint32Array;
  /** Their values, float32 [F]. */
  readonly values: Float32Array;
  /** The values of the row's image (image-row.ts); absent in students without images. */
  readonly pixels?: Float32Array;
}

/** An empty row with room for `width` columns. */
export function sparseRow(width: number): SparseRow {
  return { count: 0, columns: new Uint32Array(width), values: new Float32Array(width) };
}

/** Sets `row` to the nonzero columns of the dense row x. */
export function readDense(x: ArrayLike<number>, row: SparseRow): void {
  let count = 0;
  for (let k = 0; k < x.length; k++) {
    const value = x[k] as number;
    if (value === 0) continue;
    row.columns[count] = k;
    row.values[count++] = value;
  }
  row.count = count;
}

/** Writes a row's values into x, a dense row of zeros. */
export function writeDense({ count, columns, values }: SparseRow, x: Float32Array): void {
  for (let i = 0; i < count; i++) x[columns[i] as number] = values[i] as number;
}

/**
 * A function from rows to margins, which reuses its own buffers.
 * @param p the network's parameters, in the order of the layout
 * @param activation of hidden layers (activation.ts), in float64
 */
export function singleRow(
  p: Float32Array,
  { layers, residual }: Pick<Layout, 'layers' | 'residual'>,
  activation: (v: number) => number,
): (row: SparseRow) => number {
  const outputs = layers.map((layer) => new Float32Array(layer.outputs));
  const inner = sparseRow(Math.max(...layers.map((layer) => layer.outputs)));
  return (first) => {
    let row = first;
    for (let l = 0; l < layers.length; l++) {
      const { outputs: width, weight, bias } = layers[l] as Layout['layers'][number];
      const out = outputs[l] as Float32Array;
      addRows(p, weight, width, row, out);
      if (l + 1 === layers.length) return round((out[0] as number) + (p[bias] as number));
      for (let j = 0; j < width; j++) {
        const value = round(activation(round((out[j] as number) + (p[bias + j] as number))));
        out[j] = residual && l > 0 ? round(value + (outputs[l - 1]?.[j] as number)) : value;
      }
      readDense(out, inner);
      row = inner;
    }
    return Number.NaN; // a network has a layer
  };
}

/** out[j] = the sum over i, in order, of values[i] * p[weight + columns[i] * width + j]. */
export function addRows(
  p: Float32Array,
  weight: number,
  width: number,
  { count, columns, values }: SparseRow,
  out: Float32Array,
): void {
  out.fill(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const a = values[i] as number;
    const b = values[i + 1] as number;
    const c = values[i + 2] as number;
    const d = values[i + 3] as number;
    const at = weight + (columns[i] as number) * width;
    const bt = weight + (columns[i + 1] as number) * width;
    const ct = weight + (columns[i + 2] as number) * width;
    const dt = weight + (columns[i + 3] as number) * width;
    for (let j = 0; j < width; j++) {
      let sum = round((out[j] as number) + round(a * (p[at + j] as number)));
      sum = round(sum + round(b * (p[bt + j] as number)));
      sum = round(sum + round(c * (p[ct + j] as number)));
      out[j] = round(sum + round(d * (p[dt + j] as number)));
    }
  }
  for (; i < count; i++) {
    const v = values[i] as number;
    const at = weight + (columns[i] as number) * width;
    for (let j = 0; j < width; j++) out[j] = round((out[j] as number) + round(v * (p[at + j] as number)));
  }
}
