// Label de-biasing: a map from the teacher's margin v and the features to a de-biased margin d, fitted on labelled
// rows the teacher was not fitted on, and cross-fitted, so that no row's own label shapes its d.
import { type Dataset, FOLDS } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import type { Features } from '../teacher/features.ts';
import {
  applyMap,
  type Basis,
  type DebiasMap,
  type DebiasMethod,
  fitMap,
  type MapName,
  type Problem,
  placeProblem,
} from './debias-methods.ts';
import { stackWeights, weightedMean } from './stack.ts';

/** The simple maps, from simple to rich, and what is tried alone under the floor. */
const SIMPLE: readonly MapName[] = ['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'];
const FEW: readonly MapName[] = ['none', 'platt'];
/** Ridge penalties, from simple to rich; the teacher's features are many, and need more of it. */
const PENALTIES: Readonly<Record<Basis, readonly number[]>> = {
  inputs: [3000, 1000, 300, 100, 30, 10, 3],
  features: [3000, 1000, 300, 100, 30],
};
/** What `auto` is made of beside the six simple maps; each can be left out, to see what it is worth. */
export type Ingredient = 'residual' | 'features' | 'hinges' | 'trees' | 'stack' | 'selection';
export const INGREDIENTS: readonly Ingredient[] = ['residual', 'features', 'hinges', 'trees', 'stack', 'selection'];

/** Standard errors by which the stack of everything must be better to be used: its weights were chosen on the same rows. */
const CLEAR = 2;
/** Numbers of boosted trees. */
const TREES = [20, 40, 80, 160];
/** Below this many labelled rows, or rows of the rarer class, `auto` tries `none` and `platt` alone. */
export const FLOOR = { rows: 500, rarer: 50 };

/** Whether the labels of some parts together reach the floor. */
export function debiasesRichly(parts: readonly Dataset[]): boolean {
  const count = (wanted: (y: number) => boolean): number =>
    parts.reduce((sum, { labels }) => sum + labels.filter(wanted).length, 0);
  const rows = count((y) => y >= 0);
  const ones = count((y) => y === 1);
  return rows >= FLOOR.rows && Math.min(ones, rows - ones) >= FLOOR.rarer;
}

/** Columns, with the teacher's features, up to which `residual` is fitted: it takes memory and time by their square. */
export const MOST_COLUMNS = 4096;

/** One way to de-bias, and how well it did on rows its fit had not seen. */
export interface DebiasCandidate extends DebiasMap {
  /** Cross-fitted mean log-loss of the labels. */
  readonly logLoss: number;
  /** Mean row-wise difference of log-loss to the best candidate, and its standard error. */
  readonly difference: number;
  readonly standardError: number;
}

/** A fitted map and its share in the whole. */
export interface DebiasPart extends DebiasMap {
  /** 1, or of a stack. */
  readonly weight: number;
  /** Its share in what judges students; where it is absent, `weight`. */
  readonly judgeWeight?: number;
  /**
   * none: nothing; prior: s; temperature: a; platt: b, a; beta: a, b, c; isotonic: where each step starts, then its margins;
   * residual: number of knots, these, b, a, then one weight an encoded column, one a feature, and one a hinge.
   */
  readonly parameters: Float64Array;
}

/** What was fitted, as plain data: applyDebias(debias, margins, dataset) applies it to other rows. */
export interface Debias {
  readonly method: MapName | 'stack';
  /** Of `residual`. */
  readonly penalty?: number;
  readonly on?: Basis;
  /** Labelled rows it was fitted on. */
  readonly rows: number;
  /** Of the one map; of `stack` the weights of its parts. */
  readonly parameters: Float64Array;
  readonly parts: readonly DebiasPart[];
  /** d of the rows it was fitted on, each from a fit without that row's fold; float64 [rows]. */
  readonly crossFitted: Float64Array;
  /**
   * The best guess at the truth for the same rows, float64 [rows], to choose a student by: of `auto` the stack of all maps and
   * of boosted trees, where that is clearly better; else crossFitted.
   */
  readonly judge: Float64Array;
  readonly candidates: readonly DebiasCandidate[];
}

/**
 * Fits the map on labelled rows of `dataset`; rows without a label get their d, but teach nothing.
 * @param heldOut teacher margins of the dataset's rows, float64 [rows]; the teacher must not have been fitted on them
 * @param options.leaveOut ingredients to do without: the residual fits, those on the teacher's features, the one with hinges,
 * the trees, the stack (the simplest map within a standard error of the best is taken instead)
 * @param options.features the teacher's, of the same rows, standardised: `residual`, `stack` and `auto` then look there, too
 * @throws DebkdError `rows` with fewer labelled rows than folds, or one class only
 */
