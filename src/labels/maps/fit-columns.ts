// A logistic fit on a few columns computed from the margin.
import { type CalibrationProblem, scratchOf } from './problem.ts';

/** Columns, each with a ridge penalty on the distance of its weight from a centre. */
export interface Columns {
  /** Identifies the columns: a problem has the same ones under this name at every call. */
  readonly name: string;
  readonly columns: readonly Float64Array[];
  readonly penalties: readonly number[];
  readonly centres: readonly number[];
  /** The weights to start from; default the centres. */
  readonly start?: readonly number[];
}

/** Fits the weights on the labelled rows outside fold `skip`; float64 [columns]. */
export function fitColumns(
  problem: CalibrationProblem,
  skip: number,
  { name, columns, penalties, centres, start = centres }: Columns,
): Float64Array {
  const { arena, at, n } = problem;
  const k = columns.length;
  if (!problem.scratch.has(`${name} x`)) {
    const x = new Float64Array(n * k);
    columns.forEach((column, j) => {
      for (let i = 0; i < n; i++) x[i * k + j] = column[i] as number;
    });
    arena.write(scratchOf(problem, `${name} x`, 8 * n * k), x);
  }
  const x = scratchOf(problem, `${name} x`, 8 * n * k);
  const theta = scratchOf(problem, `columns ${k}`, 8 * 3 * k);
  arena.write(theta, Float64Array.of(...start, ...penalties, ...centres));
  const scratch = scratchOf(problem, `columns scratch ${k}`, arena.kernels.columnsScratch(k));
  arena.kernels.fitColumns(theta, x, k, at.y, at.fold, skip, n, theta + 8 * k, theta + 16 * k, scratch, at.weights);
  return arena.f64(theta, k);
}
