// A matrix in memory behind the interface of a stored one, which records what is read.
import { type Matrix, type StoredMatrix, sliceMatrixRows } from '../src/data/matrix.ts';

/** `read` lists the half-open row range [from, to) of each read, in order. */
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
