// The fit of `residual`: d = a v + b + w . phi(x). phi is the standardised inputs, optionally with hinges of the margin or the
// teacher's features. w has a ridge penalty: a given one, or one for each block of columns that maximises the evidence (MacKay
// 1992).
import { appendColumns, type Matrix } from '../../data/matrix.ts';
import type { Arena } from '../../kernels/memory.ts';
import type { DesignMatrix, Rows } from './design-matrix.ts';
import { fitRidge, isWide } from './ridge.ts';

/** A design without columns, for fits of only b and a. */
export const NO_DESIGN: DesignMatrix = { fields: 0, width: 0, data: 0, columns: 0, blocks: new Uint8Array(0) };

const BLOCKS = 4;
/** Initial penalties of the search, by block. */
const START: readonly number[] = [30, 30, 30, 300];
const MIN_PENALTY = 1;
const MAX_PENALTY = 1e5;
/** The most rounds of the search; it ends earlier when no penalty changes by more than 5 %. */
const ROUNDS = 10;
const SETTLED = 0.05;
/** With more columns than these, later rounds reuse the Hessian of the second. */
const MANY = 32;
const KNOTS = 9;

/** The knots of the hinges: the deciles of the margins, without duplicates; float64 [9 or fewer], ascending. */
export function hingeKnots(margins: Float64Array): Float64Array {
  const sorted = margins.slice().sort();
  const knots = Array.from({ length: KNOTS }, (_, k) => {
    const place = ((k + 1) * (sorted.length - 1)) / (KNOTS + 1);
    const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return 0.5 * (below + above);
  });
  return Float64Array.from(new Set(knots));
}

/**
 * Puts phi into kernel memory, with a column |v - knot| / 2 for each knot. That is max(0, v - knot) up to a linear term that a v + b
 * contains, and it is symmetric in the classes.
 */
export function placeDesign(
  arena: Arena,
  { matrix, blocks }: { readonly matrix: Matrix; readonly blocks: Uint8Array },
  margins: Float64Array,
  knots: Float64Array,
): DesignMatrix {
  const hinges = new Float32Array(margins.length * knots.length);
  margins.forEach((v, i) => {
    knots.forEach((knot, k) => {
      hinges[i * knots.length + k] = 0.5 * Math.abs(v - knot);
    });
  });
  const { fields, width, data, fieldColumns } = knots.length > 0 ? appendColumns(matrix, hinges) : matrix;
  const all = new Uint8Array(width).fill(2);
  all.set(blocks);
  return { fields, width, data: arena.put(data), columns: arena.put(fieldColumns), blocks: all };
}

/** The block of each column of a matrix. @param features how many of the last columns are the teacher's features */
export function blocksOf({ width, fieldColumns }: Matrix, features: number): Uint8Array {
  const blocks = new Uint8Array(width).fill(1);
  for (const column of fieldColumns) if (column >= 0) blocks[column] = 0;
  blocks.fill(3, width - features);
  return blocks;
}

/**
 * Fits [b, a, w ...] on the labelled rows outside fold `skip`; float64 [2 + width]. With penalties by evidence, each round sets the
 * penalty of a block to gamma / sum w^2, gamma the number of weights that the rows determine (MacKay 1992).
 * @param options.penalty of all weights; undefined: one for each block, by evidence
 * @param options.start parameters to start from; default b = 0, a = 1, w = 0
 * @param options.reuse `start` is of a fit on the same rows and `scratch` still holds its Hessian; default false
 * @param options.scratch address of logisticScratch(width, fields) bytes; not read where a penalty is given and isWide(width)
 * @param options.onPenalties gets the penalties by evidence, by block
 */
export function fitResidual(
  arena: Arena,
  { v, y, fold, weights, n }: Rows,
  { fields, width, data, columns, blocks }: DesignMatrix,
  options: {
    penalty: number | undefined;
    skip: number;
    start: Float64Array | undefined;
    reuse?: boolean;
    scratch: number;
    onPenalties?: (byBlock: readonly number[]) => void;
  },
): Float64Array {
  const { kernels } = arena;
  const { penalty, skip, start, scratch, reuse = false } = options;
  const from = new Float64Array(width + 2);
  from.set(start ?? [0, 1]);
  if (penalty !== undefined && isWide(width)) {
    const rows = { v, y, fold, weights, n };
    return fitRidge(arena, rows, { fields, width, data, columns }, { penalty, centre: 1, skip, start: from });
  }
  const theta = arena.reserve(8 * (width + 2));
  arena.write(theta, from);
  const penalties = arena.reserve(8 * width + 8);
  const fitWith = (byBlock: readonly number[], reuse: number): void => {
    arena.write(
      penalties,
      Float64Array.from(blocks, (b) => byBlock[b] as number),
    );
    const rows: [number, number, number, number, number, number] = [theta, v, y, fold, skip, n];
    kernels.fitLogistic(...rows, data, fields, columns, width, penalties, 1, scratch, reuse, weights);
  };
  if (penalty !== undefined || width === 0) fitWith(Array(BLOCKS).fill(penalty ?? 0), reuse ? 1 : 0);
  else {
    const where = arena.put(blocks);
    const out = arena.reserve(16 * BLOCKS);
    let byBlock: readonly number[] = START;
    for (let round = 0; round < ROUNDS; round++) {
      // with many columns the Hessian of the second round serves all that follow, whose weights change little
      fitWith(byBlock, width > MANY && round > 1 ? 1 : 0);
      kernels.blockEvidence(theta, width, penalties, where, BLOCKS, scratch, out);
      const found = arena.f64(out, 2 * BLOCKS);
      const next = byBlock.map((old, b) => {
        const [gamma, squares] = [found[2 * b] as number, found[2 * b + 1] as number];
        return squares > 0 ? Math.min(MAX_PENALTY, Math.max(MIN_PENALTY, gamma / squares)) : old;
      });
      const moved = next.some((penalty, b) => Math.abs(penalty / (byBlock[b] as number) - 1) > SETTLED);
      if (!moved || round === ROUNDS - 1) break;
      byBlock = next;
    }
    options.onPenalties?.(byBlock);
  }
  return arena.f64(theta, width + 2);
}
