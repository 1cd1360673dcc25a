// Encoded rows as slots: one 32-bit word a raw feature instead of one float an encoded column. A numeric slot
// holds its float32 value; a categorical slot holds the index of its one-hot column, or -1 for none.
import { BLOCK_ROWS } from '../kernels/block.ts';

interface Shape {
  readonly rows: number;
  readonly slots: number;
  /** Encoded columns: the width of the dense form. */
  readonly width: number;
  /** The encoded column of each numeric slot; -1 for a categorical slot, whose word names it. [slots] */
  readonly slotColumns: Int32Array;
}

/** In memory. */
export interface Matrix extends Shape {
  /** [rows x slots] */
  readonly words: Int32Array;
}

/** In a file, for rows that are more than memory holds. */
export interface StoredMatrix extends Shape {
  /** Rows [from, to), in memory. */
  read(from: number, to: number): Matrix;
}

/** 0, 1, ... of the last dense matrix: most have the same width as the one before. */
let counted = new Int32Array(0);

/** A matrix of plain numbers: slot s is column s. @param values [rows x width], row-major */
export function denseMatrix(values: Float32Array, width: number): Matrix {
  if (counted.length !== width) counted = Int32Array.from({ length: width }, (_, s) => s);
  const slotColumns = counted;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  return { rows: values.length / width, slots: width, width, slotColumns, words };
}

/** Whether every slot is a numeric column at its own place. */
export function isDense(matrix: Shape): boolean {
  const { slots, width, slotColumns } = matrix;
  return slotColumns === counted || (slots === width && slotColumns.every((column, s) => column === s));
}

/** Rows [from, to) with every encoded column written out; float32 [(to - from) x width]. */
export function denseRows(matrix: Matrix, from: number, to: number): Float32Array {
  const { slots, width, slotColumns, words } = matrix;
  const out = new Float32Array((to - from) * width);
  const values = new Float32Array(words.buffer, words.byteOffset, words.length);
  for (let row = from; row < to; row++) {
    const base = (row - from) * width;
    for (let s = 0; s < slots; s++) {
      const fixed = slotColumns[s] as number;
      const word = words[row * slots + s] as number;
      if (fixed >= 0) out[base + fixed] = values[row * slots + s] as number;
      else if (word >= 0) out[base + word] = 1;
    }
  }
  return out;
}

/** A matrix with more columns of numbers beside it. @param values [rows x columns], row-major */
export function widen(matrix: Matrix, values: Float32Array): Matrix {
  const { rows, slots, width } = matrix;
  const more = rows > 0 ? values.length / rows : 0;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const words = new Int32Array(rows * (slots + more));
  for (let i = 0; i < rows; i++) {
    words.set(matrix.words.subarray(i * slots, (i + 1) * slots), i * (slots + more));
    words.set(bits.subarray(i * more, (i + 1) * more), i * (slots + more) + slots);
  }
  const slotColumns = Int32Array.from({ length: slots + more }, (_, s) =>
    s < slots ? (matrix.slotColumns[s] as number) : width + s - slots,
  );
  return { rows, slots: slots + more, width: width + more, slotColumns, words };
}

/** The rows of several matrices of the same columns, one after the other. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  const [first] = parts as [Matrix, ...Matrix[]];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const words = new Int32Array(rows * first.slots);
  let at = 0;
  for (const part of parts) {
    words.set(part.words, at);
    at += part.words.length;
  }
  return { ...first, rows, words };
}

/** Rows [from, to) of a matrix, without a copy where it is in memory. */
export function sliceRows(matrix: Matrix | StoredMatrix, from: number, to: number): Matrix {
  if ('read' in matrix) return matrix.read(from, to);
  const { slots, words } = matrix;
  return { ...matrix, rows: to - from, words: words.subarray(from * slots, to * slots) };
}

/** The given rows of a matrix, in that order. */
export function pickRows(matrix: Matrix | StoredMatrix, rows: Uint32Array): Matrix {
  const { slots, width, slotColumns } = matrix;
  const words = new Int32Array(rows.length * slots);
  const read = openWords(matrix);
  for (const [i, row] of rows.entries()) read(row, words, i * slots);
  return { rows: rows.length, slots, width, slotColumns, words };
}

/** Copies a row's words to a place in others; of a stored matrix, whole pieces of rows are read, and the last is held. */
function openWords(matrix: Matrix | StoredMatrix): (row: number, to: Int32Array, at: number) => void {
  const { slots } = matrix;
  let held: Matrix | undefined = 'read' in matrix ? undefined : matrix;
  let before = 0;
  return (row, to, at) => {
    if ('read' in matrix && !(held && row >= before && row < before + held.rows)) {
      before = Math.floor(row / BLOCK_ROWS) * BLOCK_ROWS;
      held = matrix.read(before, Math.min(matrix.rows, before + BLOCK_ROWS));
    }
    const start = (row - before) * slots;
    to.set((held as Matrix).words.subarray(start, start + slots), at);
  };
}
