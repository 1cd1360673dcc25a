// Rows in memory, met as those of a file are, and which of them were read.
import { type Matrix, type StoredMatrix, sliceMatrixRows } from '../src/data/matrix.ts';

/** read: the first row and the end of every piece, in the order of reading. */
export function asStored(matrix: Matrix): { stored: StoredMatrix; read: [from: number, to: number][] } {
  const { data: _, ...shape } = matrix;
  const read: [number, number][] = [];
  const stored = {
    ...shape,
    read(from: number, to: number) {
      read.push([from, to]);
      return sliceMatrixRows(matrix, from, to);
    },
  };
  return { stored, read };
}
