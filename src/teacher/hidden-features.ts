// Runs a teacher for the values of its hidden layer; keeps them in a cache.
import type { AnyDataset } from '../data/dataset.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { blocksOf, keptFeatures, watchBlock } from './blocks.ts';
import { datasetOf, layerOf } from './combine-teachers.ts';
import type { Features } from './features.ts';
import type { Teacher } from './teacher.ts';

/** The stage of progress. */
const STAGE = 'features';

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
  const parts: Float32Array[] = [];
  for (const block of blocksOf(teacher, dataset, signal)) {
    const kept = await keptFeatures(cache, block, found.layer);
    if (kept.known) parts.push(kept.known);
    else {
      const watch = { firstRow: block.from, signal, partial: kept.partial, ...watchBlock(options, block, STAGE) };
      const { values } = await block.reader.features(block.rows, found.layer, watch);
      await kept.put(values);
      parts.push(values);
    }
    onProgress?.({ stage: STAGE, done: block.to, total: block.total });
  }
  return joinBlocks(parts, teacherRows(dataset.teacherInputs).rows);
}

/** The features of blocks of rows, put together. @param rows of all blocks */
export function joinBlocks(parts: readonly Float32Array[], rows: number): Features {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { rows, width: rows > 0 ? values.length / rows : 0, values };
}
