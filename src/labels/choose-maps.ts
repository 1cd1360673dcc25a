// Cross-fits maps and chooses their weights, several times with other folds where labels are few.
import { FOLDS } from '../data/folds.ts';
import type { Threads } from '../io/threads.ts';
import { chooseWeights, meanOf } from './combine-maps.ts';
import { crossFit, type DebiasCandidate, type Fitted, lossesOf, rankCandidates } from './cross-fit.ts';
import type { AblationComponent, DebiasMethod } from './debias-names.ts';
import type { DebiasMap } from './maps/map.ts';
import { type CalibrationProblem, withFolds } from './maps/problem.ts';

/** The weights of maps, with the cross-fitted margins under them. */
export interface ChosenMaps {
  /** The maps and their cross-fitted log-losses. */
  readonly candidates: DebiasCandidate[];
  /** Of each map, float64 [maps]. */
  readonly weights: Float64Array;
  /** Of each map in the selection margins; undefined where they are the same. */
  readonly selection?: Float64Array | undefined;
  /** d of each row from fits that did not see its label, float64 [rows]. */
  readonly crossFitted: Float64Array;
  /** The same under the selection's weights. */
  readonly selectionMargins: Float64Array;
}

/**
 * Cross-fits the maps and chooses their weights with each of `repeats` assignments of the rows to folds. The result is the mean of the
 * choices: with few labels, which rows share a fold decides which map looks best, and a mean of choices varies less than one of them.
 * Repeated cross-fitting is from Chernozhukov et al. 2018, who take the median of estimates; the mean of the weights is ours.
 * @param step called after each map and fold
 */
export async function chooseMaps(
  problem: CalibrationProblem,
  maps: readonly DebiasMap[],
  options: {
    method: DebiasMethod;
    ablate: readonly AblationComponent[];
    labels: Int8Array;
    repeats: number;
    step: (map: DebiasMap) => Promise<void>;
    threads?: Threads | undefined;
  },
): Promise<ChosenMaps> {
  const { repeats, step, threads, ...choice } = options;
  const choices: (Omit<ChosenMaps, 'candidates'> & { fitted: readonly Fitted[] })[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const folded = repeat === 0 ? problem : withFolds(problem, repeat);
    if (repeat > 0 && !hasBothClasses(folded)) continue;
    const fitted = await crossFit(folded, maps, { step, threads });
    const { best, simplest } = rankCandidates(folded, fitted);
    // with few labels the lowest of many losses is often so by chance
    const { weights, selection } = chooseWeights(folded, fitted, { ...choice, best: repeats > 1 ? simplest : best });
    const crossFitted = meanOf(fitted, weights);
    const selectionMargins = selection ? meanOf(fitted, selection) : crossFitted;
    choices.push({ fitted, weights, selection, crossFitted, selectionMargins });
  }
  const [first] = choices as [(typeof choices)[number]];
  if (repeats > 1) withFolds(problem, 0);
  const average = first.fitted.map((map, k): Fitted => {
    if (choices.length === 1) return map;
    const crossFitted = mean(choices.map(({ fitted }) => (fitted[k] as Fitted).crossFitted));
    return { ...map, crossFitted, losses: lossesOf(problem, crossFitted) };
  });
  const hasSelection = choices.some(({ selection }) => selection);
  const crossFitted = mean(choices.map((one) => one.crossFitted));
  return {
    candidates: rankCandidates(problem, average).candidates,
    weights: mean(choices.map(({ weights }) => weights)),
    selection: hasSelection ? mean(choices.map(({ selection, weights }) => selection ?? weights)) : undefined,
    crossFitted,
    selectionMargins: hasSelection ? mean(choices.map(({ selectionMargins }) => selectionMargins)) : crossFitted,
  };
}

/** Whether a fit without a fold has labels of both classes, for each fold. */
function hasBothClasses({ folds, labels, weights }: CalibrationProblem): boolean {
  const counts = [0, 1].map(() => new Uint32Array(FOLDS));
  labels.forEach((y, i) => {
    const byFold = counts[y];
    const fold = folds[i] as number;
    if (byFold && weights?.[i] !== 0) byFold[fold] = (byFold[fold] as number) + 1;
  });
  return counts.every((byFold) => {
    const total = byFold.reduce((sum, n) => sum + n, 0);
    return byFold.every((n) => n < total);
  });
}

/** The mean of arrays; where all have one value, exactly that. */
function mean(of: readonly Float64Array[]): Float64Array {
  const [first] = of as [Float64Array];
  return first.map((value, i) => {
    if (of.every((one) => one[i] === value)) return value;
    return of.reduce((sum, one) => sum + (one[i] as number), 0) / of.length;
  });
}
