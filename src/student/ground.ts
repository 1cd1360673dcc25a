// Where training rows lie while students are trained: all of them in the kernel's memory, or, of rows in a file, a block of them
// at a time. The order of an epoch goes through blocks (assembly/random.ts), so that each is read once an epoch; a batch with
// rows of several blocks is gathered beside. Either way the kernel does the same with the same numbers.
import { isDense, type StoredMatrix } from '../data/matrix.ts';
import type { AnyDataset } from '../data/stored-dataset.ts';
import { BLOCK_ROWS } from '../kernels/block.ts';
import type { Arena } from '../kernels/memory.ts';
import { type PlacedMatrix, placeMatrix } from './network.ts';

export interface Ground {
  readonly matrix: PlacedMatrix;
  /** Pointers: labels int8, weights float64 (0: none), and the order of an epoch or of a span, uint32. */
  readonly labels: number;
  readonly weights: number;
  readonly order: number;
  /** Rows that lie there at a time. */
  readonly rows: number;
  /** The epoch in spans, each of which lies there until the next is asked for; absent where all rows lie there. */
  readonly spans?: () => Iterable<Span>;
}

/** Positions [from, to) of an epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Where its rows lie among the ground's, and what belongs to them of one number a row. */
  readonly place: number;
  readonly pick: (values: Float64Array) => Float64Array;
}

/**
 * @param order of the epoch, uint32 [rows], drawn before each
 * @param batch rows of a batch
 */
export function openGround(
  arena: Arena,
  dataset: AnyDataset,
  weights: Float64Array | undefined,
  order: number,
  batch: number,
): Ground {
  const { features, labels } = dataset;
  if (!('read' in features)) {
    const places = { matrix: placeMatrix(arena, features), labels: arena.put(labels) };
    return { ...places, weights: weights ? arena.put(weights) : 0, order, rows: dataset.rows };
  }
  return inBlocks(arena, features, labels, weights, order, Math.min(batch, dataset.rows));
}

function inBlocks(
  arena: Arena,
  features: StoredMatrix,
  labels: Int8Array,
  weights: Float64Array | undefined,
  epoch: number,
  batch: number,
): Ground {
  const { rows, slots, slotColumns } = features;
  const block = Math.min(BLOCK_ROWS, rows);
  const room = block + batch;
  const words = arena.reserve(4 * slots * room);
  const at = {
    labels: arena.reserve(room),
    weights: weights ? arena.reserve(8 * room) : 0,
    order: arena.reserve(4 * room),
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

  function whole(start: number, from: number, to: number): Span {
    const end = Math.min(rows, start + BLOCK_ROWS);
    arena.write(words, features.read(start, end).words);
    put(0, end - start, (i) => start + i);
    arena.write(
      at.order,
      arena.u32(epoch + 4 * from, to - from).map((row) => row - start),
    );
    return { from, to, place: 0, pick: (values) => values.subarray(start, end) };
  }

  function gathered(from: number, to: number): Span {
    const list = arena.u32(epoch + 4 * from, to - from);
    list.forEach((row, i) => {
      arena.write(words + 4 * slots * (block + i), features.read(row, row + 1).words);
    });
    put(block, list.length, (i) => list[i] as number);
    arena.write(
      at.order,
      list.map((_, i) => block + i),
    );
    return { from, to, place: block, pick: (values) => Float64Array.from(list, (row) => values[row] as number) };
  }

  function* spans(): Iterable<Span> {
    let done = 0;
    for (let first = 0; first < rows; ) {
      const start = Math.floor((arena.u32(epoch + 4 * first, 1)[0] as number) / BLOCK_ROWS) * BLOCK_ROWS;
      const next = first + Math.min(BLOCK_ROWS, rows - start);
      const end = next === rows ? rows : Math.floor(next / batch) * batch;
      if (done < end) yield whole(start, done, end);
      done = Math.max(done, end);
      if (done < next) {
        const to = Math.min(rows, done + batch);
        yield gathered(done, to);
        done = to;
      }
      first = next;
    }
  }

  return {
    matrix: { words, columns: arena.put(slotColumns), slots, dense: isDense(features) },
    ...{ ...at, rows: room, spans },
  };
}
