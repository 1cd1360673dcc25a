// The margins of a block of rows that was interrupted, in a cache: a slow teacher loses half a minute, not the block.
import type { LabelCache } from '../io/cache.ts';
import { digestOf } from '../io/sha256.ts';
import { decodeLabels, encodeLabels } from './label-cache.ts';
import { type MarginForm, toMargins } from './margin.ts';
import type { PartialMargins } from './teacher.ts';

/** Time between two entries. A batch that runs meanwhile is lost in addition. */
const WRITE_MS = 10_000;

/** Whether rows [from, to) are known. */
export function isComplete(margins: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (Number.isNaN(margins[i])) return false;
  return true;
}

/**
 * Writes the margins of the rows that are NaN in `out`.
 * @param values of each row of `out`
 * @returns the number of limited margins among them
 */
export function completeMargins(values: ArrayLike<number>, form: MarginForm, out: Float64Array): number {
  if (out.every(Number.isNaN)) return toMargins(values, form, out);
  let clippedCount = 0;
  out.forEach((known, i) => {
    if (!Number.isNaN(known)) return;
    const own = Array.from({ length: form.width }, (_, k) => values[i * form.width + k] as number);
    clippedCount += toMargins(own, form, out.subarray(i, i + 1));
  });
  return clippedCount;
}

/** Margins that are kept while they are computed. */
export interface KeptMargins extends PartialMargins {
  /** Waits until nothing is being written, and empties the entry: the whole block takes its place. */
  finish(): Promise<void>;
}

/**
 * Reads the margins of a block that an interrupted run has kept, and keeps further ones.
 * @param key the key of the whole block
 */
export async function openPartial(cache: LabelCache, key: string, rows: number): Promise<KeptMargins> {
  const own = digestOf(['partial', key]);
  const stored = await cache.get(own);
  const found = stored && decodeLabels(own, stored, rows);
  let writtenAt = performance.now();
  let isKept = found !== undefined;
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const write = (entry: Uint8Array): void => {
    isKept = true;
    writing = cache
      .put(own, entry)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        writing = undefined;
        writtenAt = performance.now();
      });
  };
  const partial: KeptMargins = {
    margins: found?.margins ?? new Float64Array(rows).fill(NaN),
    clippedCount: found?.clippedCount ?? 0,
    onBatch() {
      // a strict cache throws, and so does the run
      if (failure) throw failure.error;
      if (writing || performance.now() - writtenAt < WRITE_MS) return;
      write(encodeLabels(own, partial));
    },
    async finish() {
      await writing;
      if (isKept) await cache.put(own, new Uint8Array(0));
    },
  };
  return partial;
}
