// The fit of d = b + a v + w . phi behind the choice of rows to label. Wide phi is hashed to few columns.
import type { Dataset } from '../data/dataset.ts';
import { appendColumns, denseMatrix, type Matrix } from '../data/matrix.ts';
import { countsIn, labelledMeanOne } from '../data/row-weights.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';
import { type Features, standardiseFeatures } from '../teacher/features.ts';
import { type DesignRows, designRows } from './design-rows.ts';
import { calibrationFeatures, withGroupSlopes } from './maps/calibration-features.ts';
import { blocksOf, fitResidual, placeDesign } from './maps/design.ts';

/** The most columns of the student's inputs, and of the teacher's features; more are hashed to as many. */
const MAX_WIDTH = 256;
/** Prior precision of b, and of a around 1. */
const PRIOR = 1;
/**
 * Prior precisions of the other parameters, by block. Those by evidence are too large with few labels: they say that a weight is known
 * to be 0, and no label would be spent on it.
 */
const PRIORS: readonly number[] = [10, 10, 10, 300];

/** The design, the fitted margins and the priors. */
export interface ActiveProblem {
  readonly design: DesignRows;
  /** d, float64 [rows]. */
  readonly margins: Float64Array;
  /** p (1 - p) at d, float64 [rows]. */
  readonly curvatures: Float64Array;
  /** Prior precision of each parameter, float64 [size]. */
  readonly penalties: Float64Array;
  /** Weight of each row's label in the fit; float64 [rows]. */
  readonly information: Float64Array;
}

/** Fits d on the labelled rows; where these are of one class only, d is v. @param features the teacher's, not standardised */
export function activeProblem(data: Dataset, margins: Float64Array, features: Features | undefined): ActiveProblem {
  const inputs = hashed(withGroupSlopes(calibrationFeatures(data), margins, data));
  const scaled = features && standardised(features);
  const hidden = scaled && hashed(denseMatrix(scaled.values, scaled.width));
  const phi = hidden
    ? appendColumns(inputs, new Float32Array(hidden.data.buffer, hidden.data.byteOffset, hidden.data.length))
    : inputs;
  const blocks = blocksOf(phi, hidden?.width ?? 0);
  const { labels, rows } = data;
  const weights = data.weights && labelledMeanOne(data.weights, labels);
  const counts = countsIn({ labels, weights });
  using arena = openArena();
  const placed = placeDesign(arena, { matrix: phi, blocks }, margins, new Float64Array(0));
  const at = {
    v: arena.put(margins),
    y: arena.put(labels),
    fold: arena.put(data.folds),
    weights: weights ? arena.put(weights) : 0,
  };
  const out = arena.reserve(8 * rows);
  const classes = new Set(labels.filter((_, i) => counts(i)));
  if (classes.size === 2) {
    const scratch = arena.reserve(arena.kernels.logisticScratch(placed.width, placed.fields) >>> 0);
    const theta = fitResidual(arena, { ...at, n: rows }, placed, {
      penalty: undefined,
      skip: -1,
      start: undefined,
      scratch,
    });
    arena.kernels.applyLogistic(arena.put(theta), at.v, placed.data, placed.fields, placed.columns, rows, out);
  } else arena.write(out, margins);
  const fitted = arena.f64(out, rows);
  arena.kernels.sigmoids(out, rows, out);
  return {
    design: designRows(margins, phi),
    margins: fitted,
    curvatures: arena.f64(out, rows).map((p) => p * (1 - p)),
    penalties: Float64Array.of(PRIOR, PRIOR, ...Array.from(blocks, (block) => PRIORS[block] as number)),
    information: weights ?? new Float64Array(rows).fill(1),
  };
}

/** Features on one scale; undefined if all are constant. */
function standardised(features: Features): Features | undefined {
  try {
    return standardiseFeatures(features);
  } catch (error) {
    if (error instanceof DebkdError && error.code === 'teacher') return undefined;
    throw error;
  }
}

/** A matrix of at most MAX_WIDTH columns: of more, each is added with a sign to one of MAX_WIDTH (feature hashing, Weinberger et al. 2009). */
export function hashed(matrix: Matrix): Matrix {
  const { rows, fields, width, fieldColumns, data } = matrix;
  if (width <= MAX_WIDTH) return matrix;
  const numbers = new Float32Array(data.buffer, data.byteOffset, data.length);
  const out = new Float32Array(rows * MAX_WIDTH);
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < fields; s++) {
      const fixed = fieldColumns[s] as number;
      const column = fixed >= 0 ? fixed : (data[i * fields + s] as number);
      if (column < 0) continue;
      const value = fixed >= 0 ? (numbers[i * fields + s] as number) : 1;
      const hash = mix(column);
      const to = i * MAX_WIDTH + (hash % MAX_WIDTH);
      out[to] = (out[to] as number) + (hash & 0x10000 ? value : -value);
    }
  }
  return denseMatrix(out, MAX_WIDTH);
}

/** The finaliser of MurmurHash3. */
function mix(column: number): number {
  let h = column + 1;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
