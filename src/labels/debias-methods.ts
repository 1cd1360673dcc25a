// The maps from a teacher's margin v and the features to a de-biased margin d: how each is fitted, and applied.
// Parameters are plain float64 numbers; the kernel fits them.
import type { Dataset } from '../data/dataset.ts';
import { appendColumns, type Matrix } from '../data/matrix.ts';
import { DebkdError } from '../io/errors.ts';
import { sigmoid, softplus } from '../kernels/elementary.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import type { Features } from '../teacher/features.ts';
import type { MapName } from './debias-names.ts';
import { blocksOf, type DesignMatrix, fitResidual, hingeKnots, placeDesign } from './residual.ts';
import {
  type Boosted,
  BYTES_OF_TREE,
  bytesOfTrees,
  chooseBins,
  codesOf,
  layoutOf,
  NUMBERS_OF_TREE,
  numbersOf,
  pack,
  unpack,
} from './trees.ts';

/** A map with what it needs to know before it is fitted. */
export interface DebiasMap {
  /** Which kind of map. */
  readonly method: MapName;
  /** Of `residual`; without one, phi has hinges of the margin beside it, and each block of columns a penalty by evidence. */
  readonly penalty?: number;
  /** Of `residual`: what phi is; default the inputs. */
  readonly on?: Basis;
  /** Of `trees`: how many. */
  readonly count?: number;
}

/** The student's inputs alone, or the teacher's features beside them. */
export type Basis = 'inputs' | 'features';

/** The rows of a fit in kernel memory; pointers are byte addresses. */
export interface CalibrationProblem {
  readonly arena: Arena;
  readonly n: number;
  readonly bases: Readonly<Partial<Record<Basis, { matrix: Matrix; blocks: Uint8Array }>>>;
  readonly designs: Map<string, DesignMatrix>;
  readonly features: Matrix;
  readonly folds: Uint8Array;
  readonly margins: Float64Array;
  readonly at: Readonly<Record<'v' | 'y' | 'fold' | 'out', number>>;
  /** Memory that one method needs, made when it first asks. */
  readonly scratch: Map<string, number>;
}

/** Puts rows into the arena, where they stay for as many fits as are wanted. hidden: the teacher's, standardised. */
export function placeProblem(
  arena: Arena,
  margins: Float64Array,
  { features, labels, folds, rows }: Pick<Dataset, 'features' | 'labels' | 'folds' | 'rows'>,
  hidden?: Features,
): CalibrationProblem {
  const inputs = { matrix: features, blocks: blocksOf(features, 0) };
  const wide = hidden && appendColumns(features, hidden.values);
  const bases = wide ? { inputs, features: { matrix: wide, blocks: blocksOf(wide, hidden.width) } } : { inputs };
  const at = {
    v: arena.put(margins),
    y: arena.put(labels),
    fold: arena.put(folds),
    out: arena.reserve(8 * rows),
  };
  return { arena, n: rows, bases, designs: new Map(), features, folds, margins, at, scratch: new Map() };
}

/**
 * Fits a map on the labelled rows outside fold `skip` (-1: all).
 * @param start parameters to start from: of `platt`, or of the last fit on the same rows with another penalty
 */
export function fitMap(p: CalibrationProblem, map: DebiasMap, skip: number, start?: Float64Array): Float64Array {
  const { kernels } = p.arena;
  const { method, count = 0 } = map;
  switch (method) {
    case 'none':
      return new Float64Array(0);
    case 'prior':
      return Float64Array.of(kernels.fitPrior(p.at.v, p.at.y, p.at.fold, skip, p.n));
    case 'temperature':
      return fitTemperature(p, skip);
    case 'platt':
      return fitPlatt(p, skip);
    case 'residual':
      return fitOnDesign(p, map, skip, start);
    case 'trees':
      return fitTrees(p, count, skip, start);
    case 'beta':
      return fitBeta(p, skip);
    case 'isotonic':
      return fitIsotonic(p, skip);
  }
}

