// Label de-biasing: a map from the teacher's margin v and the features to a de-biased margin d, fitted on labelled
// rows the teacher was not fitted on, and cross-fitted, so that no row's own label shapes its d.
import { type Dataset, FOLDS } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { type Arena, openArena } from '../kernels/memory.ts';

/**
 * `none`: d = v. `platt`: d = a v + b. `residual`: d = a v + b + w . phi, phi the standardised inputs, w under a
 * ridge penalty. `auto`: the simplest that is within one standard error of the best.
 */
export type DebiasMethod = 'none' | 'platt' | 'residual' | 'auto';

export const DEBIAS_METHODS: readonly DebiasMethod[] = ['auto', 'none', 'platt', 'residual'];

/** Ridge penalties, from simple to rich. */
const PENALTIES = [3000, 1000, 300, 100, 30, 10, 3];
/** Below this many labelled rows, or rows of the rarer class, `auto` tries `none` and `platt` alone. */
export const FLOOR = { rows: 500, rarer: 50 };

/** One way to de-bias, and how well it did on rows its fit had not seen. */
export interface DebiasCandidate {
  readonly method: 'none' | 'platt' | 'residual';
  /** Of `residual`. */
  readonly penalty?: number;
  /** Cross-fitted mean log-loss of the labels. */
  readonly logLoss: number;
  /** Mean row-wise difference of log-loss to the best candidate, and its standard error. */
  readonly difference: number;
  readonly standardError: number;
}

/** A fitted map, as plain data: applyDebias(debias, margins, dataset) applies it to other rows. */
export interface Debias {
  readonly method: 'none' | 'platt' | 'residual';
  readonly penalty?: number;
  /** Labelled rows it was fitted on. */
  readonly rows: number;
  /** b, a, then one weight an encoded column (absent but for `residual`). */
  readonly theta: Float64Array;
  /** d of the rows it was fitted on, each from a fit without that row's fold; float64 [rows]. */
  readonly crossFitted: Float64Array;
  readonly candidates: readonly DebiasCandidate[];
}

interface Fitted {
  readonly method: Debias['method'];
  readonly penalty?: number;
  readonly crossFitted: Float64Array;
  readonly losses: Float64Array;
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
  if (method === 'none') {
    return { method, rows, theta: Float64Array.of(0, 1), crossFitted: heldOut.slice(), candidates: [] };
  }
  using arena = openArena();
  const problem = place(arena, heldOut, dataset);
  const rich = rows >= FLOOR.rows && rarer >= FLOOR.rarer;
  const penalties = method === 'platt' || (method === 'auto' && !rich) ? [] : PENALTIES;
  const total = (1 + penalties.length) * FOLDS + 1;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: ++done, total });
    await breathe();
    signal?.throwIfAborted();
  };
  const fitted: Fitted[] = [];
  if (method === 'auto')
    fitted.push({ method: 'none', crossFitted: heldOut.slice(), losses: lossesOf(arena, problem, heldOut) });
  fitted.push(await crossFit(arena, problem, 'platt', undefined, undefined, step));
  let warm: Float64Array[] | undefined;
  for (const penalty of penalties) {
    warm ??= Array.from({ length: FOLDS }, () => startTheta(dataset.features.width));
    fitted.push(await crossFit(arena, problem, 'residual', penalty, warm, step));
  }
  const { candidates, best, simplest } = rank(arena, problem, fitted);
  const { losses: _, ...chosen } = fitted[method === 'auto' ? simplest : best] as Fitted;
  const theta = chosen.method === 'none' ? Float64Array.of(0, 1) : fitOn(arena, problem, chosen.penalty, -1);
  await step();
  return { ...chosen, rows, theta, candidates };
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
  if (debias.method === 'none') return margins.slice();
  using arena = openArena();
  return evaluate(arena, place(arena, margins, dataset), debias.theta);
}

/** The rows of a fit in kernel memory. */
interface Problem {
  readonly n: number;
  readonly slots: number;
  readonly width: number;
  readonly folds: Uint8Array;
  /** Byte addresses. */
  readonly at: Readonly<Record<'v' | 'y' | 'fold' | 'words' | 'columns' | 'theta' | 'scratch' | 'out', number>>;
}

