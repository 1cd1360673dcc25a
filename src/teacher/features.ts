// Features: the values of a teacher's hidden layer for each row.

import { CONSTANT } from '../data/fit-numeric.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';

/** The values of a teacher's hidden layer for each row. */
export interface Features {
  /** Number of rows. */
  readonly rows: number;
  /** Values per row. */
  readonly width: number;
  /** float32 [rows x width] */
  readonly values: Float32Array;
}

/** The scale that standardises features. */
export interface FeatureScale {
  /** Index, mean and standard deviation of each feature that is kept. */
  readonly places: readonly { readonly place: number; readonly mean: number; readonly std: number }[];
}

/**
 * Mean and standard deviation of each feature over the rows, without constant features.
 * @throws DebkdError `teacher` if all features are constant
 */
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
    throw new DebkdError('teacher', {
      subject: 'teacher',
      seen: `all ${width} features of its hidden layer are constant`,
      remedy: [{ id: 'name-layer' }, 'use a method without features'],
    });
  }
  return { places };
}

/** Standardises features. @param scale default: that of the features themselves */
export function standardiseFeatures(features: Features, { places }: FeatureScale = featureScale(features)): Features {
  const { rows, width, values } = features;
  const scaled = new Float32Array(rows * places.length);
  places.forEach(({ place, mean, std }, j) => {
    for (let i = 0; i < rows; i++) scaled[i * places.length + j] = ((values[i * width + place] as number) - mean) / std;
  });
  return { rows, width: places.length, values: scaled };
}

/** Concatenates the rows of features. */
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

/** Rows [from, to) as a view. */
export function sliceFeatures({ width, values }: Features, from: number, to: number): Features {
  return { rows: to - from, width, values: values.subarray(from * width, to * width) };
}

/** Copies the given rows, in the given order. */
export function pickFeatures({ width, values }: Features, rows: Uint32Array): Features {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { rows: rows.length, width, values: picked };
}
