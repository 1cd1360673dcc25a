// Keeps the most recently used networks in kernel memory, which makes single-row predictions take microseconds. The cache key is
// everything that a prediction depends on, including the parameters' values: the caller may share or change that array.

import { formOf, type ImageForm, sameForm } from '../data/image-rows.ts';
import { isDense, type Matrix, type StoredMatrix, sliceMatrixRows } from '../data/matrix.ts';
import { isInMemory, rowsPerRead } from '../data/row-source.ts';
import { dispose } from '../io/dispose.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import type { Architecture } from './architecture.ts';
import { bindMatrix, createNetwork, inputsOf, writeParameters } from './network.ts';
import { type RowRoom, reserveRows, textEntries } from './placed-rows.ts';

interface CachedNetwork {
  readonly architecture: Architecture;
  /** The student's array, and a copy from when it was placed. */
  readonly parameters: Float32Array;
  readonly snapshot: Float32Array;
  readonly width: number;
  readonly fieldColumns: Int32Array;
  readonly image: ImageForm | undefined;
  readonly dense: boolean;
  readonly arena: Arena;
  readonly net: number;
  /** Rows in one prediction call. */
  readonly capacity: number;
  /** Columns of texts in one prediction call; 0 without texts. */
  readonly entries: number;
  /** Room for rows with texts or images; undefined without them: other rows are copied to `data`. */
  readonly room?: RowRoom | undefined;
  /** Pointers: data [capacity x fields], row numbers (0 for dense rows), margins float32, probabilities float64. */
  readonly at: { readonly data: number; readonly rows: number; readonly z: number; readonly p: number };
  /** Views of data and probabilities, valid until the memory grows. */
  views?: { readonly buffer: ArrayBuffer; readonly data: Int32Array; readonly p: Float64Array };
}

const MAX_NETWORKS = 3;
/** Limits: values and rows in one prediction call, and parameters of a network that stays in the cache. */
const MAX_VALUES = 2 ** 18;
const MAX_ROWS = 1024;
const MAX_PARAMETERS = 2 ** 22;
const BATCH = 256;
/** Most recently used first. */
const cache: CachedNetwork[] = [];

/** Returns each row's probability of class 1, or its margin; float64 [rows]. @throws DebkdError `memory` */
export function predict(
  { architecture, parameters }: { readonly architecture: Architecture; readonly parameters: Float32Array },
  matrix: Matrix | StoredMatrix,
  as: 'probabilities' | 'margins',
): Float64Array {
  if (!isInMemory(matrix)) return predictStored({ architecture, parameters }, matrix, as);
  const network = findCached(architecture, parameters, matrix) ?? place(architecture, parameters, matrix);
  const { arena, net, capacity, at } = network;
  const { kernels } = arena;
  const { data, p } = viewsOf(network, matrix.fields);
  const out = new Float64Array(matrix.rows);
  for (let from = 0, rows = 0; from < matrix.rows; from += rows) {
    rows = Math.min(capacity, matrix.rows - from);
    if (network.room) rows = writeRows(network, matrix, from, rows);
    else data.set(matrix.data.subarray(from * matrix.fields, (from + rows) * matrix.fields));
    kernels.predictRows(net, at.rows, rows, at.z);
    if (as === 'margins') {
      out.set(arena.f32(at.z, rows), from);
      continue;
    }
    kernels.sigmoids32(at.z, rows, at.p);
    if (rows === 1) out[from] = p[0] as number;
    else out.set(p.subarray(0, rows), from);
  }
  if (parameters.length > MAX_PARAMETERS) removeNetwork(network);
  return out;
}

/** Writes at most `most` rows, as many as have room for their texts. Returns how many. */
function writeRows({ room, entries }: CachedNetwork, matrix: Matrix, from: number, most: number): number {
  let rows = most;
  let block = sliceMatrixRows(matrix, from, from + rows);
  while (rows > 1 && block.texts && textEntries(block) > entries) {
    rows = Math.ceil(rows / 2);
    block = sliceMatrixRows(matrix, from, from + rows);
  }
  room?.write(block);
  return rows;
}

