// Boosted trees on the residual of a Platt fit (Friedman 2001): binning of columns, and fitted trees as plain numbers.
import { type Matrix, selectMatrixRows } from '../../data/matrix.ts';
import { rowsWhere } from '../../data/rows-where.ts';
import { sortFloats } from '../../data/sort-floats.ts';
import { openArena } from '../../kernels/memory.ts';

/** Bins of a numeric column; a value that fills a bin gets a bin without other values. */
const MAX_BINS = 256;
/** Numbers per tree: 7 fields, 7 codes, 8 leaf values. */
export const NUMBERS_OF_TREE = 22;
const NODES = 7;
/** Bytes per tree in the kernel (assembly/trees.ts). */
export const BYTES_OF_TREE = 120;

/** How a row's fields become codes: the bin of a number, the position of a category. */
export interface Binning {
  /** For each field, the upper edges of all bins except the last, or the first and last column of its categories. */
  readonly columns: readonly ({ readonly edges: Float64Array } | { readonly first: number; readonly last: number })[];
}

/** The codes of some rows in kernel memory, and their columns as the kernel takes them; byte addresses. */
export interface CodedRows {
  readonly binning: Binning;
  readonly codes: number;
  readonly kinds: number;
  readonly offsets: number;
  /** The number of columns, the most bins of a column, and the bins of all columns. */
  readonly columns: number;
  readonly bins: number;
  readonly all: number;
}

/** Fitted trees and the Platt fit below them. */
export interface Boosted {
  /** [b, a] of the Platt fit. */
  readonly base: Float64Array;
  readonly binning: Binning;
  /** [trees x 22] */
  readonly trees: Float64Array;
}

/**
 * Bins at the quantiles of the rows. The teacher's margin is the column after those of the matrix.
 * @param weights a row of weight 0 does not count; default: every row counts
 */
export function chooseBins(matrix: Matrix, allMargins: Float64Array, weights?: Float64Array): Binning {
  const counting = weights && rowsWhere(weights.length, (i) => (weights[i] as number) > 0);
  const { rows, fields, fieldColumns, data } = counting ? selectMatrixRows(matrix, counting) : matrix;
  const margins = counting ? Float64Array.from(counting, (i) => allMargins[i] as number) : allMargins;
  const floats = new Float32Array(data.buffer, data.byteOffset, data.length);
  const columns = Array.from({ length: fields }, (_, s) => {
    if ((fieldColumns[s] as number) >= 0) return { edges: edgesOf(sortedField(floats, { rows, fields }, s)) };
    let first = Infinity;
    let last = -1;
    for (let i = 0; i < rows; i++) {
      const word = data[i * fields + s] as number;
      if (word < 0) continue;
      first = Math.min(first, word);
      last = Math.max(last, word);
    }
    return last < 0 ? { first: 0, last: -1 } : { first, last };
  });
  return { columns: [...columns, { edges: edgesOf(margins.slice().sort()) }] };
}

function sortedField(floats: Float32Array, { rows, fields }: Pick<Matrix, 'rows' | 'fields'>, s: number): Float32Array {
  const values = new Float32Array(rows);
  for (let i = 0; i < rows; i++) values[i] = floats[i * fields + s] as number;
  sortFloats(values);
  return values;
}

/**
 * Edges of bins of ascending values with about equal counts, halfway between neighbouring values. A value that fills a bin has an edge on either
 * side. Negated values have negated edges.
 */
function edgesOf(values: Float32Array | Float64Array): Float64Array {
  const n = values.length;
  const cuts = new Set<number>();
  for (let k = 1; k < MAX_BINS; k++) {
    const cut = 2 * k <= MAX_BINS ? Math.floor((k * n) / MAX_BINS) : n - Math.floor(((MAX_BINS - k) * n) / MAX_BINS);
    let [before, behind] = [cut, cut];
    while (before > 0 && values[before - 1] === values[cut]) before--;
    while (behind < n && values[behind] === values[cut]) behind++;
    if (before === cut) cuts.add(cut);
    else for (const end of [before, behind]) cuts.add(end);
  }
  const inside = [...cuts].filter((cut) => cut > 0 && cut < n).sort((a, b) => a - b);
  return Float64Array.from(inside, (cut) => {
    const [below, above] = [values[cut - 1], values[cut]] as [number, number];
    return below + (above - below) / 2;
  });
}

/** The columns of a block of codes: the kernel counts them in one pass over the rows. */
export const BLOCK = 4;

