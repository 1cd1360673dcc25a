// A Platt fit, and boosted trees of depth 3 on its residual (Friedman 2001) with Newton leaf values (Chen, Guestrin 2016).

import {
  type Binning,
  type Boosted,
  BYTES_OF_TREE,
  bytesOfTrees,
  type CodedRows,
  chooseBins,
  codesOf,
  layoutOf,
  NUMBERS_OF_TREE,
  numbersOf,
  pack,
  unpack,
} from './boosted-trees.ts';
import type { MapKind } from './kind.ts';
import { chooseBlocks } from './looked-columns.ts';
import { platt } from './platt.ts';
import { type CalibrationProblem, scratchOf } from './problem.ts';
import { applyPlatt } from './slope.ts';

/** The learning rate (shrinkage). */
const RATE = 0.1;
/** The fewest rows of a leaf; with weights, the least sum of them. */
const MIN_ROWS = 30;

export const trees: MapKind = {
  /** @param start parameters of `platt`, or of fewer trees on the same rows; the fit adds trees to them */
  fit(problem, { count = 0 }, skip, start) {
    const { arena, at, n } = problem;
    const earlier = start && start.length > 2 ? unpack(start) : undefined;
    const base = earlier?.base ?? start ?? platt.fit(problem, { method: 'platt' }, skip);
    const binning = binningOf(problem);
    const old = earlier?.trees ?? new Float64Array(0);
    const wanted = count - old.length / NUMBERS_OF_TREE;
    const z = placeMargins(problem, start ? marginsOf(problem, start) : applyPlatt(problem, base));
    const { codes, kinds, offsets, columns, bins, all } = codedRows(problem, binning);
    const out = scratchOf(problem, `trees ${wanted}`, BYTES_OF_TREE * wanted);
    const work = scratchOf(problem, `trees of ${bins} of ${all} bins`, arena.kernels.treesScratch(n, bins, all) >>> 0);
    const rows: [number, number, number, number] = [at.y, at.fold, skip, n];
    const given: [number, number, number, number] = [codes, columns, kinds, offsets];
    const [looks, looked] = placeBlocks(problem, columns, count - wanted, wanted);
    arena.kernels.fitTrees(...given, ...rows, wanted, RATE, MIN_ROWS, z, out, work, at.weights, looks, looked);
    const fresh = numbersOf(arena.bytes(out, BYTES_OF_TREE * wanted));
    const parameters = pack({ base, binning, trees: joined(old, fresh) });
    // the fit has added the trees to the margins of all rows
    problem.binned.last = { parameters, margins: arena.f64(z, n) };
    return parameters;
  },
  apply: (problem, _map, parameters) => marginsOf(problem, parameters).slice(),
};

/** d of all rows, which the last fit has left if the parameters are its own. */
function marginsOf(problem: CalibrationProblem, parameters: Float64Array): Float64Array {
  const { last } = problem.binned;
  if (last?.parameters === parameters) return last.margins;
  return parameters.length > 2 ? apply(problem, unpack(parameters)) : applyPlatt(problem, parameters);
}

function joined(old: Float64Array, fresh: Float64Array): Float64Array {
  const all = new Float64Array(old.length + fresh.length);
  all.set(old);
  all.set(fresh, old.length);
  return all;
}

function apply(problem: CalibrationProblem, { base, binning, trees: fitted }: Boosted): Float64Array {
  const z = applyPlatt(problem, base);
  if (fitted.length === 0) return z;
  const { arena, n } = problem;
  const { codes, kinds } = codedRows(problem, binning);
  const to = placeMargins(problem, z);
  const count = fitted.length / NUMBERS_OF_TREE;
  const bytes = scratchOf(problem, `trees ${count}`, BYTES_OF_TREE * count);
  arena.write(bytes, bytesOfTrees(fitted));
  arena.kernels.applyTrees(bytes, count, codes, kinds, n, to);
  return arena.f64(to, n);
}

function placeMargins(problem: CalibrationProblem, z: Float64Array): number {
  const to = scratchOf(problem, 'margins of trees', 8 * problem.n);
  problem.arena.write(to, z);
  return to;
}

/** The blocks of columns that each of some trees looks at, in kernel memory, and their number for each tree; 0, 0: all blocks. */
function placeBlocks(problem: CalibrationProblem, columns: number, first: number, trees: number): [number, number] {
  const chosen = chooseBlocks(columns, first, trees);
  if (!chosen) return [0, 0];
  const at = scratchOf(problem, `blocks of ${trees} trees`, 4 * chosen.length);
  problem.arena.write(at, chosen);
  return [at, chosen.length / trees];
}

/**
 * The bins of a problem's rows, the same for all folds. They are cut at quantiles of all rows with a weight above 0, without looking at
 * labels, so a fit without a fold learns nothing about its labels.
 */
function binningOf({ binned, features, margins, weights }: CalibrationProblem): Binning {
  binned.own ??= chooseBins(features, margins, weights);
  return binned.own;
}

/** The codes of the problem's rows in its arena. They are kept, because most calls have the same bins. */
function codedRows({ arena, binned, features, margins }: CalibrationProblem, binning: Binning): CodedRows {
  if (binned.rows && isSame(binned.rows.binning, binning)) return binned.rows;
  const { kinds, offsets } = layoutOf(binning);
  const codes = arena.put(codesOf(binning, features, margins));
  const widest = offsets.reduce((most, end, s) => Math.max(most, end - (offsets[s - 1] ?? 0)), 0);
  const counts = { columns: kinds.length, bins: widest, all: offsets.at(-1) ?? 0 };
  binned.rows = { binning, codes, kinds: arena.put(kinds), offsets: arena.put(offsets), ...counts };
  return binned.rows;
}

function isSame(a: Binning, b: Binning): boolean {
  if (a === b) return true;
  return a.columns.every((one, s) => {
    const other = b.columns[s];
    if (!other || 'edges' in one !== 'edges' in other) return false;
    if ('edges' in one && 'edges' in other)
      return one.edges.length === other.edges.length && one.edges.every((edge, k) => edge === other.edges[k]);
    return 'first' in one && 'first' in other && one.first === other.first && one.last === other.last;
  });
}
