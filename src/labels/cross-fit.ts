// Cross-fitting: fits each map without one fold at a time and measures it on the rows of that fold.
import { FOLDS } from '../data/folds.ts';
import type { Threads } from '../io/threads.ts';
import { openArena } from '../kernels/memory.ts';
import { chainsOf, fitMaps } from './fit-maps.ts';
import type { DebiasMap } from './maps/map.ts';
import type { CalibrationProblem } from './maps/problem.ts';

/** A candidate map and its cross-fitted log-loss. */
export interface DebiasCandidate extends DebiasMap {
  /** Cross-fitted mean log-loss of the labels, weighted where rows have weights. */
  readonly logLoss: number;
  /** Mean row-wise difference of log-loss to the best candidate. */
  readonly difference: number;
  /** Standard error of `difference`, paired by row. */
  readonly standardError: number;
}

/** A cross-fitted map: d and log-loss of each row, from the fit without the row's fold; float64 [rows]. */
export interface Fitted extends DebiasMap {
  readonly crossFitted: Float64Array;
  readonly losses: Float64Array;
}

/** Options of crossFit. */
export interface CrossFitOptions {
  /** Called after each map and fold. */
  readonly step: (map: DebiasMap) => Promise<void>;
  /** The rows as the fit without a fold sees them, where they depend on it; default: the problem. Called once for each fold; the rows of the fold before are then no longer used. */
  readonly inFold?: ((fold: number) => CalibrationProblem) | undefined;
  /** Default: this thread. */
  readonly threads?: Threads | undefined;
}

/** Cross-fits maps. The result is the same at any number of threads. */
export async function crossFit(
  problem: CalibrationProblem,
  maps: readonly DebiasMap[],
  { step, inFold, threads }: CrossFitOptions,
): Promise<Fitted[]> {
  const crossFitted = maps.map(() => new Float64Array(problem.n));
  const fitFold = async (fold: number, places: readonly number[], rows = problem): Promise<void> => {
    const chain = { fold, maps: places.map((k) => maps[k] as DebiasMap) };
    const { heldOut } = await fitMaps(rows, chain, { step, threads });
    for (const [j, k] of places.entries()) {
      const to = crossFitted[k] as Float64Array;
      let at = 0;
      for (let i = 0; i < problem.n; i++)
        if (problem.folds[i] === fold) to[i] = (heldOut[j] as Float64Array)[at++] as number;
    }
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) => fold);
  const chains = threads ? chainsOf(maps) : [[...maps.keys()]];
  const tasks = chains.flatMap((places) => folds.map((fold) => ({ fold, places })));
  if (threads && !inFold) await Promise.all(tasks.map(({ fold, places }) => fitFold(fold, places)));
  else
    for (const fold of folds) {
      // once: the rows of a fold end the memory of the rows before them
      const rows = inFold?.(fold);
      await Promise.all(chains.map((places) => fitFold(fold, places, rows)));
    }
  return maps.map((map, k): Fitted => {
    const margins = crossFitted[k] as Float64Array;
    return { ...map, crossFitted: margins, losses: lossesOf(problem, margins) };
  });
}

export function lossesOf(problem: CalibrationProblem, margins: Float64Array): Float64Array {
  using scratch = openArena();
  const at = scratch.put(margins);
  const out = scratch.reserve(8 * problem.n);
  const labels = scratch.put(problem.arena.bytes(problem.at.y, problem.n));
  scratch.kernels.labelLosses(at, labels, problem.n, out);
  return scratch.f64(out, problem.n);
}

/** Compares candidates with the best by paired differences; `simplest` is the first within one standard error of it. */
export function rankCandidates(
  problem: CalibrationProblem,
  fitted: readonly Fitted[],
): { candidates: DebiasCandidate[]; best: number; simplest: number } {
  using scratch = openArena();
  const labels = scratch.put(problem.arena.bytes(problem.at.y, problem.n));
  const rows = fitted.map(({ losses }) => scratch.put(losses));
  const out = scratch.reserve(16);
  const weights = problem.weights ? scratch.put(problem.weights) : 0;
  const compare = (a: number, b: number): [mean: number, error: number] => {
    scratch.kernels.pairedDifference(a, b, labels, problem.n, out, weights);
    const [mean = 0, error = 0] = scratch.f64(out, 2);
    return [mean, error];
  };
  const means = rows.map((at) => compare(at, 0)[0]);
  const best = means.indexOf(Math.min(...means));
  const candidates = fitted.map(({ crossFitted: _, losses: __, ...map }, i): DebiasCandidate => {
    const [difference, standardError] = compare(rows[i] as number, rows[best] as number);
    return { ...map, logLoss: means[i] as number, difference, standardError };
  });
  const simplest = candidates.findIndex((c) => c.difference <= c.standardError);
  return { candidates, best, simplest };
}
