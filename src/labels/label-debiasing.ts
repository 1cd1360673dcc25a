// Label de-biasing: fits a map from the teacher's margin v and the features to a de-biased margin d, on labelled rows that the
// teacher was not fitted on. Cross-fitting keeps a row's own label out of its d.

import type { AnyDataset, Dataset } from '../data/dataset.ts';
import { FOLDS, REPEATS } from '../data/folds.ts';
import { labelledMeanOne } from '../data/row-weights.ts';
import { checkLength, checkName, checkWeights } from '../io/check.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { openArena } from '../kernels/memory.ts';
import { type Features, sliceFeatures } from '../teacher/features.ts';
import { applyParts, usedFeatures } from './apply-parts.ts';
import { applySeveral } from './apply-several.ts';
import { checkLabels, isOf, mapsOf, minLabels } from './candidates.ts';
import { chooseMaps } from './choose-maps.ts';
import type { ApplyOptions, Debias, DebiasPart } from './debias.ts';
import { type AblationComponent, DEBIAS_METHODS, type DebiasMethod } from './debias-names.ts';
import { fitMaps, worthThreads } from './fit-maps.ts';
import { countShares } from './map-times.ts';
import { calibrationWidth } from './maps/calibration-features.ts';
import type { Basis, DebiasMap } from './maps/map.ts';
import { placeProblem } from './maps/problem.ts';
import { fitSeveral } from './several-teachers.ts';

export type { ApplyOptions, Debias, DebiasPart } from './debias.ts';

/**
 * Fits a map on the labelled rows of `dataset`. Unlabelled rows get a d but do not affect the fit. Row weights are divided by their mean
 * over the labelled rows, so that their unit does not change the penalties.
 * @param margins teacher margins of the dataset's rows, float64 [rows]; the teacher must not have been fitted on these rows
 * @param options.method default auto
 * @param options.ablate components to leave out: the residual fits, those on the teacher's features, the one with hinges, the
 * trees, the stack (replaced by the simplest map within one standard error of the best); default none
 * @param options.features the teacher's features of the same rows, standardised; `residual`, `stack` and `auto` also use them
 * @param options.threads where the maps are fitted, which changes no result; default this thread
 * @param options.teachers the margins of each of several teachers, float64 [rows]; `margins` is then their mean
 * @throws DebkdError `rows` with fewer labelled rows than folds or labels of one class, `value` if lengths differ or the method is
 * unknown; the signal's reason when aborted
 * @example
 * const { margins } = await softLabels(teacher, validation);
 * const debias = await fitDebias(margins, validation, { method: 'platt' });
 * const debiased = applyDebias(debias, (await softLabels(teacher, train)).margins, train);
 */
