// Where training rows lie while students are trained: all of them in the kernel's memory, or, of rows in a file, those of one
// slice of the epoch at a time, in the order in which they are visited. Either way the kernel does the same with the same numbers.
import { isDense, openWords, type StoredMatrix } from '../data/matrix.ts';
import type { AnyDataset } from '../data/stored-dataset.ts';
import type { Arena } from '../kernels/memory.ts';
import { type PlacedMatrix, placeMatrix } from './network.ts';

export interface Ground {
  readonly matrix: PlacedMatrix;
  /** Pointers: labels int8, weights float64 (0: none), and the order of an epoch or of a slice, uint32. */
  readonly labels: number;
  readonly weights: number;
  readonly order: number;
  /** Rows that lie there at a time. */
  readonly rows: number;
  /**
   * Brings positions [from, to) of the epoch; absent where all rows are there.
   * @returns their row numbers
   */
  readonly bring?: (from: number, to: number) => Uint32Array;
}

/**
 * @param order of the epoch, uint32 [rows], drawn before each
 * @param room rows of the longest slice
 */
export function openGround(
  arena: Arena,
  dataset: AnyDataset,
  weights: Float64Array | undefined,
  order: number,
  room: number,
): Ground {
  const { features, labels } = dataset;
  if (!('read' in features)) {
    const places = { matrix: placeMatrix(arena, features), labels: arena.put(labels) };
    return { ...places, weights: weights ? arena.put(weights) : 0, order, rows: dataset.rows };
  }
  return stage(arena, { features, labels, weights }, order, room);
}

function stage(
  arena: Arena,
  from: { features: StoredMatrix; labels: Int8Array; weights: Float64Array | undefined },
  order: number,
  room: number,
): Ground {
  const { features, labels, weights } = from;
  const { slots, slotColumns } = features;
  const own = {
    words: new Int32Array(room * slots),
    labels: new Int8Array(room),
    weights: new Float64Array(weights ? room : 0),
  };
  const at = {
    words: arena.reserve(4 * slots * room),
    labels: arena.reserve(room),
    weights: weights ? arena.reserve(8 * room) : 0,
  };
  const copy = openWords(features);
  return {
    matrix: { words: at.words, columns: arena.put(slotColumns), slots, dense: isDense(features) },
    ...{ labels: at.labels, weights: at.weights, rows: room },
    order: arena.put(Uint32Array.from({ length: room }, (_, i) => i)),
    bring(start, end) {
      const rows = arena.u32(order + 4 * start, end - start);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        copy(row, own.words, i * slots);
        own.labels[i] = labels[row] as number;
        if (weights) own.weights[i] = weights[row] as number;
      }
      arena.write(at.words, own.words.subarray(0, rows.length * slots));
      arena.write(at.labels, own.labels.subarray(0, rows.length));
      if (weights) arena.write(at.weights, own.weights.subarray(0, rows.length));
      return rows;
    },
  };
}
