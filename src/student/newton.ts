// The minimum of a penalised logistic loss by truncated Newton (Newton-CG; Dembo, Steihaug 1983), in steps between which a caller
// may do other work. Arithmetic: assembly/convex.ts and conjugate.ts.
import type { Matrix, StoredMatrix } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import type { Arena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { mostEntries, reserveRows } from './placed-rows.ts';

/** How far a minimum is approached. */
export interface Effort {
  /** Stop when half the predicted decrease of a step is below this share of 1 + loss. */
  readonly tolerance: number;
  /** The most products with the Hessian. */
  readonly products: number;
  /** A step is solved to this share of the gradient, more closely near the minimum. */
  readonly share: number;
  /** Whether the step that is small enough to stop is taken, without another pass over the rows; default false. */
  readonly last?: boolean;
}

const MAX_TURNS = 60;
const MAX_DIRECTIONS = 250;
const MAX_HALVINGS = 40;

/** A fit in kernel memory: its rows and its current parameters; pointers are byte addresses. */
export interface LogisticProblem {
  readonly arena: Arena;
  /** Number of parameters: a bias, then a weight for each column. */
  readonly size: number;
  /** The parameters, float64 [size]. */
  readonly theta: number;
  /** Computes the loss at theta, and writes its derivatives to `gradient`, `diagonal` and the curvatures of the rows. */
  evaluate(theta: number, penalty: number): Generator<void, number>;
  /** Adds the Hessian times the conjugate direction to the kernel's product vector. */
  multiply(): Generator<void, void>;
  readonly gradient: number;
  readonly diagonal: number;
  readonly work: number;
  readonly trial: number;
  /** Factors of the penalty by weight; 0: all 1. */
  readonly factors: number;
}

/** What a problem's rows are, and its loss. */
export interface LogisticRows {
  readonly features: Matrix | StoredMatrix;
  /** Labels, int8 [rows]. */
  readonly labels: Int8Array;
  /** Factors of the rows' losses, float64 [rows]; undefined where all are 1. */
  readonly weights: Float64Array | undefined;
  /** Margins of the targets, float64 [rows]. */
  readonly targets: Float64Array;
  readonly loss: { readonly alpha: number; readonly temperature: number; readonly byMargins: boolean };
  /** Factors of the penalty, float64 [columns]; undefined where all are 1. */
  readonly factors?: Float64Array | undefined;
  /** What weights are counted from, float64 [columns]; undefined where all are 0. */
  readonly centres?: Float64Array | undefined;
}

/** Places a problem in the arena; its start is the bias of the mean target and weights at their centres. */
export function placeLogistic(arena: Arena, given: LogisticRows): LogisticProblem {
  const { features, labels, weights, targets, loss } = given;
  const { kernels } = arena;
  const { fields, width, rows } = features;
  const size = width + 1;
  const at = {
    labels: arena.put(labels),
    weights: weights ? arena.put(weights) : 0,
    q: arena.put(targets),
    entropy: arena.reserve(8 * rows),
    curvatures: arena.reserve(8 * rows),
  };
  const vectors = { gradient: arena.reserve(8 * size), diagonal: arena.reserve(8 * size) };
  const [theta, trial] = [arena.reserve(8 * size), arena.reserve(8 * size)];
  const work = arena.reserve(kernels.conjugateBytes(size));
  const factors = given.factors ? arena.put(given.factors) : 0;
  const centres = given.centres ? arena.put(given.centres) : 0;
  arena.write(theta, Float64Array.of(kernels.meanTarget(at.q, at.labels, at.weights, rows)));
  if (given.centres) arena.write(theta + 8, given.centres);
  if (!loss.byMargins) kernels.softenTargets(at.q, rows, loss.temperature, at.q, at.entropy);
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
  function* eachBlock(visit: (words: number, from: number, n: number) => void): Generator<void, void> {
    for (let from = 0; from < rows; from += SHUFFLE_BLOCK_ROWS) {
      const to = Math.min(rows, from + SHUFFLE_BLOCK_ROWS);
      visit(place(from, to), from, to - from);
      yield;
    }
  }
  return {
    arena,
    size,
    theta,
    trial,
    work,
    factors,
    ...vectors,
    *evaluate(here, penalty) {
      const zero = new Float64Array(size);
      arena.write(vectors.gradient, zero);
      arena.write(vectors.diagonal, zero);
      let sum = 0;
      yield* eachBlock((block, from, n) => {
        const [q, entropy, weight] = [at.q, at.entropy, at.weights].map((list) => list && list + 8 * from);
        const rowPointers: [number, number, number, number] = [
          at.labels + from,
          q as number,
          entropy as number,
          weight as number,
        ];
        const kind: [number, number, number] = [loss.alpha, loss.temperature, loss.byMargins ? 1 : 0];
        const { gradient, diagonal } = vectors;
        const out: [number, number, number] = [gradient, diagonal, at.curvatures + 8 * from];
        sum += kernels.convexRows(here, block, fields, room.columns, n, ...rowPointers, ...kind, ...out);
      });
      return sum + kernels.convexPenalty(here, size, penalty, factors, centres, vectors.gradient, vectors.diagonal);
    },
    *multiply() {
      const [direction, product] = [kernels.conjugateDirection(work, size), kernels.conjugateProduct(work, size)];
      yield* eachBlock((block, from, n) => {
        kernels.convexMultiply(direction, block, fields, room.columns, n, at.curvatures + 8 * from, product);
      });
    },
  };
}

/** Moves theta to the minimum by Newton steps with a backtracking line search. Returns the loss and whether it converged. */
export function* minimise(
  problem: LogisticProblem,
  penalty: number,
  { tolerance, products, share, last = false }: Effort,
): Generator<void, { value: number; converged: boolean }> {
  const { arena, size, theta, trial, work, gradient, diagonal, factors } = problem;
  const { kernels } = arena;
  let value = yield* problem.evaluate(theta, penalty);
  let left = products;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const start = kernels.conjugateStart(size, gradient, diagonal, work);
    // solve for the step more accurately near the minimum
    const enough = start * Math.min(share, Math.sqrt(start / (1 + value))) ** 2;
    let square = start;
    for (let k = 0; k < MAX_DIRECTIONS && square > enough && left > 0; k++) {
      yield* problem.multiply();
      left--;
      square = kernels.conjugateAdvance(size, penalty, factors, diagonal, work);
    }
    const gain = kernels.conjugateFinish(size, gradient, diagonal, work);
    if (!(gain > 2 * tolerance * (1 + value))) {
      if (last && gain > 0) {
        kernels.conjugateTrial(theta, size, 1, work, trial);
        arena.write(theta, arena.f64(trial, size));
      }
      return { value, converged: !Number.isNaN(gain) };
    }
    let [length, next] = [1, Infinity];
    for (let halving = 0; halving < MAX_HALVINGS; halving++) {
      kernels.conjugateTrial(theta, size, length, work, trial);
      next = yield* problem.evaluate(trial, penalty);
      if (next <= value - 1e-4 * length * gain) break;
      length *= 0.5;
    }
    // rounding hides any further decrease
    if (!(next < value)) {
      yield* problem.evaluate(theta, penalty);
      return { value, converged: true };
    }
    arena.write(theta, arena.f64(trial, size));
    value = next;
    if (left <= 0) break;
  }
  return { value, converged: false };
}