/** d of the problem's rows under fitted parameters; float64 [rows]. */
export function applyMap(p: CalibrationProblem, { method, on }: DebiasMap, parameters: Float64Array): Float64Array {
  const { arena, at, n } = p;
  const [first = 0, second = 0, third = 0] = parameters;
  switch (method) {
    case 'none':
      return p.margins.slice();
    case 'prior':
      return p.margins.map((v) => v - first);
    case 'temperature':
      return p.margins.map((v) => first * v);
    case 'trees':
      return applyTrees(p, unpack(parameters));
    case 'beta':
      return p.margins.map((v) => -first * softplus(-v) + second * softplus(v) + third);
    case 'isotonic': {
      const blocks = parameters.length / 2;
      const table = scratchOf(p, 'steps', Math.max(16 * n, 8 * parameters.length));
      arena.write(table, parameters);
      arena.kernels.applyIsotonic(at.v, n, table, table + 8 * blocks, blocks, at.out);
      return arena.f64(at.out, n);
    }
    case 'platt':
    case 'residual': {
      const theta = scratchOf(p, `theta ${parameters.length}`, 8 * parameters.length);
      const knots = method === 'residual' ? parameters.slice(1, 1 + first) : new Float64Array(0);
      arena.write(theta, method === 'residual' ? parameters.subarray(1 + first) : parameters);
      const { data, fields, columns } = method === 'residual' ? designOf(p, on, knots) : NOTHING;
      arena.kernels.applyLogistic(theta, at.v, data, fields, columns, n, at.out);
      return arena.f64(at.out, n);
    }
  }
}

/** Kernel memory under a name: the same at every call. */
function scratchOf(p: CalibrationProblem, name: string, bytes: number): number {
  const known = p.scratch.get(name);
  if (known !== undefined) return known;
  const fresh = p.arena.reserve(bytes);
  p.scratch.set(name, fresh);
  return fresh;
}

/** Shrinkage, and the fewest rows of a leaf. */
const RATE = 0.1;
const MIN_ROWS = 30;

/** @param start of `platt`, or of fewer trees on the same rows, which are gone on from */
function fitTrees(p: CalibrationProblem, count: number, skip: number, start?: Float64Array): Float64Array {
  const { arena, at, n } = p;
  const more = start && start.length > 2 ? unpack(start) : undefined;
  const base = more?.base ?? start ?? fitPlatt(p, skip);
  const binning = more?.binning ?? chooseBins(p.features, p.margins);
  const old = more?.trees ?? new Float64Array(0);
  const wanted = count - old.length / NUMBERS_OF_TREE;
  using scratch = openArena();
  const { kinds, offsets } = layoutOf(binning);
  const codes = scratch.put(codesOf(binning, p.features, p.margins));
  const z = scratch.put(applyTrees(p, { base, binning, trees: old }));
  const out = scratch.reserve(BYTES_OF_TREE * wanted);
  const [labels, folds] = [scratch.put(arena.bytes(at.y, n)), scratch.put(p.folds)];
  const work = scratch.reserve(scratch.kernels.treesScratch(n, offsets.at(-1) as number) >>> 0);
  const columns: [number, number, number, number] = [codes, kinds.length, scratch.put(kinds), scratch.put(offsets)];
  scratch.kernels.fitTrees(...columns, labels, folds, skip, n, wanted, RATE, MIN_ROWS, z, out, work);
  const fresh = numbersOf(scratch.bytes(out, BYTES_OF_TREE * wanted));
  return pack({ base, binning, trees: Float64Array.from([...old, ...fresh]) });
}

function applyTrees(p: CalibrationProblem, { base, binning, trees }: Boosted): Float64Array {
  const z = applyMap(p, { method: 'platt' }, base);
  if (trees.length === 0) return z;
  using scratch = openArena();
  const { kinds } = layoutOf(binning);
  const codes = scratch.put(codesOf(binning, p.features, p.margins));
  const to = scratch.put(z);
  const bytes = scratch.put(bytesOfTrees(trees));
  scratch.kernels.applyTrees(bytes, trees.length / NUMBERS_OF_TREE, codes, kinds.length, scratch.put(kinds), p.n, to);
  return scratch.f64(to, p.n);
}

const NOTHING: DesignMatrix = { fields: 0, width: 0, data: 0, columns: 0, blocks: new Uint8Array(0) };

/** @throws DebkdError `value` when the teacher's features are needed and were not given */
function designOf(p: CalibrationProblem, on: Basis = 'inputs', knots: Float64Array): DesignMatrix {
  const key = `${on} ${knots.join(' ')}`;
  const known = p.designs.get(key);
  if (known) return known;
  const basis = p.bases[on];
  if (!basis)
    throw new DebkdError('value', "label de-biasing: the map needs the teacher's features, which were not given");
  const phi = placeDesign(p.arena, basis.matrix, basis.blocks, p.margins, knots);
  p.designs.set(key, phi);
  return phi;
}

