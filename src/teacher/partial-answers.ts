// The margins or features of a block of rows that was interrupted, in a cache: a slow teacher loses half a minute, not the block.
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { digestOf } from '../io/sha256.ts';
import { decodeLabels, encodeLabels } from './label-cache.ts';
import { type MarginForm, toMargins } from './margin.ts';
import type { PartialFeatures, PartialMargins } from './teacher.ts';

/** Time between two entries. A batch that runs meanwhile is lost in addition. */
const WRITE_MS = 10_000;

/** Whether rows [from, to) are known. @param width values per row; the first of a row stands for all */
export function isComplete(values: ArrayLike<number>, from: number, to: number, width = 1): boolean {
  for (let i = from; i < to; i++) if (Number.isNaN(values[i * width])) return false;
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

/** Features that are kept while they are computed. */
export interface KeptFeatures extends PartialFeatures {
  /** As in KeptMargins. */
  finish(): Promise<void>;
}

/**
 * Reads the margins of a block that an interrupted run has kept, and keeps further ones.
 * @param key the key of the whole block
 */
export async function openPartial(cache: LabelCache, key: string, rows: number): Promise<KeptMargins> {
  const entry = await openEntry(cache, key);
  const found = entry.stored && decodeLabels(entry.key, entry.stored, rows);
  const partial: KeptMargins = {
    margins: found?.margins ?? new Float64Array(rows).fill(NaN),
    clippedCount: found?.clippedCount ?? 0,
    onBatch: () => entry.keep(() => encodeLabels(entry.key, partial)),
    finish: entry.finish,
  };
  return partial;
}

/** As openPartial, for features. */
export async function openPartialFeatures(cache: LabelCache, key: string, rows: number): Promise<KeptFeatures> {
  const entry = await openEntry(cache, key);
  const body = entry.stored && decodeEntry(entry.key, entry.stored)?.body;
  const isWhole = body !== undefined && body.length > 0 && body.length % (4 * rows) === 0;
  const partial: KeptFeatures = {
    values: isWhole ? new Float32Array(body.buffer) : undefined,
    onBatch() {
      const { values } = partial;
      if (values) entry.keep(() => encodeEntry(entry.key, 0, bytesOf(values)));
    },
    finish: entry.finish,
  };
  return partial;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** An entry that is written again and again. */
interface Entry {
  readonly key: string;
  /** What an earlier run has left. */
  readonly stored: Uint8Array | undefined;
  /** Writes the entry if it is time. @throws what a strict cache has thrown since */
  keep(encode: () => Uint8Array): void;
  finish(): Promise<void>;
}

async function openEntry(cache: LabelCache, keyOfBlock: string): Promise<Entry> {
  const key = digestOf(['partial', keyOfBlock]);
  const stored = await cache.get(key);
  let writtenAt = performance.now();
  let isKept = stored !== undefined && stored.length > 0;
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  return {
    key,
    stored,
    keep(encode) {
      if (failure) throw failure.error;
      if (writing || performance.now() - writtenAt < WRITE_MS) return;
      isKept = true;
      writing = cache
        .put(key, encode())
        .catch((error: unknown) => {
          failure = { error };
        })
        .finally(() => {
          writing = undefined;
          writtenAt = performance.now();
        });
    },
    async finish() {
      await writing;
      if (isKept) await cache.put(key, new Uint8Array(0));
    },
  };
}
