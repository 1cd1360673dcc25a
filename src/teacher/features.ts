// What a teacher's hidden layer holds for each row.

import type { AnyDataset } from '../data/dataset.ts';
import { CONSTANT } from '../data/fit-preprocessing.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { CACHE_ENTRY_ROWS, decodeEntry, encodeEntry, labelKey } from './label-cache.ts';
import type { Teacher } from './onnx.ts';

/** What a hidden layer of a teacher holds for each row. */
export interface Features {
  /** How many. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly width: number;
  /** float32 [rows x width] */
  readonly values: Float32Array;
}

/**
 * The teacher's features for a dataset.
 * @param options.layer the tensor to read; default the last hidden layer
 * @param options.cache as of softLabels
 * @throws DebkdError `teacher` when it has no such layer
 */
export async function hiddenFeatures(
  teacher: Teacher,
  dataset: AnyDataset,
  options: { layer?: string | undefined; cache?: LabelCache | undefined } & ProgressOptions = {},
): Promise<Features> {
  const { layer, cache, signal, onProgress } = options;
  const found = teacher.hiddenLayer(layer);
  if ('why' in found) throw new DebkdError('teacher', `teacher: ${found.why}`);
  const rows = teacherRows(dataset.teacherInputs);
  const parts: Float32Array[] = [];
  for (let from = 0; from < rows.rows; from += CACHE_ENTRY_ROWS) {
    signal?.throwIfAborted();
    const to = Math.min(rows.rows, from + CACHE_ENTRY_ROWS);
    const block = rows.read(from, to);
    const key = labelKey(teacher.identity, block, found.layer);
    const stored = await cache?.get(key);
    const known = stored && decodeEntry(key, stored);
    if (known) parts.push(new Float32Array(known.body.buffer));
    else {
      const { values } = await teacher.features(block, found.layer, { firstRow: from, signal });
      await cache?.put(key, encodeEntry(key, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
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

/** What standardising subtracts and divides by, for each feature that is kept. */
export interface FeatureScale {
  /** Which numbers are kept, and their mean and deviation. */
  readonly places: readonly { readonly place: number; readonly mean: number; readonly std: number }[];
}

/** Mean and deviation of each feature over these rows; constant features are left out. @throws DebkdError `teacher` */
export function featureScale({ rows, width, values }: Features): FeatureScale {
  using arena = openArena();
  const column = arena.reserve(8 * rows);
  const out = arena.reserve(24);
  const places: FeatureScale['places'][number][] = [];
  for (let place = 0; place < width; place++) {
    arena.write(
      column,
      Float64Array.from({ length: rows }, (_, i) => values[i * width + place] as number),
    );
    arena.kernels.moments(column, rows, out);
    const [mean = 0, std = 0] = arena.f64(out, 2);
    if (std > CONSTANT * Math.abs(mean) && Number.isFinite(std)) places.push({ place, mean, std });
  }
  if (places.length === 0) {
    throw new DebkdError(
      'teacher',
      `teacher: the ${width} numbers of its hidden layer are the same for every row; name another layer (--layer), or use a method without features`,
    );
  }
  return { places };
}

/** Features on a scale; default their own. */
export function standardiseFeatures(features: Features, { places }: FeatureScale = featureScale(features)): Features {
  const { rows, width, values } = features;
  const scaled = new Float32Array(rows * places.length);
  places.forEach(({ place, mean, std }, j) => {
    for (let i = 0; i < rows; i++) scaled[i * places.length + j] = ((values[i * width + place] as number) - mean) / std;
  });
  return { rows, width: places.length, values: scaled };
}

/** The rows of several, one after the other. */
export function joinFeatures(parts: readonly Features[]): Features {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const width = parts[0]?.width ?? 0;
  const values = new Float32Array(rows * width);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { rows, width, values };
}

/** Rows [from, to), without a copy. */
export function sliceFeatures({ width, values }: Features, from: number, to: number): Features {
  return { rows: to - from, width, values: values.subarray(from * width, to * width) };
}

/** The given rows, in that order. */
export function pickFeatures({ width, values }: Features, rows: Uint32Array): Features {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { rows: rows.length, width, values: picked };
}