/** [b, a] */
function fitPlatt(p: CalibrationProblem, skip: number): Float64Array {
  const { arena, at, n } = p;
  const scratch = scratchOf(p, 'logistic 0', arena.kernels.logisticScratch(0, 0, n) >>> 0);
  const start = Float64Array.of(0, gentle(p.margins));
  const fitted = fitResidual(arena, { ...at, n }, NOTHING, { penalty: 0, skip, start, scratch });
  const [, a = 0] = fitted;
  const slope = settledSlope(p, a, fitted, skip);
  if (slope === a) return fitted;
  using own = openArena();
  const scaled = own.put(p.margins.map((v) => slope * v));
  const [labels, folds] = [own.put(arena.bytes(at.y, n)), own.put(p.folds)];
  return Float64Array.of(-own.kernels.fitPrior(scaled, labels, folds, skip, n), slope);
}

/** [a] */
function fitTemperature(p: CalibrationProblem, skip: number): Float64Array {
  const fitted = fitColumns(p, 'temperature', [p.margins], [1], [1], skip, [gentle(p.margins)]);
  const [a = 0] = fitted;
  return Float64Array.of(settledSlope(p, a, Float64Array.of(0, a), skip, true));
}

/** Typical size of margins at which a logistic fit may still start at a slope of 1: beyond it every row is saturated. */
const SATURATES = 10;

/** A slope to start at, 1 or less, at which the margins are not saturated. */
function gentle(margins: Float64Array): number {
  const sizes = margins.map(Math.abs).sort();
  const typical = sizes[sizes.length >> 1] ?? 0;
  const largest = sizes.at(-1) ?? 0;
  return Math.min(1, SATURATES / Math.max(typical, 1e-3 * largest, SATURATES));
}

/** Standard errors by which a slope must lie below 0 to be one: rows that rank the classes the other way round by chance are many. */
const SIGNIFICANT = 2;

/**
 * A slope that is not significantly below 0 is not: the teacher's ranking is kept, at half the slope's standard error, which
 * says next to nothing of a row but its rank.
 * @param fitted b and a at the minimum
 * @param alone whether b is held at 0
 */
function settledSlope(p: CalibrationProblem, a: number, fitted: Float64Array, skip: number, alone = false): number {
  if (a >= 0) return a;
  const { arena, at, n } = p;
  const labels = arena.bytes(at.y, n);
  const [bb, ba, aa] = curvatureAt(p, fitted, (i) => (labels[i] as number) < 2 && p.folds[i] !== skip);
  const error = Math.sqrt(alone ? 1 / aa : bb / (bb * aa - ba * ba));
  return a < -SIGNIFICANT * error || !(error > 0) ? a : 0.5 * error;
}

/** Sums of p (1 - p), times v, times v^2, the last with the prior of the slope, in the order of the rows. */
function curvatureAt(
  p: CalibrationProblem,
  fitted: Float64Array,
  counts: (i: number) => boolean,
): [number, number, number] {
  let [bb, ba, aa] = [0, 0, 1];
  applyMap(p, { method: 'platt' }, fitted).forEach((d, i) => {
    if (!counts(i)) return;
    const v = p.margins[i] as number;
    const c = sigmoid(d) * sigmoid(-d);
    bb += c;
    ba += c * v;
    aa += c * v * v;
  });
  return [bb, ba, aa];
}

/** [number of knots, knots, b, a, w ...]: d = b + a v + w . phi. */
function fitOnDesign(
  p: CalibrationProblem,
  { penalty, on }: DebiasMap,
  skip: number,
  start?: Float64Array,
): Float64Array {
  const { arena, at, n } = p;
  const knots = penalty === undefined ? hingeKnots(p.margins) : new Float64Array(0);
  const phi = designOf(p, on, knots);
  const scratch = scratchOf(p, `logistic ${phi.width}`, arena.kernels.logisticScratch(phi.width, phi.fields, n) >>> 0);
  const from = start && start.length > 2 ? start.slice(1 + (start[0] as number)) : start;
  const reuse = from?.length === phi.width + 2;
  const theta = fitResidual(arena, { ...at, n }, phi, { penalty, skip, start: from, reuse, scratch });
  return Float64Array.from([knots.length, ...knots, ...theta]);
}

