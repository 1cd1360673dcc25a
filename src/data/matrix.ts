// Encoded rows as fields: one 32-bit word a raw feature instead of one float an encoded column. A numeric field
// holds its float32 value; a categorical field holds the index of its one-hot column, or -1 for none.

interface Shape {
  readonly rows: number;
  readonly fields: number;
  /** Encoded columns: the width of the dense form. */
  readonly width: number;
  /** The encoded column of each numeric field; -1 for a categorical field, whose word names it. [fields] */
  readonly fieldColumns: Int32Array;
}

/** In memory. */
export interface Matrix extends Shape {
  /** [rows x fields] */
  readonly data: Int32Array;
}

/** In a file, for rows that are more than memory holds. */
export interface StoredMatrix extends Shape {
  /** Rows [from, to), in memory. */
  read(from: number, to: number): Matrix;
}

/** 0, 1, ... of the last dense matrix: most have the same width as the one before. */
let counted = new Int32Array(0);

/** A matrix of plain numbers: field s is column s. @param values [rows x width], row-major */
export function denseMatrix(values: Float32Array, width: number): Matrix {
  if (counted.length !== width) counted = Int32Array.from({ length: width }, (_, s) => s);
  const fieldColumns = counted;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  return { rows: values.length / width, fields: width, width, fieldColumns: fieldColumns, data: words };
}

/** Whether every field is a numeric column at its own place. */
export function isDense(matrix: Shape): boolean {
  const { fields, width, fieldColumns } = matrix;
  return fieldColumns === counted || (fields === width && fieldColumns.every((column, s) => column === s));
}

/** Rows [from, to) with every encoded column written out; float32 [(to - from) x width]. */
export function denseRows(matrix: Matrix, from: number, to: number): Float32Array {
  const { fields, width, fieldColumns, data } = matrix;
  const out = new Float32Array((to - from) * width);
  const values = new Float32Array(data.buffer, data.byteOffset, data.length);
  for (let row = from; row < to; row++) {
    const base = (row - from) * width;
    for (let s = 0; s < fields; s++) {
      const fixed = fieldColumns[s] as number;
      const word = data[row * fields + s] as number;
      if (fixed >= 0) out[base + fixed] = values[row * fields + s] as number;
      else if (word >= 0) out[base + word] = 1;
    }
  }
  return out;
}

/** A matrix with more columns of numbers beside it. @param values [rows x columns], row-major */
export function appendColumns(matrix: Matrix, values: Float32Array): Matrix {
  const { rows, fields, width } = matrix;
  const more = rows > 0 ? values.length / rows : 0;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const words = new Int32Array(rows * (fields + more));
  for (let i = 0; i < rows; i++) {
    words.set(matrix.data.subarray(i * fields, (i + 1) * fields), i * (fields + more));
    words.set(bits.subarray(i * more, (i + 1) * more), i * (fields + more) + fields);
  }
  const fieldColumns = Int32Array.from({ length: fields + more }, (_, s) =>
    s < fields ? (matrix.fieldColumns[s] as number) : width + s - fields,
  );
  return { rows, fields: fields + more, width: width + more, fieldColumns: fieldColumns, data: words };
}

/** The rows of several matrices of the same columns, one after the other. */
export function concatMatrixRows(parts: readonly Matrix[]): Matrix {
  const [first] = parts as [Matrix, ...Matrix[]];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const words = new Int32Array(rows * first.fields);
  let at = 0;
  for (const part of parts) {
    words.set(part.data, at);
    at += part.data.length;
  }
  return { ...first, rows, data: words };
}

/** Rows [from, to) of a matrix, without a copy. */
export function sliceMatrixRows(matrix: Matrix, from: number, to: number): Matrix {
  const { fields, data } = matrix;
  return { ...matrix, rows: to - from, data: data.subarray(from * fields, to * fields) };
}

/** The given rows of a matrix, in that order. */
export function selectMatrixRows(matrix: Matrix, rows: Uint32Array): Matrix {
  const { fields, width, fieldColumns } = matrix;
  const data = new Int32Array(rows.length * fields);
  for (const [i, row] of rows.entries()) {
    data.set(matrix.data.subarray(row * fields, (row + 1) * fields), i * fields);
  }
  return { rows: rows.length, fields, width, fieldColumns, data };
}