export async function fitDebias(
  heldOut: Float64Array,
  dataset: Dataset,
  options: { method?: DebiasMethod; features?: Features | undefined; leaveOut?: readonly Ingredient[] } & Watch = {},
): Promise<Debias> {
  const { method = 'auto', leaveOut = [], signal, onProgress } = options;
  const { rows, rarer } = checkLabels(dataset, method);
  const { width } = dataset.features;
  if (width > MOST_COLUMNS && method === 'residual') {
    throw new DebkdError(
      'memory',
      `label de-biasing: residual fits a weight for each of ${width} encoded columns, at most ${MOST_COLUMNS} fit; drop columns, or use another --debias`,
    );
  }
  const hidden = width + (options.features?.width ?? MOST_COLUMNS) <= MOST_COLUMNS ? options.features : undefined;
  const bases: Basis[] = width > MOST_COLUMNS ? [] : hidden ? ['inputs', 'features'] : ['inputs'];
  const rich = rows >= FLOOR.rows && rarer >= FLOOR.rarer;
  const maps = mapsOf(method, rich, bases).filter((map) => !leaveOut.some((part) => isOf(map, part)));
  using arena = openArena();
  const problem = placeProblem(arena, heldOut, dataset, maps.some(({ on }) => on === 'features') ? hidden : undefined);
  const total = maps.length * FOLDS + 1;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: Math.min(++done, total), total });
    await breathe();
    signal?.throwIfAborted();
  };
  const fitted = await crossFit(problem, maps, step);
  const { candidates, best } = rank(problem, fitted);
  const { weights, judging } =
    method === 'auto'
      ? weighAll(problem, fitted, !leaveOut.includes('stack'))
      : {
          weights: method === 'stack' ? stackWeightsOf(fitted, dataset.labels) : oneOf(fitted, best),
          judging: undefined,
        };
  const parts = fitted.flatMap(({ crossFitted: _, losses: __, ...map }, k): DebiasPart[] => {
    const weight = weights[k] as number;
    if (weight === 0) return [];
    const own = judging && { judgeWeight: judging[k] as number };
    return [{ ...map, weight, ...own, parameters: fitMap(problem, map, -1) }];
  });
  const crossFitted = meanOf(fitted, weights);
  await step();
  const judge = judging ? meanOf(fitted, judging) : crossFitted;
  const result = { rows, parts, candidates, crossFitted, judge };
  const [{ weight: _, ...only }] = parts as [DebiasPart];
  if (parts.length === 1) return { ...only, ...result };
  return { method: 'stack', parameters: Float64Array.from(parts, (p) => p.weight), ...result };
}

/**
 * What `auto` takes. Without trees: the simplest of the simple maps that is within a standard error of the best, else a stack.
 * Where the stack of everything has a clearly lower cross-fitted log-loss, half of it: trees know more than the
 * teacher and say it less smoothly, and students learn best from the mean of both. Students are judged by the whole.
 */
function weighAll(
  p: Problem,
  fitted: readonly Fitted[],
  stacks: boolean,
): { weights: Float64Array; judging?: Float64Array } {
  const labels = new Int8Array(p.arena.bytes(p.at.y, p.n).buffer);
  const smooth = fitted.filter((f) => f.method !== 'trees');
  const { simplest } = rank(p, smooth);
  const kept = stacks && simplest >= SIMPLE.length ? stackWeightsOf(smooth, labels) : oneOf(smooth, simplest);
  const weights = new Float64Array(fitted.length);
  weights.set(kept);
  if (!stacks || fitted.length <= FEW.length) return { weights };
  const all = stackWeightsOf(fitted, labels);
  using scratch = openArena();
  const [a, b] = [meanOf(fitted, all), meanOf(fitted, weights)].map((d) => scratch.put(lossesOf(p, d))) as [
    number,
    number,
  ];
  const out = scratch.reserve(16);
  scratch.kernels.pairedDifference(a, b, scratch.put(labels), p.n, out);
  const [difference = 0, error = 0] = scratch.f64(out, 2);
  if (!(difference < -CLEAR * error)) return { weights };
  return { weights: weights.map((w, k) => 0.5 * (w + (all[k] as number))), judging: all };
}

function oneOf(fitted: readonly Fitted[], chosen: number): Float64Array {
  return Float64Array.from(fitted, (_, k) => (k === chosen ? 1 : 0));
}

function stackWeightsOf(fitted: readonly Fitted[], labels: Int8Array): Float64Array {
  return stackWeights(
    fitted.map((f) => f.crossFitted),
    labels,
  );
}

/** The weighted mean of cross-fitted margins; of one map, its own. */
function meanOf(fitted: readonly Fitted[], weights: Float64Array): Float64Array {
  const only = weights.indexOf(1);
  if (only >= 0) return (fitted[only] as Fitted).crossFitted;
  return weightedMean(
    weights,
    fitted.map((f) => f.crossFitted),
  );
}

/** Whether a map is what an ingredient adds. */
function isOf({ method, penalty, on }: DebiasMap, part: Ingredient): boolean {
  if (part === 'trees') return method === 'trees';
  if (method !== 'residual') return false;
  return (
    part === 'residual' || (part === 'features' && on === 'features') || (part === 'hinges' && penalty === undefined)
  );
}

