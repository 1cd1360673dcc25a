// The fit of `residual` with many columns, by Newton steps from conjugate gradients (student/newton.ts): time and memory grow with the
// columns, not with their square. Kernel: assembly/ridge.ts.
import type { Arena } from '../../kernels/memory.ts';
import { type Effort, type LogisticProblem, minimise } from '../../student/newton.ts';
import type { DesignMatrix, Rows } from './design-matrix.ts';

/** With more columns, fits with a given penalty take no Hessian. */
const MAX_SQUARE = 512;
/** The last step makes the error of a log-loss about 1e-8, smaller than any map needs. */
const EFFORT: Effort = { tolerance: 1e-6, products: 5000, share: 0.3, last: true };

/** Whether a fit with a given penalty takes conjugate gradients. It depends on the width alone. */
export function isWide(width: number): boolean {
  return width > MAX_SQUARE;
}

/**
 * The minimum of sum r BCE(y, b + a v + w . phi) + penalty / 2 |w|^2 + 1/2 (a - centre)^2 over the labelled rows outside fold `skip`;
 * [b, a, w ...], float64 [2 + width].
 * @param options.start parameters to start from
 */
export function fitRidge(
  arena: Arena,
  { v, y, fold, weights, n }: Rows,
  { fields, width, data, columns }: Omit<DesignMatrix, 'blocks'>,
  { penalty, centre, skip, start }: { penalty: number; centre: number; skip: number; start: Float64Array },
): Float64Array {
  const { kernels } = arena;
  const size = width + 2;
  const free = kernels.mark();
  const [theta, trial, gradient, diagonal] = Array.from({ length: 4 }, () => arena.reserve(8 * size)) as [
    number,
    number,
    number,
    number,
  ];
  const work = arena.reserve(kernels.conjugateBytes(size));
  const curvatures = arena.reserve(8 * n);
  const runs = arena.reserve(4 * fields);
  kernels.findRuns(fields, columns, runs);
  // b has no penalty; that of a does not depend on the others'
  const factors = arena.put(new Float64Array(size - 1).fill(1).fill(1 / penalty, 0, 1));
  const centres = arena.put(new Float64Array(size - 1).fill(centre, 0, 1));
  arena.write(theta, start);
  const zero = new Float64Array(size);
  const matrix: [number, number, number, number, number] = [data, fields, columns, runs, n];
  const problem: LogisticProblem = {
    arena,
    size,
    theta,
    trial,
    work,
    gradient,
    diagonal,
    factors,
    // biome-ignore lint/correctness/useYield: no caller waits for it
    *evaluate(here) {
      arena.write(gradient, zero);
      arena.write(diagonal, zero);
      const loss = kernels.ridgeRows(here, v, y, fold, skip, weights, ...matrix, gradient, diagonal, curvatures);
      return loss + kernels.convexPenalty(here, size, penalty, factors, centres, gradient, diagonal);
    },
    // biome-ignore lint/correctness/useYield: no caller waits for it
    *multiply() {
      const [direction, product] = [kernels.conjugateDirection(work, size), kernels.conjugateProduct(work, size)];
      kernels.ridgeMultiply(direction, v, ...matrix, curvatures, product);
    },
  };
  const steps = minimise(problem, penalty, EFFORT);
  while (!steps.next().done);
  const found = arena.f64(theta, size);
  kernels.release(free);
  return found;
}
