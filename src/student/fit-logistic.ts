// Fits a logistic student to the minimum of its convex loss by truncated Newton (Newton-CG; Dembo, Steihaug 1983), without learning
// rate, epochs or seed. The selection's rows choose the ridge penalty from a decreasing path. Arithmetic: assembly/convex.ts.
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import { TEXT_FIELD } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { matrixRows } from '../data/row-source.ts';
import { idfOf } from '../data/text-column.ts';
import { DebkdError } from '../io/errors.ts';
import type { AbortSignalLike } from '../io/host-types.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { takesMargins } from '../loss/loss.ts';
import { openMeasure } from './evaluator.ts';
import type { FitTask } from './fit-context.ts';
import { writeParameters } from './network.ts';
import { mostEntries, reserveRows } from './placed-rows.ts';
import { Student } from './student.ts';
import type { Training } from './student-data.ts';

const SHAPE = { hidden: [] };
/** Values of lambda in the penalty lambda / 2 |w|^2 on the sum of losses, in order. Each fit starts at the previous minimum. */
const PENALTIES: readonly number[] = [1000, 300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01];
/** The same for rows of texts, which are as long as 1 and have far more columns. */
const TEXT_PENALTIES: readonly number[] = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003];
/** The penalty without validation rows: the default of scikit-learn's LogisticRegression. */
const UNCHOSEN = 1;
/** The path ends after this number of penalties in a row without an improvement. */
const PATIENCE = 3;
const TEXT_PATIENCE = 2;
/** Stop when half the predicted decrease of a step is below this share of 1 + loss. */
const TOLERANCE = 1e-13;
const MAX_TURNS = 60;
const MAX_DIRECTIONS = 250;
const MAX_HALVINGS = 40;
/** How far a penalty's minimum is approached. */
interface Effort {
  readonly tolerance: number;
  /** The most products with the Hessian. */
  readonly products: number;
  /** A step is solved to this share of the gradient. */
  readonly share: number;
}
const EXACT: Effort = { tolerance: TOLERANCE, products: Infinity, share: 0.1 };
/**
 * With texts, the path compares penalties near their minima: 20 products give the selection loss to three digits, and the exact
 * minimum takes ten times as many. The chosen penalty is then fitted closer.
 */
const ROUGH: Effort = { tolerance: 1e-6, products: 20, share: 0.3 };
const FINAL: Effort = { tolerance: 1e-6, products: 100, share: 0.3 };

/**
 * Fits a logistic student to the minimum of its loss.
 * @param options.penalties the path of ridge penalties; default: 1000 down to 0.01, with texts 3 down to 0.0003, or 1 without validation rows
 * @throws DebkdError `value` when the loss is not a number, `memory`; the signal's reason when aborted
 */
export async function fitLogistic(
  dataset: AnyDataset,
  { targets, loss, validation }: FitTask,
  options: { readonly weights?: Float64Array | undefined; readonly penalties?: readonly number[] } & ProgressOptions,
): Promise<Student> {
  const { weights, signal, onProgress } = options;
  using arena = openArena();
  const { width } = dataset.features;
  const measure = validation && openMeasure(arena, { evaluators: new Map(), shape: SHAPE, width }, validation);
  const problem = placeProblem(arena, dataset, { targets, loss }, weights);
  const texts = dataset.features.fieldColumns.includes(TEXT_FIELD);
  const path = options.penalties ?? (measure ? (texts ? TEXT_PENALTIES : PENALTIES) : [UNCHOSEN]);
  const history: Training['history'][number][] = [];
  const fitTo = async (penalty: number, effort: Effort): Promise<Minimum> => {
    const { value, converged } = await minimise(problem, penalty, effort, signal);
    const theta = arena.f64(problem.theta, width + 1);
    const parameters = new Float32Array(width + 1);
    parameters.set(theta.subarray(1));
    parameters[width] = theta[0] as number;
    if (measure) writeParameters(arena, measure.net, width, SHAPE, parameters);
    return { value, converged, theta, parameters, loss: measure ? measure.loss() : NaN };
  };
  let best: Minimum | undefined;
  let place = 0;
  for (const [k, penalty] of path.entries()) {
    const found = await fitTo(penalty, texts ? ROUGH : EXACT);
    history.push({ train: found.value / dataset.rows, validation: found.loss });
    if (!best || found.loss < best.loss) [best, place] = [found, k];
    onProgress?.({ stage: 'student', done: k + 1, total: path.length, losses: history[k] as (typeof history)[number] });
    if (k - place >= (texts ? TEXT_PATIENCE : PATIENCE)) break;
  }
  if (texts && best) {
    arena.write(problem.theta, best.theta);
    best = await fitTo(path[place] as number, FINAL);
  }
  if (!best) throw new RangeError('the path of penalties is empty');
  if (!best.parameters.every(Number.isFinite) || Number.isNaN(best.value)) {
    throw new DebkdError('value', {
      subject: 'student',
      seen: 'the training loss is not a number',
      remedy: 'check the targets and row weights for values that are not finite',
    });
  }
  onProgress?.({ stage: 'student', done: path.length, total: path.length });
  return new Student({
    architecture: SHAPE,
    parameters: best.parameters,
    preprocessing: dataset.preprocessing,
    threshold: 0.5,
    provenance: {},
    training: {
      epoch: place + 1,
      epochs: history.length,
      selectionLoss: best.loss,
      history,
      penalty: path[place] as number,
      settled: best.converged,
    },
  });
}

