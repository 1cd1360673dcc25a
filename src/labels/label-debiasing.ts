// Label de-biasing: a map from the teacher's margin v and the features to a de-biased margin d, fitted on labelled
// rows the teacher was not fitted on, and cross-fitted, so that no row's own label shapes its d.

import type { AnyDataset } from '../data/dataset.ts';
import { type Dataset, FOLDS } from '../data/dataset.ts';
import { matrixRows } from '../data/row-source.ts';
import { checkLength, checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { type Features, sliceFeatures } from '../teacher/features.ts';
import { type AblationComponent, checkLabels, isOf, MAX_COLUMNS, MIN_LABELS, mapsOf } from './candidates.ts';
import { combineMaps, meanOf, oneHot, stackWeightsOf } from './combine-maps.ts';
import { crossFit, type DebiasCandidate, rankCandidates } from './cross-fit.ts';
import { DEBIAS_METHODS, type DebiasMethod, type MapName } from './debias-names.ts';
import type { Basis, DebiasMap } from './maps/map.ts';
import { applyMap, fitMap } from './maps/maps.ts';
import { placeProblem } from './maps/problem.ts';
import { weightedMean } from './stack.ts';

/** A fitted map and its share in the whole. */
export interface DebiasPart extends DebiasMap {
  /** 1, or of a stack. */
  readonly weight: number;
  /** Its share in the margins that select students; absent: `weight`. */
  readonly selectionWeight?: number;
  /**
   * none: nothing; prior: s; temperature: a; platt: b, a; beta: a, b, c; isotonic: where each step starts, then its margins;
   * residual: number of knots, these, b, a, then one weight an encoded column, one a feature, and one a hinge.
   */
  readonly parameters: Float64Array;
}

/** What was fitted, as plain data: applyDebias(debias, margins, dataset) applies it to other rows. */
export interface Debias {
  /** The one map, or the stack of several. */
  readonly method: MapName | 'stack';
  /** Of `residual`. */
  readonly penalty?: number;
  /** Of `residual`: what it looks at. */
  readonly on?: Basis;
  /** Labelled rows it was fitted on. */
  readonly rows: number;
  /** Of the one map; of `stack` the weights of its parts. */
  readonly parameters: Float64Array;
  /** The maps that it is made of, with their weights. */
  readonly parts: readonly DebiasPart[];
  /** d of the rows it was fitted on, each from a fit without that row's fold; float64 [rows]. */
  readonly crossFitted: Float64Array;
  /**
   * The best guess at the truth for the same rows, float64 [rows], to choose a student by: of `auto` the stack of all maps and
   * of boosted trees, where that is clearly better; else crossFitted.
   */
  readonly selectionMargins: Float64Array;
  /** All that were tried, from simple to rich. */
  readonly candidates: readonly DebiasCandidate[];
}

/**
 * Fits the map on labelled rows of `dataset`; rows without a label get their d, but teach nothing.
 * @param margins teacher margins of the dataset's rows, float64 [rows]; the teacher must not have been fitted on them
 * @param options.ablate ingredients to do without: the residual fits, those on the teacher's features, the one with hinges,
 * the trees, the stack (the simplest map within a standard error of the best is taken instead)
 * @param options.features the teacher's, of the same rows, standardised: `residual`, `stack` and `auto` then look there, too
 * @throws DebkdError `rows` with fewer labelled rows than folds, or one class only
 */
export async function fitDebias(
  margins: Float64Array,
  dataset: Dataset,
  options: {
    method?: DebiasMethod;
    features?: Features | undefined;
    ablate?: readonly AblationComponent[];
  } & ProgressOptions = {},
): Promise<Debias> {
  const { method = 'auto', ablate = [], signal, onProgress } = options;
  checkLength('label de-biasing', 'margins', margins, dataset.rows);
  const { rows, rarer } = checkLabels(dataset, checkName('label de-biasing', method, DEBIAS_METHODS));
  const { width } = dataset.features;
  if (width > MAX_COLUMNS && method === 'residual') {
    throw new DebkdError('memory', {
      subject: 'label de-biasing',
      seen: `${width} encoded columns`,
      expected: `at most ${MAX_COLUMNS} for the method residual, which fits a weight for each`,
      remedy: ['drop columns', { id: 'other-debias' }],
    });
  }
  const hidden = width + (options.features?.width ?? MAX_COLUMNS) <= MAX_COLUMNS ? options.features : undefined;
  const bases: Basis[] = width > MAX_COLUMNS ? [] : hidden ? ['inputs', 'features'] : ['inputs'];
  const rich = rows >= MIN_LABELS.rows && rarer >= MIN_LABELS.rarer;
  const maps = mapsOf(method, rich, bases).filter((map) => !ablate.some((part) => isOf(map, part)));
  using arena = openArena();
  const problem = placeProblem(arena, margins, dataset, maps.some(({ on }) => on === 'features') ? hidden : undefined);
  const total = maps.length * FOLDS + 1;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: Math.min(++done, total), total });
    await yieldToEventLoop();
    signal?.throwIfAborted();
  };
  const fitted = await crossFit(problem, maps, step);
  const { candidates, best } = rankCandidates(problem, fitted);
  const { weights, selection } =
    method === 'auto'
      ? combineMaps(problem, fitted, !ablate.includes('stack'))
      : {
          weights: method === 'stack' ? stackWeightsOf(fitted, dataset.labels) : oneHot(fitted, best),
          selection: undefined,
        };
  const parts = fitted.flatMap(({ crossFitted: _, losses: __, ...map }, k): DebiasPart[] => {
    const weight = weights[k] as number;
    if (weight === 0 && !selection?.[k]) return [];
    const selectionShare = selection && { selectionWeight: selection[k] as number };
    return [{ ...map, weight, ...selectionShare, parameters: fitMap(problem, map, -1) }];
  });
  const crossFitted = meanOf(fitted, weights);
  await step();
  const selectionMargins = selection ? meanOf(fitted, selection) : crossFitted;
  const result = { rows, parts, candidates, crossFitted, selectionMargins };
  const [{ weight: _, ...only }] = parts as [DebiasPart];
  if (parts.length === 1) return { ...only, ...result };
  return { method: 'stack', parameters: Float64Array.from(parts, (p) => p.weight), ...result };
}