function predictStored(
  student: Parameters<typeof predict>[0],
  matrix: StoredMatrix,
  as: Parameters<typeof predict>[2],
): Float64Array {
  const out = new Float64Array(matrix.rows);
  const rows = rowsPerRead(matrix, SHUFFLE_BLOCK_ROWS);
  for (let from = 0; from < matrix.rows; from += rows) {
    out.set(predict(student, matrix.read(from, Math.min(matrix.rows, from + rows)), as), from);
  }
  return out;
}

function findCached(
  architecture: Architecture,
  parameters: Float32Array,
  { fieldColumns, width, images }: Matrix,
): CachedNetwork | undefined {
  const place = cache.findIndex(
    (known) =>
      known.parameters === parameters &&
      known.width === width &&
      sameShape(known.architecture, architecture) &&
      sameBits(known.snapshot, parameters) &&
      sameForm(known.image, images) &&
      (known.fieldColumns === fieldColumns ||
        (known.fieldColumns.length === fieldColumns.length &&
          known.fieldColumns.every((column, s) => column === fieldColumns[s]))),
  );
  if (place > 0) cache.unshift(...cache.splice(place, 1));
  return place < 0 ? undefined : cache[0];
}

function sameShape(a: Architecture, b: Architecture): boolean {
  if (a === b) return true;
  return (
    (a.activation ?? 'relu') === (b.activation ?? 'relu') &&
    (a.residual ?? false) === (b.residual ?? false) &&
    JSON.stringify(a.conv) === JSON.stringify(b.conv) &&
    a.hidden.length === b.hidden.length &&
    a.hidden.every((width, l) => width === b.hidden[l])
  );
}

/** Compares two floats at once as one 64-bit number. A pair that reads as NaN counts as changed. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  if (b.byteOffset % 8 !== 0) return a.every((value, i) => value === b[i]);
  const pairs = a.length >> 1;
  const [x, y] = [new Float64Array(a.buffer, a.byteOffset, pairs), new Float64Array(b.buffer, b.byteOffset, pairs)];
  for (let i = 0; i < pairs; i++) if (x[i] !== y[i]) return false;
  return a.length % 2 === 0 || a[a.length - 1] === b[a.length - 1];
}

function place(architecture: Architecture, parameters: Float32Array, matrix: Matrix): CachedNetwork {
  const last = cache[MAX_NETWORKS - 1];
  if (last) removeNetwork(last);
  const { width, fields, fieldColumns } = matrix;
  const dense = isDense(matrix);
  const capacity = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_VALUES / Math.max(1, fields))));
  // the texts of a row have no column twice
  const entries = matrix.texts ? Math.max(MAX_VALUES, width) : 0;
  const arena = openArena();
  try {
    const inputs = inputsOf(matrix);
    const net = createNetwork(arena, inputs, architecture);
    writeParameters(arena, net, { inputs, architecture }, parameters);
    const room = reserveRows(arena, matrix, { rows: capacity, entries });
    const at = {
      data: room.data,
      rows: dense ? 0 : arena.put(Uint32Array.from({ length: capacity }, (_, i) => i)),
      z: arena.reserve(4 * capacity),
      p: arena.reserve(8 * capacity),
    };
    bindMatrix(arena, net, room, Math.min(BATCH, capacity));
    const snapshot = parameters.slice();
    const network = {
      architecture,
      parameters,
      snapshot,
      width,
      fieldColumns,
      dense,
      arena,
      net,
      capacity,
      entries,
      at,
      image: matrix.images && formOf(matrix.images),
      ...((matrix.texts || matrix.images) && { room }),
    };
    cache.unshift(network);
    return network;
  } catch (error) {
    arena[dispose]();
    throw error;
  }
}

function removeNetwork(network: CachedNetwork): void {
  cache.splice(cache.indexOf(network), 1);
  network.arena[dispose]();
}

function viewsOf(network: CachedNetwork, fields: number): { data: Int32Array; p: Float64Array } {
  const { arena, capacity, at } = network;
  const buffer = arena.kernels.memory.buffer as ArrayBuffer;
  if (network.views?.buffer !== buffer) {
    const data = new Int32Array(buffer, at.data, fields * capacity);
    network.views = { buffer, data, p: new Float64Array(buffer, at.p, capacity) };
  }
  return network.views;
}