function place(arena: Arena, margins: Float64Array, { features, labels, folds, rows }: Dataset): Problem {
  const { slots, width } = features;
  const at = {
    v: arena.put(margins),
    y: arena.put(labels),
    fold: arena.put(folds),
    words: arena.put(features.words),
    columns: arena.put(features.slotColumns),
    theta: arena.reserve(8 * (width + 2)),
    scratch: arena.reserve(arena.kernels.logisticScratch(width, slots) >>> 0),
    out: arena.reserve(8 * rows),
  };
  return { n: rows, slots, width, folds, at };
}

function startTheta(width: number): Float64Array {
  const theta = new Float64Array(width + 2);
  theta[1] = 1;
  return theta;
}

/** The minimum over labelled rows outside fold `skip` (-1: all); without a penalty, of platt's two parameters. */
function fitOn(
  arena: Arena,
  p: Problem,
  penalty: number | undefined,
  skip: number,
  start?: Float64Array,
): Float64Array {
  const width = penalty === undefined ? 0 : p.width;
  const { at } = p;
  arena.write(at.theta, start ?? startTheta(width));
  const slots = penalty === undefined ? 0 : p.slots;
  arena.kernels.fitLogistic(
    at.theta,
    at.v,
    at.y,
    at.fold,
    skip,
    p.n,
    at.words,
    slots,
    at.columns,
    width,
    penalty ?? 0,
    1,
    at.scratch,
  );
  return arena.f64(at.theta, width + 2);
}

function evaluate(arena: Arena, p: Problem, theta: Float64Array): Float64Array {
  const { at } = p;
  arena.write(at.theta, theta);
  arena.kernels.applyLogistic(at.theta, at.v, at.words, theta.length > 2 ? p.slots : 0, at.columns, p.n, at.out);
  return arena.f64(at.out, p.n);
}

/** warm: the start of each fold, replaced by its minimum: a path of penalties follows itself. */
async function crossFit(
  arena: Arena,
  problem: Problem,
  method: 'platt' | 'residual',
  penalty: number | undefined,
  warm: Float64Array[] | undefined,
  step: () => Promise<void>,
): Promise<Fitted> {
  const crossFitted = new Float64Array(problem.n);
  for (let fold = 0; fold < FOLDS; fold++) {
    const theta = fitOn(arena, problem, penalty, fold, warm?.[fold]);
    if (warm) warm[fold] = theta;
    const d = evaluate(arena, problem, theta);
    for (let i = 0; i < problem.n; i++) if (problem.folds[i] === fold) crossFitted[i] = d[i] as number;
    await step();
  }
  return {
    method,
    ...(penalty === undefined ? {} : { penalty }),
    crossFitted,
    losses: lossesOf(arena, problem, crossFitted),
  };
}

function lossesOf(arena: Arena, p: Problem, margins: Float64Array): Float64Array {
  using scratch = openArena();
  const at = scratch.put(margins);
  const out = scratch.reserve(8 * p.n);
  const labels = scratch.put(arena.bytes(p.at.y, p.n));
  scratch.kernels.labelLosses(at, labels, p.n, out);
  return scratch.f64(out, p.n);
}

/** Candidates with their distance to the best, and the first within one standard error of it. */
function rank(
  arena: Arena,
  p: Problem,
  fitted: readonly Fitted[],
): { candidates: DebiasCandidate[]; best: number; simplest: number } {
  using scratch = openArena();
  const labels = scratch.put(arena.bytes(p.at.y, p.n));
  const rows = fitted.map(({ losses }) => scratch.put(losses));
  const out = scratch.reserve(16);
  const compare = (a: number, b: number): [mean: number, error: number] => {
    scratch.kernels.pairedDifference(a, b, labels, p.n, out);
    const [mean = 0, error = 0] = scratch.f64(out, 2);
    return [mean, error];
  };
  const means = rows.map((at) => compare(at, 0)[0]);
  const best = means.indexOf(Math.min(...means));
  const candidates = fitted.map(({ method, penalty }, i): DebiasCandidate => {
    const [difference, standardError] = compare(rows[i] as number, rows[best] as number);
    return {
      method,
      ...(penalty === undefined ? {} : { penalty }),
      logLoss: means[i] as number,
      difference,
      standardError,
    };
  });
  const simplest = candidates.findIndex((c) => c.difference <= c.standardError);
  return { candidates, best, simplest };
}