/** What applyDebias needs beside margins and rows. */
export interface ApplyOptions {
  /** The teacher's, of the same rows, standardised as the fit's, where it had some. */
  readonly features?: Features | undefined;
  /** `labels`: what students learn, the default; `selection`: what they are selected by. */
  readonly as?: 'labels' | 'selection' | undefined;
}

/**
 * d of any rows under what was fitted; float64 [rows]. The dataset must be encoded as the fit's.
 * @throws DebkdError `value` where lengths differ, or the map needs features that were not given
 */
export function applyDebias(
  debias: Debias,
  margins: Float64Array,
  dataset: AnyDataset,
  { features, as = 'labels' }: ApplyOptions = {},
): Float64Array {
  checkLength('label de-biasing', 'margins', margins, dataset.rows);
  const weights = debias.parts.map(({ weight, selectionWeight }) =>
    as === 'selection' ? (selectionWeight ?? weight) : weight,
  );
  const hidden = debias.parts.some(({ on }) => on === 'features') ? features : undefined;
  const d = new Float64Array(dataset.rows);
  // a row's d does not depend on others: piece by piece it is the same
  for (let from = 0; from < dataset.rows; from += SHUFFLE_BLOCK_ROWS) {
    const to = Math.min(dataset.rows, from + SHUFFLE_BLOCK_ROWS);
    const rows = {
      rows: to - from,
      features: matrixRows(dataset.features).read(from, to),
      labels: dataset.labels.subarray(from, to),
      folds: dataset.folds.subarray(from, to),
    };
    using arena = openArena();
    const problem = placeProblem(arena, margins.subarray(from, to), rows, hidden && sliceFeatures(hidden, from, to));
    const columns = debias.parts.map((part) => applyMap(problem, part, part.parameters));
    d.set(columns.length === 1 ? (columns[0] as Float64Array) : weightedMean(weights, columns), from);
  }
  return d;
}