/** A logistic fit on a few columns, each with a penalty on its distance from a centre, where it starts unless told otherwise. */
function fitColumns(
  p: CalibrationProblem,
  name: string,
  columns: readonly Float64Array[],
  penalties: readonly number[],
  centres: readonly number[],
  skip: number,
  start: readonly number[] = centres,
): Float64Array {
  const { arena, at, n } = p;
  const k = columns.length;
  if (!p.scratch.has(`${name} x`)) {
    const x = new Float64Array(n * k);
    columns.forEach((column, j) => {
      for (let i = 0; i < n; i++) x[i * k + j] = column[i] as number;
    });
    arena.write(scratchOf(p, `${name} x`, 8 * n * k), x);
  }
  const x = scratchOf(p, `${name} x`, 8 * n * k);
  const theta = scratchOf(p, `columns ${k}`, 8 * 3 * k);
  arena.write(theta, Float64Array.of(...start, ...penalties, ...centres));
  const scratch = scratchOf(p, `columns scratch ${k}`, arena.kernels.columnsScratch(k));
  arena.kernels.fitColumns(theta, x, k, at.y, at.fold, skip, n, theta + 8 * k, theta + 16 * k, scratch);
  return arena.f64(theta, k);
}

/**
 * [a, b, c]: d = a log p - b log(1 - p) + c with a, b at or above 0 (Kull, Silva Filho, Flach 2017). a and b are held near
 * 1 by half their squared distance, as platt's a. Where the free minimum is out of bounds, the best on the bounds.
 */
function fitBeta(p: CalibrationProblem, skip: number): Float64Array {
  const one = p.margins.map((v) => -softplus(-v));
  const zero = p.margins.map(softplus);
  const ones = new Float64Array(p.n).fill(1);
  const g = gentle(p.margins);
  const [a = 0, b = 0, c = 0] = fitColumns(p, 'beta', [one, zero, ones], [1, 1, 0], [1, 1, 0], skip, [g, g, 0]);
  if (a >= 0 && b >= 0) return Float64Array.of(a, b, c);
  const [onlyA = 0, shiftA = 0] = fitColumns(p, 'beta a', [one, ones], [1, 0], [1, 0], skip, [g, 0]);
  const [onlyB = 0, shiftB = 0] = fitColumns(p, 'beta b', [zero, ones], [1, 0], [1, 0], skip, [g, 0]);
  const [shift = 0] = fitColumns(p, 'beta c', [ones], [0], [0], skip);
  const bounds = [Float64Array.of(0, 0, shift)];
  if (onlyA >= 0) bounds.push(Float64Array.of(onlyA, 0, shiftA));
  if (onlyB >= 0) bounds.push(Float64Array.of(0, onlyB, shiftB));
  const losses = bounds.map((parameters) => betaLoss(p, parameters, skip));
  return bounds[losses.indexOf(Math.min(...losses))] as Float64Array;
}

function betaLoss(p: CalibrationProblem, parameters: Float64Array, skip: number): number {
  const labels = p.arena.bytes(p.at.y, p.n);
  const [a = 0, b = 0] = parameters;
  let sum = 0.5 * ((a - 1) * (a - 1) + (b - 1) * (b - 1));
  applyMap(p, { method: 'beta' }, parameters).forEach((d, i) => {
    if ((labels[i] as number) < 2 && p.folds[i] !== skip) sum += softplus(labels[i] === 1 ? -d : d);
  });
  return sum;
}

/** [starts ..., margins ...] of the steps, by v ascending. */
function fitIsotonic(p: CalibrationProblem, skip: number): Float64Array {
  const { arena, at, n } = p;
  const fresh = !p.scratch.has('order');
  const order = scratchOf(p, 'order', 4 * n);
  const spare = scratchOf(p, 'spare', 8 * 5 * n);
  if (fresh) arena.kernels.sortDescending(at.v, n, order, spare);
  const part = (index: number): number => spare + 8 * n * index;
  const [starts, margins] = [part(0), part(1)];
  const rows: [number, number, number, number, number, number] = [order, at.v, at.y, at.fold, skip, n];
  const blocks = arena.kernels.fitIsotonic(...rows, starts, margins, part(2), part(3), part(4));
  const parameters = new Float64Array(2 * blocks);
  parameters.set(arena.f64(starts, blocks));
  parameters.set(arena.f64(margins, blocks), blocks);
  return parameters;
}
