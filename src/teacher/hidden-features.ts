// Runs a teacher for the values of its hidden layer; keeps them in a cache.
import type { AnyDataset } from '../data/dataset.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Progress, ProgressOptions } from '../io/progress.ts';
import { datasetOf, layerOf } from './combine-teachers.ts';
import type { Features } from './features.ts';
import { awaitsTable, CACHE_ENTRY_ROWS, labelKey, takenRows } from './label-cache.ts';
import { openPartialFeatures } from './partial-answers.ts';
import type { Teacher } from './teacher.ts';

/**
 * The teacher's features for a dataset.
 * @param options.layer the tensor to read; default: the last hidden layer
 * @param options.cache like that of softLabels
 * @throws DebkdError `teacher` if it has no such layer
 * @example
 * const { width, values } = await hiddenFeatures(teacher, train);
 */
export async function hiddenFeatures(
  teacher: Teacher,
  dataset: AnyDataset,
  options: { layer?: string | undefined; cache?: LabelCache | undefined } & ProgressOptions = {},
): Promise<Features> {
  const { layer, cache, signal, onProgress } = options;
  if (teacher.parts) {
    const { teacher: part, place } = layerOf(teacher.parts, layer);
    return hiddenFeatures(part, datasetOf(dataset, place), options);
  }
  const found = teacher.hiddenLayer(layer);
  if ('why' in found) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(teacher.name, 200)}`,
      seen: found.why,
      remedy: { id: 'name-layer' },
    });
  }
  const rows = teacherRows(dataset.teacherInputs);
  const parts: Float32Array[] = [];
  let reader = teacher;
  for (let from = 0; from < rows.rows; from += CACHE_ENTRY_ROWS) {
    signal?.throwIfAborted();
    const to = Math.min(rows.rows, from + CACHE_ENTRY_ROWS);
    const read = rows.read(from, to);
    if (awaitsTable(reader) && !('data' in read)) reader = reader.forTable(read);
    const block = takenRows(reader, read);
    const key = cache ? labelKey(reader.identity, block, found.layer) : '';
    const stored = await cache?.get(key);
    const known = stored && decodeEntry(key, stored);
    if (known) parts.push(new Float32Array(known.body.buffer));
    else {
      const partial = cache && (await openPartialFeatures(cache, key, to - from));
      const onBlock = onProgress && watched(onProgress, from, rows.rows);
      const watch = { firstRow: from, signal, partial, onProgress: onBlock };
      const { values } = await reader.features(block, found.layer, watch);
      await cache?.put(key, encodeEntry(key, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
      await partial?.finish();
      parts.push(values);
    }
    onProgress?.({ stage: 'features', done: to, total: rows.rows });
  }
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { rows: rows.rows, width: rows.rows > 0 ? values.length / rows.rows : 0, values };
}

/** Reports the progress of a block as progress of the dataset. */
function watched(onProgress: (progress: Progress) => void, from: number, total: number): (progress: Progress) => void {
  return ({ stage, done }) => onProgress({ stage, done: from + done, total });
}
