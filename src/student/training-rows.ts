// Places training rows in kernel memory: all of them, or one block at a time for rows in a file. An epoch's order visits block after
// block (assembly/random.ts), which reads each block once per epoch. A batch that spans blocks is gathered separately. Both ways give
// the kernel the same numbers.

import type { AnyDataset } from '../data/dataset.ts';
import type { StoredMatrix } from '../data/matrix.ts';
import { matrixRows, rowsPerRead } from '../data/row-source.ts';
import type { Reused } from '../io/temp-file.ts';
import type { Arena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { mostEntries, type PlacedMatrix, placeMatrix, reserveRows } from './placed-rows.ts';

/** Training rows in kernel memory. */
export interface TrainingRows {
  /** The encoded rows. */
  readonly matrix: PlacedMatrix;
  /** Pointers: labels int8, weights float64 (0: none), and the order of an epoch or of a block, uint32. */
  readonly labels: number;
  readonly weights: number;
  readonly order: number;
  /** Rows in memory at a time. */
  readonly capacity: number;
  /**
   * Places further values of each training row, [rows x width], in memory.
   * @param width default 1
   * @returns a pointer to those of all rows, or of the rows of the block in memory
   */
  place(values: RowValues, width?: number): number;
  /** Loads the epoch's blocks; each is valid until the next one. Absent where all rows are in memory. */
  readonly blocks?: () => Iterable<RowBlock>;
}

/** Values of each training row. */
type RowValues = Int8Array | Float32Array | Float64Array;

/** A block of an epoch: positions [from, to) of its order. */
export interface RowBlock {
  readonly from: number;
  readonly to: number;
  /** Index of its first row among the rows in memory. */
  readonly offset: number;
  /** Picks the block's rows from one value per training row. */
  readonly select: (values: Float64Array) => Float64Array;
}

/** How training rows are weighted and visited. */
export interface Visit {
  /** Row weights, float64 [rows]; undefined where all are 1. */
  readonly weights: Float64Array | undefined;
  /** Pointer to the epoch's order, uint32 [rows], drawn before each epoch. */
  readonly order: number;
  readonly batchSize: number;
}

/** Places the rows in the arena, or reserves memory for one block. @throws DebkdError `memory` */
export function placeTrainingRows(
  arena: Arena,
  dataset: AnyDataset,
  { weights, order, batchSize }: Visit,
): TrainingRows {
  const { features, labels } = dataset;
  const { all } = matrixRows(features);
  if (all) {
    const places = { matrix: placeMatrix(arena, all), labels: arena.put(labels) };
    return { ...places, weights: weights ? arena.put(weights) : 0, order, capacity: dataset.rows, place: arena.put };
  }
  const placed = { weights, order, batchSize: Math.min(batchSize, dataset.rows) };
  return placeBlocks(arena, features as StoredMatrix, labels, placed);
}

function placeBlocks(
  arena: Arena,
  features: StoredMatrix,
  labels: Int8Array,
  { weights, order: epoch, batchSize: batch }: Visit,
): TrainingRows {
  const { rows } = features;
  const block = Math.min(SHUFFLE_BLOCK_ROWS, rows);
  const capacity = block + batch;
  const perRead = rowsPerRead(features, SHUFFLE_BLOCK_ROWS);
  const blockEntries = mostEntries(features, SHUFFLE_BLOCK_ROWS);
  const entries = blockEntries + batch * mostEntries(features, 1);
  const room = reserveRows(arena, features, { rows: capacity, entries });
  const placed: { readonly at: number; readonly values: RowValues; readonly width: number }[] = [];
  const place = (values: RowValues, width = 1): number => {
    const at = arena.reserve(values.BYTES_PER_ELEMENT * width * capacity);
    placed.push({ at, values, width });
    return at;
  };
  const at = { labels: place(labels), weights: weights ? place(weights) : 0, order: arena.reserve(4 * capacity) };
  /** Copies the placed values of rows [from, to) to those of a row in memory and its successors. */
  const put = (row: number, from: number, to: number): void => {
    for (const { at, values, width } of placed)
      arena.write(at + values.BYTES_PER_ELEMENT * width * row, values.subarray(width * from, width * to));
  };

  const memory: Reused = { bytes: new Uint8Array(0) };

  function readBlock(start: number, from: number, to: number): RowBlock {
    const end = Math.min(rows, start + SHUFFLE_BLOCK_ROWS);
    let entry = 0;
    for (let at = start; at < end; at += perRead) {
      const to = Math.min(end, at + perRead);
      room.write(features.read(at, to, memory), at - start, entry);
      entry += features.entries?.(at, to) ?? 0;
    }
    put(0, start, end);
    arena.write(
      at.order,
      arena.u32(epoch + 4 * from, to - from).map((row) => row - start),
    );
    return { from, to, offset: 0, select: (values) => values.subarray(start, end) };
  }

  function gatherBatch(from: number, to: number): RowBlock {
    const list = arena.u32(epoch + 4 * from, to - from);
    let entry = blockEntries;
    list.forEach((row, i) => {
      room.write(features.read(row, row + 1, memory), block + i, entry);
      entry += features.entries?.(row, row + 1) ?? 0;
      put(block + i, row, row + 1);
    });
    arena.write(
      at.order,
      list.map((_, i) => block + i),
    );
    return { from, to, offset: block, select: (values) => Float64Array.from(list, (row) => values[row] as number) };
  }

  function* blocks(): Iterable<RowBlock> {
    let done = 0;
    for (let first = 0; first < rows; ) {
      const start =
        Math.floor((arena.u32(epoch + 4 * first, 1)[0] as number) / SHUFFLE_BLOCK_ROWS) * SHUFFLE_BLOCK_ROWS;
      const next = first + Math.min(SHUFFLE_BLOCK_ROWS, rows - start);
      const end = next === rows ? rows : Math.floor(next / batch) * batch;
      if (done < end) yield readBlock(start, done, end);
      done = Math.max(done, end);
      if (done < next) {
        const to = Math.min(rows, done + batch);
        yield gatherBatch(done, to);
        done = to;
      }
      first = next;
    }
  }

  return {
    matrix: room,
    ...at,
    capacity,
    place,
    blocks,
  };
}