/** What a penalty's fit reached. */
interface Minimum {
  readonly value: number;
  readonly converged: boolean;
  readonly theta: Float64Array;
  readonly parameters: Float32Array<ArrayBuffer>;
  /** The selection loss. */
  readonly loss: number;
}

/** A fit in kernel memory: its rows and its current parameters; pointers are byte addresses. */
interface LogisticProblem {
  readonly arena: Arena;
  readonly size: number;
  readonly theta: number;
  /** Computes the loss at theta, and writes its derivatives to `gradient`, `diagonal` and the curvatures of the rows. */
  evaluate(theta: number, penalty: number, signal: AbortSignalLike | undefined): Promise<number>;
  /** Adds the Hessian times the conjugate direction to the kernel's product vector. */
  multiply(signal: AbortSignalLike | undefined): Promise<void>;
  readonly gradient: number;
  readonly diagonal: number;
  readonly work: number;
  readonly trial: number;
  /** Factors of the penalty by weight; 0: all 1. */
  readonly factors: number;
}

function placeProblem(
  arena: Arena,
  { features, labels, rows, preprocessing }: AnyDataset,
  { targets, loss }: Pick<FitTask, 'targets' | 'loss'>,
  weights: Float64Array | undefined,
): LogisticProblem {
  const { kernels } = arena;
  const { fields, width } = features;
  const size = width + 1;
  const at = {
    labels: arena.put(labels),
    weights: weights ? arena.put(weights) : 0,
    q: arena.put(targets.margins),
    entropy: arena.reserve(8 * rows),
    curvatures: arena.reserve(8 * rows),
  };
  const vectors = { gradient: arena.reserve(8 * size), diagonal: arena.reserve(8 * size) };
  const [theta, trial] = [arena.reserve(8 * size), arena.reserve(8 * size)];
  const work = arena.reserve(kernels.conjugateBytes(size));
  const factors = penaltyFactors(arena, preprocessing);
  arena.write(theta, Float64Array.of(kernels.meanTarget(at.q, at.labels, at.weights, rows)));
  const byMargins = takesMargins(loss.name);
  if (!byMargins) kernels.softenTargets(at.q, rows, loss.temperature, at.q, at.entropy);
  // rows in a file are copied to the kernel one block at a time, rows in memory once
  const source = matrixRows(features);
  const room = reserveRows(arena, features, {
    rows: source.all ? rows : Math.min(SHUFFLE_BLOCK_ROWS, rows),
    entries: mostEntries(features, SHUFFLE_BLOCK_ROWS),
  });
  if (source.all) room.write(source.all);
  const place = (from: number, to: number): number => {
    if (source.all) return room.data + 4 * fields * from;
    room.write(source.read(from, to));
    return room.data;
  };
  const eachBlock = async (
    visit: (words: number, from: number, n: number) => void,
    signal: AbortSignalLike | undefined,
  ): Promise<void> => {
    for (let from = 0; from < rows; from += SHUFFLE_BLOCK_ROWS) {
      const to = Math.min(rows, from + SHUFFLE_BLOCK_ROWS);
      visit(place(from, to), from, to - from);
      await yieldToEventLoop();
      signal?.throwIfAborted();
    }
  };
  return {
    arena,
    size,
    theta,
    trial,
    work,
    factors,
    ...vectors,
    async evaluate(here, penalty, signal) {
      const zero = new Float64Array(size);
      arena.write(vectors.gradient, zero);
      arena.write(vectors.diagonal, zero);
      let sum = 0;
      await eachBlock((block, from, n) => {
        const [q, entropy, weight] = [at.q, at.entropy, at.weights].map((list) => list && list + 8 * from);
        const rowPointers: [number, number, number, number] = [
          at.labels + from,
          q as number,
          entropy as number,
          weight as number,
        ];
        const kind: [number, number, number] = [loss.alpha, loss.temperature, byMargins ? 1 : 0];
        const { gradient, diagonal } = vectors;
        const curvatures = at.curvatures + 8 * from;
        sum += kernels.convexRows(
          here,
          block,
          fields,
          room.columns,
          n,
          ...rowPointers,
          ...kind,
          gradient,
          diagonal,
          curvatures,
        );
      }, signal);
      return sum + kernels.convexPenalty(here, size, penalty, factors, 0, vectors.gradient, vectors.diagonal);
    },
    async multiply(signal) {
      const [direction, product] = [kernels.conjugateDirection(work, size), kernels.conjugateProduct(work, size)];
      await eachBlock((block, from, n) => {
        kernels.convexMultiply(direction, block, fields, room.columns, n, at.curvatures + 8 * from, product);
      }, signal);
    },
  };
}