/** Codes of rows, uint16 [blocks of 4 columns x rows x 4]; the last of the (fields + 1) columns is the margin. */
export function codesOf({ columns }: Binning, { rows, fields, data }: Matrix, margins: Float64Array): Uint16Array {
  using arena = openArena();
  const [words, last] = [arena.put(data), arena.put(margins)];
  const length = rows * BLOCK * Math.ceil(columns.length / BLOCK);
  const out = arena.reserve(2 * length);
  const placeOf = (s: number): number => BLOCK * rows * Math.floor(s / BLOCK) + (s % BLOCK);
  columns.forEach((column, s) => {
    if (!('edges' in column)) return;
    const values: [number, number, number] = s < fields ? [words + 4 * s, 4 * fields, 0] : [last, 8, 1];
    arena.kernels.binColumn(...values, arena.put(column.edges), column.edges.length, rows, out + 2 * placeOf(s));
  });
  const codes = new Uint16Array(arena.bytes(out, 2 * length).buffer);
  columns.forEach((column, s) => {
    if ('edges' in column) return;
    const place = placeOf(s);
    for (let i = 0; i < rows; i++) {
      const word = data[i * fields + s] as number;
      codes[place + BLOCK * i] = word < column.first || word > column.last ? 0 : word - column.first + 1;
    }
  });
  return codes;
}

/** The columns as the kernel takes them: kind (1: categorical), and each column's first bin among the bins of all columns. */
export function layoutOf({ columns }: Binning): { kinds: Uint8Array; offsets: Uint32Array } {
  const kinds = Uint8Array.from(columns, (column) => ('edges' in column ? 0 : 1));
  const offsets = new Uint32Array(columns.length + 1);
  columns.forEach((column, s) => {
    const bins = 'edges' in column ? column.edges.length + 1 : column.last - column.first + 2;
    offsets[s + 1] = (offsets[s] as number) + bins;
  });
  return { kinds, offsets };
}

/** The kernel's bytes of trees as numbers; the inverse of bytesOfTrees. */
export function numbersOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float64Array((bytes.length / BYTES_OF_TREE) * NUMBERS_OF_TREE);
  for (let t = 0; t * NUMBERS_OF_TREE < out.length; t++) {
    for (let k = 0; k < NODES; k++) {
      out[t * NUMBERS_OF_TREE + k] = view.getInt32(t * BYTES_OF_TREE + 8 * k, true);
      out[t * NUMBERS_OF_TREE + NODES + k] = view.getUint32(t * BYTES_OF_TREE + 8 * k + 4, true);
    }
    for (let k = 0; k < 8; k++)
      out[t * NUMBERS_OF_TREE + 2 * NODES + k] = view.getFloat64(t * BYTES_OF_TREE + 8 * (NODES + k), true);
  }
  return out;
}

export function bytesOfTrees(trees: Float64Array): Uint8Array {
  const count = trees.length / NUMBERS_OF_TREE;
  const view = new DataView(new ArrayBuffer(count * BYTES_OF_TREE));
  for (let t = 0; t < count; t++) {
    for (let k = 0; k < NODES; k++) {
      view.setInt32(t * BYTES_OF_TREE + 8 * k, trees[t * NUMBERS_OF_TREE + k] as number, true);
      view.setUint32(t * BYTES_OF_TREE + 8 * k + 4, trees[t * NUMBERS_OF_TREE + NODES + k] as number, true);
    }
    for (let k = 0; k < 8; k++) {
      view.setFloat64(t * BYTES_OF_TREE + 8 * (NODES + k), trees[t * NUMBERS_OF_TREE + 2 * NODES + k] as number, true);
    }
  }
  return new Uint8Array(view.buffer);
}

/** As one vector: b, a, the number of columns; for each column its number of edges and the edges, or -1, first, last; the trees. */
export function pack({ base, binning, trees }: Boosted): Float64Array {
  const columns = binning.columns.map((column) =>
    'edges' in column ? [[column.edges.length], column.edges] : [[-1, column.first, column.last]],
  );
  const parts: ArrayLike<number>[] = [base, [binning.columns.length], ...columns.flat(), trees];
  const packed = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

export function unpack(parameters: Float64Array): Boosted {
  const columns: Binning['columns'][number][] = [];
  let at = 3;
  for (let s = 0; s < (parameters[2] as number); s++) {
    const edges = parameters[at++] as number;
    if (edges < 0) {
      columns.push({ first: parameters[at] as number, last: parameters[at + 1] as number });
      at += 2;
    } else {
      columns.push({ edges: parameters.slice(at, at + edges) });
      at += edges;
    }
  }
  return { base: parameters.slice(0, 2), binning: { columns }, trees: parameters.slice(at) };
}
