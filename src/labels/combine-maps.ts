// Combines cross-fitted maps: selects one, stacks several, or does what `auto` does.
import { openArena } from '../kernels/memory.ts';
import { MINIMAL_MAPS, SIMPLE_MAPS } from './candidates.ts';
import { type DebiasCandidate, type Fitted, lossesOf, rankCandidates } from './cross-fit.ts';
import type { AblationComponent, DebiasMethod } from './debias-names.ts';
import type { CalibrationProblem } from './maps/problem.ts';
import { stackWeights, weightedMean } from './stack.ts';

/** The weights of cross-fitted maps that a method chooses. @param choice.best the map with the lowest log-loss */
export function chooseWeights(
  problem: CalibrationProblem,
  fitted: readonly Fitted[],
  choice: { method: DebiasMethod; ablate: readonly AblationComponent[]; labels: Int8Array; best: number },
): { weights: Float64Array; selection?: Float64Array | undefined } {
  const { method, ablate, labels, best } = choice;
  if (method === 'auto') return combineMaps(problem, fitted, !ablate.includes('stack'));
  return { weights: method === 'stack' ? stackWeightsOf(fitted, labels, problem.weights) : oneHot(fitted, best) };
}

/** The stack of all maps must be better by this many standard errors, because its weights are fitted on the same rows. */
const CLEAR = 2;

/**
 * The weights that `auto` gives the maps. Ignoring trees, it takes the simplest of the simple maps that is within one standard
 * error of the best (one-standard-error rule: Breiman, Friedman, Olshen, Stone 1984), or a stack if none is. If the stack of all
 * maps has a clearly lower cross-fitted log-loss, the labels are the mean of both: trees know more than the teacher but are less
 * smooth, and students learn best from the mean. Students are selected by the stack of all maps. With texts, the labels are the
 * stack of all maps.
 */
export function combineMaps(
  problem: CalibrationProblem,
  fitted: readonly Fitted[],
  stacks: boolean,
): { weights: Float64Array; selection?: Float64Array } {
  const labels = new Int8Array(problem.arena.bytes(problem.at.y, problem.n).buffer);
  // with texts many maps are about equally good, and their mean is better than any choice among them
  if (stacks && problem.bases.texts && fitted.length > MINIMAL_MAPS.length)
    return { weights: neverWorse(problem, fitted, stackWeightsOf(fitted, labels, problem.weights)) };
  const smooth = fitted.filter((f) => f.method !== 'trees');
  const { candidates, simplest: first } = rankCandidates(problem, smooth);
  const simplest = problem.hasGroups ? bestByGroup(candidates, first) : first;
  const smoothWeights =
    stacks && simplest >= SIMPLE_MAPS.length && !problem.hasGroups
      ? stackWeightsOf(smooth, labels, problem.weights)
      : oneHot(smooth, simplest);
  const weights = new Float64Array(fitted.length);
  weights.set(smoothWeights); // trees come last
  if (!stacks || fitted.length <= MINIMAL_MAPS.length) return { weights: neverWorse(problem, fitted, weights) };
  const all = stackWeightsOf(fitted, labels, problem.weights);
  using scratch = openArena();
  const [a, b] = [meanOf(fitted, all), meanOf(fitted, weights)].map((d) => scratch.put(lossesOf(problem, d))) as [
    number,
    number,
  ];
  const out = scratch.reserve(16);
  const rowWeights = problem.weights ? scratch.put(problem.weights) : 0;
  scratch.kernels.pairedDifference(a, b, scratch.put(labels), problem.n, out, rowWeights);
  const [difference = 0, error = 0] = scratch.f64(out, 2);
  if (!(difference < -CLEAR * error)) return { weights: neverWorse(problem, fitted, weights) };
  const both = weights.map((w, k) => 0.5 * (w + (all[k] as number)));
  return { weights: neverWorse(problem, fitted, both), selection: all };
}

/**
 * The best map that looks at the groups, unless another is better by more than one standard error: named groups are a statement
 * that the teacher may be wrong about them, and a small group moves the total log-loss little. @param otherwise the other map
 */
function bestByGroup(candidates: readonly DebiasCandidate[], otherwise: number): number {
  const byGroup = [...candidates.keys()].filter((k) => looksAtGroups(candidates[k] as DebiasCandidate));
  const lossOf = (k: number): number => (candidates[k] as DebiasCandidate).logLoss;
  const best = byGroup.reduce((low, k) => (lossOf(k) < lossOf(low) ? k : low), byGroup[0] ?? otherwise);
  const { difference, standardError } = candidates[best] as DebiasCandidate;
  return difference <= standardError ? best : otherwise;
}

/** Whether a map has the groups among its columns. */
export function looksAtGroups({ method }: Pick<DebiasCandidate, 'method'>): boolean {
  return method === 'residual';
}

/**
 * Keeps the teacher's margins if the weights give a higher log-loss. A map within one standard error of the best, or the last
 * step of a search, can be worse than the teacher.
 */
function neverWorse(problem: CalibrationProblem, fitted: readonly Fitted[], weights: Float64Array): Float64Array {
  const none = fitted.findIndex(({ method }) => method === 'none');
  if (weights[none] === 1 || problem.hasGroups) return weights;
  const [chosen, teacher] = [lossesOf(problem, meanOf(fitted, weights)), (fitted[none] as Fitted).losses];
  using scratch = openArena();
  const out = scratch.reserve(16);
  const labels = scratch.put(problem.arena.bytes(problem.at.y, problem.n));
  const rowWeights = problem.weights ? scratch.put(problem.weights) : 0;
  scratch.kernels.pairedDifference(scratch.put(chosen), scratch.put(teacher), labels, problem.n, out, rowWeights);
  const [difference = 0] = scratch.f64(out, 2);
  return difference <= 0 ? weights : oneHot(fitted, none);
}

export function oneHot(fitted: readonly Fitted[], chosen: number): Float64Array {
  return Float64Array.from(fitted, (_, k) => (k === chosen ? 1 : 0));
}

export function stackWeightsOf(
  fitted: readonly Fitted[],
  labels: Int8Array,
  rowWeights: Float64Array | undefined,
): Float64Array {
  return stackWeights(
    fitted.map((f) => f.crossFitted),
    labels,
    rowWeights,
  );
}

/** The weighted mean of cross-fitted margins; with a single map its margins, not recomputed, to the bit. */
export function meanOf(fitted: readonly Fitted[], weights: Float64Array): Float64Array {
  const only = weights.indexOf(1);
  if (only >= 0) return (fitted[only] as Fitted).crossFitted;
  return weightedMean(
    weights,
    fitted.map((f) => f.crossFitted),
  );
}