/** What a method tries, from simple to rich. `residual` without a penalty's end is `platt`. */
function mapsOf(method: DebiasMethod, rich: boolean, bases: readonly Basis[]): DebiasMap[] {
  const paths = bases.flatMap((on): DebiasMap[] => [
    ...PENALTIES[on].map((penalty): DebiasMap => ({ method: 'residual', penalty, on })),
    // beside the teacher's features hinges add nothing, and take long
    ...(on === 'inputs' ? [{ method: 'residual', on } as const] : []),
  ]);
  const simple = (names: readonly MapName[]): DebiasMap[] => names.map((name) => ({ method: name }));
  const trees = TREES.map((count): DebiasMap => ({ method: 'trees', count }));
  if (method === 'residual') return [{ method: 'platt' }, ...paths];
  if (method === 'trees') return [{ method: 'platt' }, ...trees];
  if (method !== 'auto' && method !== 'stack') return [{ method }];
  return rich ? [...simple(SIMPLE), ...paths, ...trees] : simple(FEW);
}

/**
 * Whether labels suffice for a method, before the teacher is run. Returns the labelled rows and those of the rarer class.
 * @throws DebkdError `rows` with fewer labelled rows than folds, or one class only
 */
export function checkLabels({ labels }: Dataset, method: DebiasMethod): { rows: number; rarer: number } {
  const rows = labels.filter((y) => y >= 0).length;
  const positives = labels.filter((y) => y === 1).length;
  const rarer = Math.min(positives, rows - positives);
  if (method === 'none') return { rows, rarer };
  if (rows < FOLDS) {
    throw new DebkdError(
      'rows',
      `label de-biasing: ${rows} labelled rows, fewer than the ${FOLDS} folds of cross-fitting; give more labelled rows, or --debias none`,
    );
  }
  if (rarer === 0) {
    throw new DebkdError(
      'rows',
      `label de-biasing: all ${rows} labelled rows are of class ${positives === 0 ? 0 : 1}, expected both; give rows of the other class, or --debias none`,
    );
  }
  return { rows, rarer };
}

/**
 * d of any rows under what was fitted; float64 [rows]. The dataset must be encoded as the fit's.
 * @param features of the rows, standardised as the fit's, where it had some
 * @param as `judge`: what students are judged by instead
 */
export function applyDebias(
  debias: Debias,
  margins: Float64Array,
  dataset: Dataset,
  features?: Features,
  as: 'labels' | 'judge' = 'labels',
): Float64Array {
  const weights = debias.parts.map(({ weight, judgeWeight }) => (as === 'judge' ? (judgeWeight ?? weight) : weight));
  using arena = openArena();
  const problem = placeProblem(
    arena,
    margins,
    dataset,
    debias.parts.some(({ on }) => on === 'features') ? features : undefined,
  );
  const columns = debias.parts.map((part) => applyMap(problem, part, part.parameters));
  return columns.length === 1 ? (columns[0] as Float64Array) : weightedMean(weights, columns);
}

/** A map fitted without each fold in turn, and the d of that fold's rows. */
interface Fitted extends DebiasMap {
  readonly crossFitted: Float64Array;
  readonly losses: Float64Array;
}

/** Fold by fold, so that a path of penalties follows itself on the same rows. */
async function crossFit(p: Problem, maps: readonly DebiasMap[], step: () => Promise<void>): Promise<Fitted[]> {
  const crossFitted = maps.map(() => new Float64Array(p.n));
  for (let fold = 0; fold < FOLDS; fold++) {
    let platt: Float64Array | undefined;
    let last: (DebiasMap & { parameters: Float64Array }) | undefined;
    for (const [k, map] of maps.entries()) {
      const same = last?.method === map.method && last.on === map.on && map.penalty !== undefined;
      const along = same || (map.method === 'trees' && last?.method === 'trees') ? last?.parameters : undefined;
      const iterates = map.method === 'residual' || map.method === 'trees';
      const parameters = fitMap(p, map, fold, iterates ? (along ?? platt) : undefined);
      if (map.method === 'platt') platt = parameters;
      last = { ...map, parameters };
      const d = applyMap(p, map, parameters);
      const to = crossFitted[k] as Float64Array;
      for (let i = 0; i < p.n; i++) if (p.folds[i] === fold) to[i] = d[i] as number;
      await step();
    }
  }
  return maps.map((map, k): Fitted => {
    const own = crossFitted[k] as Float64Array;
    return { ...map, crossFitted: own, losses: lossesOf(p, own) };
  });
}

function lossesOf(p: Problem, margins: Float64Array): Float64Array {
  using scratch = openArena();
  const at = scratch.put(margins);
  const out = scratch.reserve(8 * p.n);
  const labels = scratch.put(p.arena.bytes(p.at.y, p.n));
  scratch.kernels.labelLosses(at, labels, p.n, out);
  return scratch.f64(out, p.n);
}

/** Candidates with their distance to the best, and the first within one standard error of it. */
function rank(
  p: Problem,
  fitted: readonly Fitted[],
): { candidates: DebiasCandidate[]; best: number; simplest: number } {
  using scratch = openArena();
  const labels = scratch.put(p.arena.bytes(p.at.y, p.n));
  const rows = fitted.map(({ losses }) => scratch.put(losses));
  const out = scratch.reserve(16);
  const compare = (a: number, b: number): [mean: number, error: number] => {
    scratch.kernels.pairedDifference(a, b, labels, p.n, out);
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
