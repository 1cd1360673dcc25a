// The rows [1, v, phi] of a logistic fit as lists of indices and values, for sums over pairs of columns.
import type { Matrix } from '../data/matrix.ts';

/** Rows of a design matrix, each with its entries other than 0. */
export interface DesignRows {
  readonly rows: number;
  /** Length of a row: 2 and the columns of phi. */
  readonly size: number;
  /** Where each row's entries begin in `indices` and `values`; uint32 [rows + 1]. */
  readonly starts: Uint32Array;
  readonly indices: Uint16Array;
  readonly values: Float64Array;
}

/** Lists the entries of [1, v, phi]. @param margins v, float64 [rows] @param phi numbers and one-hot columns, without texts and images */
export function designRows(margins: Float64Array, phi: Matrix): DesignRows {
  const { rows, fields, width, fieldColumns, data } = phi;
  const numbers = new Float32Array(data.buffer, data.byteOffset, data.length);
  const starts = new Uint32Array(rows + 1);
  const indices = new Uint16Array(rows * (fields + 2));
  const values = new Float64Array(rows * (fields + 2));
  let at = 0;
  const add = (index: number, value: number): void => {
    if (value === 0) return;
    indices[at] = index;
    values[at++] = value;
  };
  for (let i = 0; i < rows; i++) {
    add(0, 1);
    add(1, margins[i] as number);
    for (let s = 0; s < fields; s++) {
      const fixed = fieldColumns[s] as number;
      const word = data[i * fields + s] as number;
      if (fixed >= 0) add(2 + fixed, numbers[i * fields + s] as number);
      else if (word >= 0) add(2 + word, 1);
    }
    starts[i + 1] = at;
  }
  return { rows, size: width + 2, starts, indices: indices.subarray(0, at), values: values.subarray(0, at) };
}

/** The sum over the entries of row i of value times `by`[index]. */
export function dotRow({ starts, indices, values }: DesignRows, i: number, by: Float64Array): number {
  let sum = 0;
  for (let k = starts[i] as number; k < (starts[i + 1] as number); k++)
    sum += (values[k] as number) * (by[indices[k] as number] as number);
  return sum;
}

/** x^T A x of row i. @param matrix A, symmetric, float64 [size x size] */
export function quadraticForm({ size, starts, indices, values }: DesignRows, i: number, matrix: Float64Array): number {
  const [from, to] = [starts[i] as number, starts[i + 1] as number];
  let [squares, products] = [0, 0];
  for (let k = from; k < to; k++) {
    const line = (indices[k] as number) * size;
    let sum = 0;
    for (let l = from; l < k; l++) sum += (values[l] as number) * (matrix[line + (indices[l] as number)] as number);
    products += (values[k] as number) * sum;
    squares += (values[k] as number) * (values[k] as number) * (matrix[line + (indices[k] as number)] as number);
  }
  return squares + 2 * products;
}

/** The sum of weight x x^T over the rows, float64 [size x size]. @param weights float64 [rows]; a row of weight 0 is skipped */
export function secondMoments(design: DesignRows, weights: Float64Array): Float64Array {
  const { rows, size, starts, indices, values } = design;
  const out = new Float64Array(size * size);
  for (let i = 0; i < rows; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const [from, to] = [starts[i] as number, starts[i + 1] as number];
    for (let k = from; k < to; k++) {
      const line = (indices[k] as number) * size;
      const scaled = weight * (values[k] as number);
      for (let l = from; l < to; l++) {
        const column = line + (indices[l] as number);
        out[column] = (out[column] as number) + scaled * (values[l] as number);
      }
    }
  }
  return out;
}
