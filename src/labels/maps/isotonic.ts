// Isotonic regression (Zadrozny, Elkan 2002): a monotone step function of v, by pooling adjacent violators (Ayer et al. 1955).
import type { MapKind } from './kind.ts';
import { scratchOf } from './problem.ts';

export const isotonic: MapKind = {
  /** [starts ..., margins ...] of the steps, by ascending v. */
  fit(problem, _map, skip) {
    const { arena, at, n } = problem;
    const isFirst = !problem.scratch.has('order');
    const order = scratchOf(problem, 'order', 4 * n);
    const spare = scratchOf(problem, 'spare', 8 * 5 * n);
    if (isFirst) arena.kernels.sortDescending(at.v, n, order, spare);
    const part = (index: number): number => spare + 8 * n * index;
    const [starts, margins] = [part(0), part(1)];
    const rows: [number, number, number, number, number, number] = [order, at.v, at.y, at.fold, skip, n];
    const steps = arena.kernels.fitIsotonic(...rows, starts, margins, part(2), part(3), part(4), at.weights);
    const parameters = new Float64Array(2 * steps);
    parameters.set(arena.f64(starts, steps));
    parameters.set(arena.f64(margins, steps), steps);
    return parameters;
  },
  apply(problem, _map, parameters) {
    const { arena, at, n } = problem;
    const steps = parameters.length / 2;
    const table = scratchOf(problem, 'steps', Math.max(16 * n, 8 * parameters.length));
    arena.write(table, parameters);
    arena.kernels.applyIsotonic(at.v, n, table, table + 8 * steps, steps, at.out);
    return arena.f64(at.out, n);
  },
};
