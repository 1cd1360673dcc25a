// The blocks of rows that a teacher answers, and their entries in a cache.
import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import type { Progress, ProgressOptions } from '../io/progress.ts';
import {
  awaitsTable,
  CACHE_ENTRY_ROWS,
  type CachedLabels,
  decodeLabels,
  encodeLabels,
  labelKey,
  takenRows,
} from './label-cache.ts';
import { type KeptFeatures, type KeptMargins, openPartial, openPartialFeatures } from './partial-answers.ts';
import type { Teacher } from './teacher.ts';

/** Rows [from, to) of `total`, and the teacher that reads them. */
export interface Block {
  readonly reader: Teacher;
  readonly rows: Matrix | RawColumns;
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

/** The rows in blocks, one after the other. @throws the signal's reason, if aborted */
export function* blocksOf(
  teacher: Teacher,
  { teacherInputs }: Pick<AnyDataset, 'teacherInputs'>,
  signal: ProgressOptions['signal'],
): Generator<Block> {
  const all = teacherRows(teacherInputs);
  let reader = teacher;
  for (let from = 0; from < all.rows; from += CACHE_ENTRY_ROWS) {
    signal?.throwIfAborted();
    const to = Math.min(all.rows, from + CACHE_ENTRY_ROWS);
    const read = all.read(from, to);
    // the first rows decide which column holds the texts or images
    if (awaitsTable(reader) && !('data' in read)) reader = reader.forTable(read);
    yield { reader, rows: takenRows(reader, read), from, to, total: all.rows };
  }
}

/** The answers to a block in a cache. */
export interface Kept<Answers, Partial> {
  /** All answers, if the cache has them. */
  readonly known: Answers | undefined;
  /** Some answers, to be completed; undefined if all are known, or without a cache. */
  readonly partial: Partial | undefined;
  /** Stores all answers. */
  put(answers: Answers): Promise<void>;
}

/** The margins of a block in a cache. */
export interface KeptLabels extends Kept<CachedLabels, KeptMargins> {
  /** Rows that the cache had. */
  readonly cached: number;
}

/** Reads the margins of a block. */
export async function keptLabels(cache: LabelCache | undefined, { reader, rows }: Block): Promise<KeptLabels> {
  const key = cache ? labelKey(reader.identity, rows) : '';
  const stored = await cache?.get(key);
  const known = stored && decodeLabels(key, stored, rows.rows);
  const partial = known || !cache ? undefined : await openPartial(cache, key, rows.rows);
  return {
    known,
    partial,
    cached: known ? rows.rows : partial ? rows.rows - countNaN(partial.margins) : 0,
    async put(labels) {
      await cache?.put(key, encodeLabels(key, labels));
      await partial?.finish();
    },
  };
}

/** Reads the features of a block, float32 [rows x values per row]. */
export async function keptFeatures(
  cache: LabelCache | undefined,
  { reader, rows }: Block,
  layer: string,
): Promise<Kept<Float32Array, KeptFeatures>> {
  const key = cache ? labelKey(reader.identity, rows, layer) : '';
  const stored = await cache?.get(key);
  const entry = stored && decodeEntry(key, stored);
  const partial = entry || !cache ? undefined : await openPartialFeatures(cache, key, rows.rows);
  return {
    known: entry && new Float32Array(entry.body.buffer),
    partial,
    async put({ buffer, byteOffset, byteLength }) {
      await cache?.put(key, encodeEntry(key, 0, new Uint8Array(buffer, byteOffset, byteLength)));
      await partial?.finish();
    },
  };
}

function countNaN(margins: Float64Array): number {
  return margins.reduce((count, v) => count + (Number.isNaN(v) ? 1 : 0), 0);
}

/** Reports the progress of a block as progress of a stage of all rows. */
export function watchBlock(
  { onProgress }: ProgressOptions,
  { from, total }: Pick<Block, 'from' | 'total'>,
  stage: string,
): ProgressOptions {
  if (!onProgress) return {};
  return { onProgress: ({ done }: Progress) => onProgress({ stage, done: from + done, total }) };
}
