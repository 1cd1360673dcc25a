// The rows and columns of a fit of `residual` in kernel memory.

/** A design matrix phi in kernel memory; `data` and `columns` are byte addresses. */
export interface DesignMatrix {
  readonly fields: number;
  readonly width: number;
  readonly data: number;
  readonly columns: number;
  /** The block of each column: 0 numbers, 1 one-hot, 2 hinges, 3 the teacher's features; uint8 [width]. */
  readonly blocks: Uint8Array;
}

/** Margins, labels, folds and weights (0: none) of n rows, as byte addresses in kernel memory. */
export interface Rows {
  readonly v: number;
  readonly y: number;
  readonly fold: number;
  readonly weights: number;
  readonly n: number;
}
