// A Platt fit, and boosted trees of depth 3 on its residual (Friedman 2001) with Newton leaf values (Chen, Guestrin 2016).
import { openArena } from '../../kernels/memory.ts';
import {
  type Boosted,
  BYTES_OF_TREE,
  bytesOfTrees,
  chooseBins,
  codesOf,
  layoutOf,
  NUMBERS_OF_TREE,
  numbersOf,
  pack,
  unpack,
} from './boosted-trees.ts';
import type { MapKind } from './kind.ts';
import { platt } from './platt.ts';
import type { CalibrationProblem } from './problem.ts';
import { applyPlatt } from './slope.ts';

/** The learning rate (shrinkage). */
const RATE = 0.1;
/** The fewest rows of a leaf; with weights, the least sum of them. */
const MIN_ROWS = 30;

export const trees: MapKind = {
  /** @param start parameters of `platt`, or of fewer trees on the same rows; the fit adds trees to them */
  fit(problem, { count = 0 }, skip, start) {
    const { arena, at, n, features, folds, margins, weights } = problem;
    const earlier = start && start.length > 2 ? unpack(start) : undefined;
    const base = earlier?.base ?? start ?? platt.fit(problem, { method: 'platt' }, skip);
    const binning = earlier?.binning ?? chooseBins(features, margins, weights);
    const old = earlier?.trees ?? new Float64Array(0);
    const wanted = count - old.length / NUMBERS_OF_TREE;
    using scratch = openArena();
    const { kinds, offsets } = layoutOf(binning);
    const codes = scratch.put(codesOf(binning, features, margins));
    const z = scratch.put(apply(problem, { base, binning, trees: old }));
    const out = scratch.reserve(BYTES_OF_TREE * wanted);
    const [labels, foldOf] = [scratch.put(arena.bytes(at.y, n)), scratch.put(folds)];
    const work = scratch.reserve(scratch.kernels.treesScratch(n, offsets.at(-1) as number) >>> 0);
    const columns: [number, number, number, number] = [codes, kinds.length, scratch.put(kinds), scratch.put(offsets)];
    const weightOf = weights ? scratch.put(weights) : 0;
    scratch.kernels.fitTrees(...columns, labels, foldOf, skip, n, wanted, RATE, MIN_ROWS, z, out, work, weightOf);
    const fresh = numbersOf(scratch.bytes(out, BYTES_OF_TREE * wanted));
    return pack({ base, binning, trees: Float64Array.from([...old, ...fresh]) });
  },
  apply: (problem, _map, parameters) => apply(problem, unpack(parameters)),
};

function apply(problem: CalibrationProblem, { base, binning, trees: fitted }: Boosted): Float64Array {
  const z = applyPlatt(problem, base);
  if (fitted.length === 0) return z;
  using scratch = openArena();
  const { kinds } = layoutOf(binning);
  const codes = scratch.put(codesOf(binning, problem.features, problem.margins));
  const to = scratch.put(z);
  const [bytes, count] = [scratch.put(bytesOfTrees(fitted)), fitted.length / NUMBERS_OF_TREE];
  scratch.kernels.applyTrees(bytes, count, codes, kinds.length, scratch.put(kinds), problem.n, to);
  return scratch.f64(to, problem.n);
}
