// Where training rows lie while students are trained: all of them in the kernel's memory, or, of rows in a file, a block of them
// at a time. The order of an epoch goes through blocks (assembly/random.ts), so that each is read once an epoch; a batch with
// rows of several blocks is gathered beside. Either way the kernel does the same with the same numbers.

import type { AnyDataset } from '../data/dataset.ts';
import { isDense, type StoredMatrix } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import type { Arena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { type PlacedMatrix, placeMatrix } from './network.ts';

export interface TrainingRows {
  readonly matrix: PlacedMatrix;
  /** Pointers: labels int8, weights float64 (0: none), and the order of an epoch or of a span, uint32. */
  readonly labels: number;
  readonly weights: number;
  readonly order: number;
  /** Rows that lie there at a time. */
  readonly capacity: number;
  /** The epoch in spans, each of which lies there until the next is asked for; absent where all rows lie there. */
  readonly blocks?: () => Iterable<RowBlock>;
}

/** Positions [from, to) of an epoch. */
export interface RowBlock {
  readonly from: number;
  readonly to: number;
  /** Where its rows lie among the ground's, and what belongs to them of one number a row. */
  readonly offset: number;
  readonly select: (values: Float64Array) => Float64Array;
}

/**
 * @param order of the epoch, uint32 [rows], drawn before each
 * @param batch rows of a batch
 */
export function placeTrainingRows(
  arena: Arena,
  dataset: AnyDataset,
  weights: Float64Array | undefined,
  order: number,
  batch: number,
): TrainingRows {
  const { features, labels } = dataset;
  const { all } = matrixRows(features);
  if (all) {
    const places = { matrix: placeMatrix(arena, all), labels: arena.put(labels) };
    return { ...places, weights: weights ? arena.put(weights) : 0, order, capacity: dataset.rows };
  }
  return placeBlocks(arena, features as StoredMatrix, labels, weights, order, Math.min(batch, dataset.rows));
}

function placeBlocks(
  arena: Arena,
  features: StoredMatrix,
  labels: Int8Array,
  weights: Float64Array | undefined,
  epoch: number,
  batch: number,
): TrainingRows {
  const { rows, fields, fieldColumns } = features;
  const block = Math.min(SHUFFLE_BLOCK_ROWS, rows);
  const capacity = block + batch;
  const data = arena.reserve(4 * fields * capacity);
  const at = {
    labels: arena.reserve(capacity),
    weights: weights ? arena.reserve(8 * capacity) : 0,
    order: arena.reserve(4 * capacity),
  };
  const put = (place: number, count: number, rowOf: (i: number) => number): void => {
    arena.write(
      at.labels + place,
      Int8Array.from({ length: count }, (_, i) => labels[rowOf(i)] as number),
    );
    if (weights) {
      arena.write(
        at.weights + 8 * place,
        Float64Array.from({ length: count }, (_, i) => weights[rowOf(i)] as number),
      );
    }
  };

  function readBlock(start: number, from: number, to: number): RowBlock {
    const end = Math.min(rows, start + SHUFFLE_BLOCK_ROWS);
    arena.write(data, features.read(start, end).data);
    put(0, end - start, (i) => start + i);
    arena.write(
      at.order,
      arena.u32(epoch + 4 * from, to - from).map((row) => row - start),
    );
    return { from, to, offset: 0, select: (values) => values.subarray(start, end) };
  }

  function gatherBatch(from: number, to: number): RowBlock {
    const list = arena.u32(epoch + 4 * from, to - from);
    list.forEach((row, i) => {
      arena.write(data + 4 * fields * (block + i), features.read(row, row + 1).data);
    });
    put(block, list.length, (i) => list[i] as number);
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
    matrix: { data: data, columns: arena.put(fieldColumns), fields: fields, dense: isDense(features) },
    ...{ ...at, capacity: capacity, blocks: blocks },
  };
}