export async function fitDebias(
  margins: Float64Array,
  dataset: Dataset,
  options: {
    method?: DebiasMethod;
    features?: Features | undefined;
    ablate?: readonly AblationComponent[];
    teachers?: readonly Float64Array[] | undefined;
    threads?: Threads | undefined;
  } & ProgressOptions = {},
): Promise<Debias> {
  const { method = 'auto', ablate = [], teachers = [], signal, onProgress } = options;
  checkLength('label de-biasing', 'margins', margins, dataset.rows);
  checkWeights('label de-biasing', dataset.weights, dataset.rows);
  for (const each of teachers) checkLength('label de-biasing', 'margins', each, dataset.rows);
  const { rows, rarer } = checkLabels(dataset, checkName('label de-biasing', method, DEBIAS_METHODS));
  const width = calibrationWidth(dataset);
  const { weights: given, ...rest } = dataset;
  const rowWeights = given && labelledMeanOne(given, dataset.labels);
  const weighted = rowWeights ? { ...rest, weights: rowWeights } : rest;
  // without de-biasing there is nothing to choose: the labels are the mean of the teachers
  if (teachers.length > 1 && method !== 'none') return fitSeveral(teachers, weighted, { ...options, method });
  const hidden = options.features;
  const bases = basesOf(dataset, width, hidden !== undefined);
  const least = minLabels(dataset);
  const rich = rows >= least.rows && rarer >= least.rarer;
  const maps = mapsOf(method, rich, bases, width).filter((map) => !ablate.some((part) => isOf(map, part)));
  using arena = openArena();
  const problem = placeProblem(arena, margins, weighted, maps.some(({ on }) => on === 'features') ? hidden : undefined);
  const repeats = repeatsOf(dataset, rows);
  const total = maps.length * FOLDS * repeats + 1;
  const shareOf = countShares(maps, total - 1);
  let done = 0;
  const step = async (map?: DebiasMap): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: Math.min(++done, total), total, share: map ? shareOf(map) : 1 });
    await yieldToEventLoop();
    signal?.throwIfAborted();
  };
  const threads = worthThreads(options.threads, problem, maps.length * FOLDS * repeats);
  const chosen = await chooseMaps(problem, maps, { method, ablate, labels: dataset.labels, repeats, step, threads });
  const { candidates, weights, selection, crossFitted, selectionMargins } = chosen;
  const taken = [...maps.keys()].filter((k) => weights[k] !== 0 || selection?.[k]);
  // more trees start from fewer; every other map is fitted by itself
  const isTrees = (k: number): boolean => maps[k]?.method === 'trees';
  const alone = taken.filter((k) => !isTrees(k)).map((k) => [k]);
  const chains = [taken.filter(isTrees), ...alone].filter((chain) => chain.length > 0);
  const parameters = new Map<number, Float64Array>();
  await Promise.all(
    chains.map(async (chain) => {
      const task = { fold: -1, maps: chain.map((k) => maps[k] as DebiasMap) };
      const fitted = await fitMaps(problem, task, { step: async () => undefined, threads });
      for (const [j, k] of chain.entries()) parameters.set(k, fitted.parameters[j] as Float64Array);
    }),
  );
  const parts = taken.map((k): DebiasPart => {
    const selectionShare = selection && { selectionWeight: selection[k] as number };
    const own = { weight: weights[k] as number, ...selectionShare, parameters: parameters.get(k) as Float64Array };
    return { ...(maps[k] as DebiasMap), ...own };
  });
  await step();
  const result = { rows, parts, candidates, crossFitted, selectionMargins };
  const [{ weight: _, ...only }] = parts as [DebiasPart];
  if (parts.length === 1) return { ...only, ...result };
  return { method: 'stack', parameters: Float64Array.from(parts, (p) => p.weight), ...result };
}

/** With fewer labels, cross-fitting is repeated. */
const MANY_LABELS = 1000;

/** How often to cross-fit: more than once with few labels, where the buckets of the rows are finer than the folds. */
function repeatsOf({ folds, labels }: Dataset, rows: number): number {
  const isFine = folds.some((bucket, i) => bucket >= FOLDS && (labels[i] as number) >= 0);
  return rows < MANY_LABELS && isFine ? REPEATS : 1;
}

/** What `residual` may look at. */
function basesOf({ features, groups }: Dataset, width: number, hidden: boolean): Basis[] {
  const plain: Basis[] = width === 0 ? [] : ['inputs'];
  return [
    ...(groups ? (['groups'] as const) : []),
    ...plain,
    ...(hidden ? (['features'] as const) : []),
    ...(features.texts ? (['texts'] as const) : []),
  ];
}

/**
 * Applies a fitted map.
 * @param margins teacher margins of the dataset's rows, float64 [rows]
 * @param dataset rows encoded with the preprocessing of the fit
 * @returns d, float64 [rows]
 * @throws DebkdError `value` if lengths differ, or the map needs features that are not given
 * @example
 * const debias = await fitDebias(margins, validation);
 * const debiased = applyDebias(debias, (await softLabels(teacher, train)).margins, train);
 */
export function applyDebias(
  debias: Debias,
  margins: Float64Array,
  dataset: AnyDataset,
  { features, as = 'labels', teachers }: ApplyOptions = {},
): Float64Array {
  checkLength('label de-biasing', 'margins', margins, dataset.rows);
  if (debias.parts.some(({ teacher }) => teacher !== undefined))
    return applySeveral(debias, teachers, dataset, { features, as });
  const hidden = usedFeatures(debias, features);
  return applyParts(debias, dataset, {
    as,
    open({ arena, from, to, rows }) {
      const problem = placeProblem(arena, margins.subarray(from, to), rows, hidden && sliceFeatures(hidden, from, to));
      return () => problem;
    },
  });
}
