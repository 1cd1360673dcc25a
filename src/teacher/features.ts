// What a teacher's hidden layer holds for each row.

import { CONSTANT } from '../data/fit-numeric.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';

/** What a hidden layer of a teacher holds for each row. */
export interface Features {
  /** How many. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly width: number;
  /** float32 [rows x width] */
  readonly values: Float32Array;
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
    throw new DebkdError('teacher', {
      subject: 'teacher',
      seen: `the ${width} numbers of its hidden layer are the same for every row`,
      remedy: 'name another layer (--layer), or use a method without features',
    });
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
