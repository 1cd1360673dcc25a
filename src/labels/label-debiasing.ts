// Label de-biasing: a map from the teacher's margin v and the features to a de-biased margin d, fitted on labelled
// rows the teacher was not fitted on, and cross-fitted, so that no row's own label shapes its d.
import { type Dataset, FOLDS } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import {
  applyMap,
  type DebiasMap,
  type DebiasMethod,
  fitMap,
  type MapName,
  type Problem,
  placeProblem,
} from './debias-methods.ts';

/** What `auto` tries before the ridge path, and what it tries alone under the floor. */
const SIMPLE: readonly MapName[] = ['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'];
const FEW: readonly MapName[] = ['none', 'platt'];
/** Ridge penalties, from simple to rich. */
const PENALTIES = [3000, 1000, 300, 100, 30, 10, 3];
/** Below this many labelled rows, or rows of the rarer class, `auto` tries `none` and `platt` alone. */
export const FLOOR = { rows: 500, rarer: 50 };

/** Encoded columns up to which `residual` is fitted: its Newton steps take memory and time by their square. */
export const MOST_COLUMNS = 4096;

/** One way to de-bias, and how well it did on rows its fit had not seen. */
export interface DebiasCandidate extends DebiasMap {
  /** Cross-fitted mean log-loss of the labels. */
  readonly logLoss: number;
  /** Mean row-wise difference of log-loss to the best candidate, and its standard error. */
  readonly difference: number;
  readonly standardError: number;
}

/** A fitted map, as plain data: applyDebias(debias, margins, dataset) applies it to other rows. */
export interface Debias extends DebiasMap {
  /** Labelled rows it was fitted on. */
  readonly rows: number;
  /**
   * none: nothing; prior: s; temperature: a; platt: b, a; beta: a, b, c; isotonic: where each step starts, then its margins;
   * residual: b, a, then one weight an encoded column.
   */
  readonly parameters: Float64Array;
  /** d of the rows it was fitted on, each from a fit without that row's fold; float64 [rows]. */
  readonly crossFitted: Float64Array;
  readonly candidates: readonly DebiasCandidate[];
}

/**
 * Fits the map on labelled rows of `dataset`; rows without a label get their d, but teach nothing.
 * @param heldOut teacher margins of the dataset's rows, float64 [rows]; the teacher must not have been fitted on them
 * @throws DebkdError `rows` with fewer labelled rows than folds, or one class only
 */
export async function fitDebias(
  heldOut: Float64Array,
  dataset: Dataset,
  options: { method?: DebiasMethod } & Watch = {},
): Promise<Debias> {
  const { method = 'auto', signal, onProgress } = options;
  const { rows, rarer } = checkLabels(dataset, method);
  using arena = openArena();
  const problem = placeProblem(arena, heldOut, dataset);
  const wide = dataset.features.width > MOST_COLUMNS;
  if (wide && method === 'residual') {
    throw new DebkdError(
      'memory',
      `label de-biasing: residual fits a weight for each of ${dataset.features.width} encoded columns, at most ${MOST_COLUMNS} fit; drop columns, or use another --debias`,
    );
  }
  const rich = rows >= FLOOR.rows && rarer >= FLOOR.rarer;
  const maps = mapsOf(method, rich, wide);
  const total = maps.length * FOLDS + 1;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: ++done, total });
    await breathe();
    signal?.throwIfAborted();
  };
  const fitted: Fitted[] = [];
  const path: (Float64Array | undefined)[] = [];
  for (const map of maps) fitted.push(await crossFit(problem, map, map.method === 'residual' ? path : [], step));
  const { candidates, best, simplest } = rank(problem, fitted);
  const { losses: _, ...chosen } = fitted[method === 'auto' ? simplest : best] as Fitted;
  const parameters = fitMap(problem, chosen, -1);
  await step();
  return { ...chosen, rows, parameters, candidates };
}

/** What a method tries, from simple to rich. `residual` without a penalty's end is `platt`. */
function mapsOf(method: DebiasMethod, rich: boolean, wide: boolean): DebiasMap[] {
  const path = PENALTIES.map((penalty): DebiasMap => ({ method: 'residual', penalty }));
  if (method === 'residual') return [{ method: 'platt' }, ...path];
  if (method !== 'auto') return [{ method }];
  return rich
    ? [...SIMPLE.map((name) => ({ method: name })), ...(wide ? [] : path)]
    : FEW.map((name) => ({ method: name }));
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

/** d of any rows under a fitted map; float64 [rows]. The dataset must be encoded as the fit's. */
export function applyDebias(debias: Debias, margins: Float64Array, dataset: Dataset): Float64Array {
  using arena = openArena();
  return applyMap(placeProblem(arena, margins, dataset), debias.method, debias.parameters);
}

/** A map fitted without each fold in turn, and the d of that fold's rows. */
interface Fitted extends DebiasMap {
  readonly crossFitted: Float64Array;
  readonly losses: Float64Array;
}

/** starts: where each fold's fit starts, replaced by its minimum, so that a path of penalties follows itself. */
async function crossFit(
  p: Problem,
  map: DebiasMap,
  starts: (Float64Array | undefined)[],
  step: () => Promise<void>,
): Promise<Fitted> {
  const crossFitted = new Float64Array(p.n);
  for (let fold = 0; fold < FOLDS; fold++) {
    const parameters = fitMap(p, map, fold, starts[fold]);
    starts[fold] = parameters;
    const d = applyMap(p, map.method, parameters);
    for (let i = 0; i < p.n; i++) if (p.folds[i] === fold) crossFitted[i] = d[i] as number;
    await step();
  }
  return { ...map, crossFitted, losses: lossesOf(p, crossFitted) };
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