/**
 * The factors of the penalty: weights of n-grams count in units of their rarity, w / idf, because a row has the same value
 * for all its n-grams. Returns 0 where all are 1.
 */
function penaltyFactors(arena: Arena, preprocessing: Preprocessing): number {
  const texts = textColumnsOf(preprocessing).filter(({ idf }) => idf);
  if (texts.length === 0) return 0;
  const factors = new Float64Array(preprocessing.encodedWidth).fill(1);
  for (const spec of texts)
    idfOf(spec)?.squares.forEach((square, place) => {
      factors[spec.offset + place] = 1 / square;
    });
  return arena.put(factors);
}

/** Moves theta to the minimum by Newton steps with a backtracking line search. Returns the loss and whether it converged. */
async function minimise(
  problem: LogisticProblem,
  penalty: number,
  { tolerance, products, share }: Effort,
  signal: AbortSignalLike | undefined,
): Promise<{ value: number; converged: boolean }> {
  const { arena, size, theta, trial, work, gradient, diagonal } = problem;
  const { kernels } = arena;
  let value = await problem.evaluate(theta, penalty, signal);
  let left = products;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const start = kernels.conjugateStart(size, gradient, diagonal, work);
    // solve for the step more accurately near the minimum
    const enough = start * Math.min(share, Math.sqrt(start / (1 + value))) ** 2;
    let square = start;
    for (let k = 0; k < MAX_DIRECTIONS && square > enough && left > 0; k++) {
      await problem.multiply(signal);
      left--;
      square = kernels.conjugateAdvance(size, penalty, problem.factors, diagonal, work);
    }
    const gain = kernels.conjugateFinish(size, gradient, diagonal, work);
    if (!(gain > 2 * tolerance * (1 + value))) return { value, converged: !Number.isNaN(gain) };
    let [length, next] = [1, Infinity];
    for (let halving = 0; halving < MAX_HALVINGS; halving++) {
      kernels.conjugateTrial(theta, size, length, work, trial);
      next = await problem.evaluate(trial, penalty, signal);
      if (next <= value - 1e-4 * length * gain) break;
      length *= 0.5;
    }
    // rounding hides any further decrease
    if (!(next < value)) {
      await problem.evaluate(theta, penalty, signal);
      return { value, converged: true };
    }
    arena.write(theta, arena.f64(trial, size));
    value = next;
    if (left <= 0) break;
  }
  return { value, converged: false };
}
