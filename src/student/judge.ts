// A network that answers for validation rows while others are trained: it takes their parameters one after the other.
import { isDense, sliceRows } from '../data/matrix.ts';
import type { AnyDataset } from '../data/stored-dataset.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Architecture } from './architecture.ts';
import { bindMatrix, createNetwork, placeMatrix } from './network.ts';

export interface Judge {
  readonly net: number;
  /** Margins of rows, float32. @param rows ascending */
  answer(rows: Uint32Array, z: number): void;
}

/** Rows of a file that are answered for at a time. */
const PIECE = 16384;
const BATCH = 256;

export function openJudge(arena: Arena, shape: Architecture, { features, rows: total }: AnyDataset): Judge {
  const { kernels } = arena;
  const net = createNetwork(arena, features.width, shape);
  const batch = Math.min(BATCH, total);
  if (!('read' in features)) {
    bindMatrix(arena, net, placeMatrix(arena, features), batch);
    const lists = new Map<Uint32Array, number>();
    return {
      net,
      answer(rows, z) {
        const list = lists.get(rows) ?? arena.put(rows);
        lists.set(rows, list);
        kernels.predictRows(net, list, rows.length, z);
      },
    };
  }
  const { slots, slotColumns } = features;
  const words = arena.reserve(4 * slots * PIECE);
  const list = arena.reserve(4 * PIECE);
  bindMatrix(arena, net, { words, columns: arena.put(slotColumns), slots, dense: isDense(features) }, batch);
  return {
    net,
    answer(rows, z) {
      let done = 0;
      for (let from = 0; from < total && done < rows.length; from += PIECE) {
        const to = Math.min(total, from + PIECE);
        let end = done;
        while (end < rows.length && (rows[end] as number) < to) end++;
        if (end === done) continue;
        arena.write(words, sliceRows(features, from, to).words);
        arena.write(
          list,
          rows.slice(done, end).map((row) => row - from),
        );
        kernels.predictRows(net, list, end - done, z + 4 * done);
        done = end;
      }
    },
  };
}
