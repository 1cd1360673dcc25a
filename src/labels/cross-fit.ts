// Cross-fitting: fits each map without one fold at a time and measures it on the rows of that fold.
import { FOLDS } from '../data/folds.ts';
import { openArena } from '../kernels/memory.ts';
import type { DebiasMap } from './maps/map.ts';
import { applyMap, fitMap } from './maps/maps.ts';
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

/**
 * Cross-fits maps fold by fold, because a path of penalties warm-starts on the same rows.
 * @param inFold the rows as the fit without a fold sees them, where they depend on it; default `problem`
 */
export async function crossFit(
  problem: CalibrationProblem,
  maps: readonly DebiasMap[],
  step: () => Promise<void>,
  inFold: (fold: number) => CalibrationProblem = () => problem,
): Promise<Fitted[]> {
  const crossFitted = maps.map(() => new Float64Array(problem.n));
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = inFold(fold);
    let platt: Float64Array | undefined;
    let previous: (DebiasMap & { parameters: Float64Array }) | undefined;
    for (const [k, map] of maps.entries()) {
      const samePath = previous?.method === map.method && previous.on === map.on && map.penalty !== undefined;
      const warmStart =
        samePath || (map.method === 'trees' && previous?.method === 'trees') ? previous?.parameters : undefined;
      const iterates = map.method === 'residual' || map.method === 'trees';
      const parameters = fitMap(rows, map, fold, iterates ? (warmStart ?? platt) : undefined);
      if (map.method === 'platt') platt = parameters;
      previous = { ...map, parameters };
      const d = applyMap(rows, map, parameters);
      const to = crossFitted[k] as Float64Array;
      for (let i = 0; i < problem.n; i++) if (problem.folds[i] === fold) to[i] = d[i] as number;
      await step();
    }
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
