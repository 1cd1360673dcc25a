// Platt scaling (Platt 1999): d = a v + b. A penalty (a - 1)^2 / 2 replaces Platt's smoothed targets.
import { openArena } from '../../kernels/memory.ts';
import { fitResidual, NO_DESIGN } from './design.ts';
import type { MapKind } from './kind.ts';
import { scratchOf } from './problem.ts';
import { applyPlatt, keepRanking, startSlope } from './slope.ts';

export const platt: MapKind = {
  /** [b, a] */
  fit(problem, _map, skip) {
    const { arena, at, n, margins, folds, weights } = problem;
    const scratch = scratchOf(problem, 'logistic 0', arena.kernels.logisticScratch(0, 0) >>> 0);
    const start = Float64Array.of(0, startSlope(margins));
    const fitted = fitResidual(arena, { ...at, n }, NO_DESIGN, { penalty: 0, skip, start, scratch });
    const [b = 0, a = 0] = fitted;
    const slope = keepRanking(problem, [b, a], skip);
    if (slope === a) return fitted;
    using copies = openArena();
    const scaled = copies.put(margins.map((v) => slope * v));
    const [labels, foldOf] = [copies.put(arena.bytes(at.y, n)), copies.put(folds)];
    const shift = copies.kernels.fitPrior(scaled, labels, foldOf, skip, n, weights ? copies.put(weights) : 0);
    return Float64Array.of(-shift, slope);
  },
  apply: (problem, _map, parameters) => applyPlatt(problem, parameters),
};
