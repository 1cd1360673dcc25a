// d = b + a v + w . x on the n-grams x of texts: their columns exceed the rows, so the fit takes no Hessian (student/newton.ts).
import { appendColumns, type Matrix, selectMatrixRows, TEXT_FIELD } from '../../data/matrix.ts';
import { rowsWhere } from '../../data/rows-where.ts';
import type { TextRows } from '../../data/text-rows.ts';
import { openArena } from '../../kernels/memory.ts';
import { type Effort, minimise, placeLogistic } from '../../student/newton.ts';
import type { MapKind } from './kind.ts';
import type { CalibrationProblem } from './problem.ts';

/** An n-gram takes part if this many labelled rows have it. */
const LEAST_ROWS = 3;
const EFFORT: Effort = { tolerance: 1e-6, products: 20, share: 0.3 };

export const textResidual: MapKind = {
  /** [b, a, w ...] */
  fit(problem, { penalty = 1 }, skip, start) {
    const { labels, folds, weights, margins } = problem;
    const counting = rowsWhere(
      labels.length,
      (i) => (labels[i] as number) >= 0 && folds[i] !== skip && weights?.[i] !== 0,
    );
    const features = selectMatrixRows(withFrequent(problem), counting);
    const pick = (values: Float64Array): Float64Array => Float64Array.from(counting, (row) => values[row] as number);
    const v = pick(margins);
    const { width } = features;
    const factors = new Float64Array(width + 1).fill(1);
    // the slope of v has a penalty of 1 on its distance from 1
    factors[width] = 1 / penalty;
    const centres = new Float64Array(width + 1);
    centres[width] = 1;
    using arena = openArena();
    const rows = placeLogistic(arena, {
      features: appendColumns(features, Float32Array.from(v)),
      labels: Int8Array.from(counting, (row) => labels[row] as number),
      weights: weights && pick(weights),
      targets: v,
      factors,
      centres,
      loss: { alpha: 0, temperature: 1, byMargins: false },
    });
    arena.write(rows.theta, start?.length === width + 2 ? toTheta(start) : Float64Array.of(0));
    const steps = minimise(rows, penalty, EFFORT);
    while (!steps.next().done);
    return fromTheta(arena.f64(rows.theta, width + 2));
  },
  apply({ bases, margins, n }, _, parameters) {
    const matrix = bases.texts?.matrix as Matrix;
    const [b = 0, a = 1] = parameters;
    const w = parameters.subarray(2);
    return Float64Array.from({ length: n }, (_, i) => b + a * (margins[i] as number) + productOf(matrix, i, w));
  },
};

/** w . x of a row. */
function productOf({ fields, fieldColumns, data, texts }: Matrix, row: number, w: Float64Array): number {
  const floats = new Float32Array(data.buffer, data.byteOffset, data.length);
  let sum = 0;
  for (let s = 0; s < fields; s++) {
    const at = row * fields + s;
    const column = fieldColumns[s] as number;
    const word = data[at] as number;
    if (column >= 0) sum += (w[column] as number) * (floats[at] as number);
    else if (column === TEXT_FIELD) {
      const { offsets, columns, scales } = texts as TextRows;
      let inner = 0;
      for (let k = offsets[word] as number; k < (offsets[word + 1] as number); k++)
        inner += w[columns[k] as number] as number;
      sum += (scales[word] as number) * inner;
    } else if (word >= 0) sum += w[word] as number;
  }
  return sum;
}

/** From [b, a, w ...] to the order of the kernel, [b, w ..., a]. */
function toTheta(parameters: Float64Array): Float64Array {
  const [b = 0, a = 1] = parameters;
  return Float64Array.of(b, ...parameters.subarray(2), a);
}

function fromTheta(theta: Float64Array): Float64Array {
  return Float64Array.of(theta[0] as number, theta.at(-1) as number, ...theta.subarray(1, -1));
}

/** The columns of the basis, without the n-grams that too few labelled rows have; all columns keep their places. */
function withFrequent({ bases, labels }: CalibrationProblem): Matrix {
  const matrix = bases.texts?.matrix as Matrix;
  const { rows, fields, fieldColumns, width, data } = matrix;
  const { offsets: bounds, columns: all, ...rest } = matrix.texts as TextRows;
  const counts = new Uint32Array(width);
  const count = (segment: number): void => {
    for (let at = bounds[segment] as number; at < (bounds[segment + 1] as number); at++)
      counts[all[at] as number] = (counts[all[at] as number] as number) + 1;
  };
  for (const [s, column] of fieldColumns.entries())
    if (column === TEXT_FIELD)
      for (let i = 0; i < rows; i++) if ((labels[i] as number) >= 0) count(data[i * fields + s] as number);
  const offsets = new Uint32Array(bounds.length);
  const columns = new Uint32Array(all.length);
  let kept = 0;
  for (let segment = 0; segment + 1 < offsets.length; segment++) {
    for (let at = bounds[segment] as number; at < (bounds[segment + 1] as number); at++)
      if ((counts[all[at] as number] as number) >= LEAST_ROWS) columns[kept++] = all[at] as number;
    offsets[segment + 1] = kept;
  }
  return { ...matrix, texts: { ...rest, offsets, columns: columns.subarray(0, kept) } };
}
