// What a teacher's hidden layer holds for each row.
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';

export interface Features {
  readonly rows: number;
  readonly width: number;
  /** float32 [rows x width] */
  readonly values: Float32Array;
}

/** Subtracts each feature's mean and divides by its deviation over these rows; constant features are left out. */
export function standardiseFeatures({ rows, width, values }: Features): Features {
  using arena = openArena();
  const column = arena.reserve(8 * rows);
  const out = arena.reserve(24);
  const kept: { place: number; mean: number; std: number }[] = [];
  for (let place = 0; place < width; place++) {
    arena.write(
      column,
      Float64Array.from({ length: rows }, (_, i) => values[i * width + place] as number),
    );
    arena.kernels.moments(column, rows, out);
    const [mean = 0, std = 0] = arena.f64(out, 2);
    if (std > 0 && Number.isFinite(std)) kept.push({ place, mean, std });
  }
  if (kept.length === 0) {
    throw new DebkdError('teacher', `features: all ${width} are the same for every row; name another layer`);
  }
  const scaled = new Float32Array(rows * kept.length);
  kept.forEach(({ place, mean, std }, j) => {
    for (let i = 0; i < rows; i++) scaled[i * kept.length + j] = ((values[i * width + place] as number) - mean) / std;
  });
  return { rows, width: kept.length, values: scaled };
}

/** The given rows, in that order. */
export function pickFeatures({ width, values }: Features, rows: Uint32Array): Features {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { rows: rows.length, width, values: picked };
}
