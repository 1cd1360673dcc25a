// Networks that stay in kernel memory between calls, so that a row alone is answered in microseconds. A student owns none of
// it: the few that answered last are kept, and the rest go back to the arena's instances. What is kept is found by all that an
// answer depends on: architecture, columns, and the parameters' values, since the caller may share or change that array.

import { isDense, type Matrix, type StoredMatrix } from '../data/matrix.ts';
import { dispose } from '../io/dispose.ts';
import { BLOCK_ROWS } from '../kernels/block.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import type { Architecture } from './architecture.ts';
import { bindMatrix, createNetwork, writeParameters } from './network.ts';

interface Resident {
  readonly architecture: Architecture;
  /** The array that was placed, and a copy of it as it was then. */
  readonly parameters: Float32Array;
  readonly placed: Float32Array;
  readonly width: number;
  readonly slotColumns: Int32Array;
  readonly dense: boolean;
  readonly arena: Arena;
  readonly net: number;
  /** Rows that fit at a time. */
  readonly room: number;
  /** Pointers: words [room x slots], row numbers (0 where they need not be told), margins float32, probabilities float64. */
  readonly at: { readonly words: number; readonly rows: number; readonly z: number; readonly p: number };
  /** Views of the same, as long as the memory has not grown. */
  views?: { readonly buffer: ArrayBuffer; readonly words: Int32Array; readonly p: Float64Array };
}

const KEPT = 3;
/** Numbers of rows that are placed at a time, and parameters up to which a network stays. */
const ROOM = 2 ** 18;
const MOST_ROWS = 1024;
const MOST_PARAMETERS = 2 ** 22;
const BATCH = 256;
/** The last that answered, first. */
const residents: Resident[] = [];

/** Probabilities of class 1 of the matrix's rows, or their margins; float64 [rows]. @throws DebkdError `memory` */
export function answer(
  { architecture, parameters }: { readonly architecture: Architecture; readonly parameters: Float32Array },
  matrix: Matrix | StoredMatrix,
  as: 'probabilities' | 'margins',
): Float64Array {
  if ('read' in matrix) return answerStored({ architecture, parameters }, matrix, as);
  const resident = find(architecture, parameters, matrix) ?? place(architecture, parameters, matrix);
  const { arena, net, room, at } = resident;
  const { kernels } = arena;
  const { words, p } = viewsOf(resident, matrix.slots);
  const out = new Float64Array(matrix.rows);
  for (let from = 0; from < matrix.rows; from += room) {
    const rows = Math.min(room, matrix.rows - from);
    words.set(matrix.words.subarray(from * matrix.slots, (from + rows) * matrix.slots));
    kernels.predictRows(net, at.rows, rows, at.z);
    if (as === 'margins') {
      out.set(arena.f32(at.z, rows), from);
      continue;
    }
    kernels.sigmoids32(at.z, rows, at.p);
    if (rows === 1) out[from] = p[0] as number;
    else out.set(p.subarray(0, rows), from);
  }
  if (parameters.length > MOST_PARAMETERS) drop(resident);
  return out;
}

function answerStored(
  student: Parameters<typeof answer>[0],
  matrix: StoredMatrix,
  as: Parameters<typeof answer>[2],
): Float64Array {
  const out = new Float64Array(matrix.rows);
  for (let from = 0; from < matrix.rows; from += BLOCK_ROWS) {
    out.set(answer(student, matrix.read(from, Math.min(matrix.rows, from + BLOCK_ROWS)), as), from);
  }
  return out;
}

function find(
  architecture: Architecture,
  parameters: Float32Array,
  { slotColumns, width }: Matrix,
): Resident | undefined {
  const place = residents.findIndex(
    (known) =>
      known.parameters === parameters &&
      known.width === width &&
      sameShape(known.architecture, architecture) &&
      sameBits(known.placed, parameters) &&
      (known.slotColumns === slotColumns ||
        (known.slotColumns.length === slotColumns.length &&
          known.slotColumns.every((column, s) => column === slotColumns[s]))),
  );
  if (place > 0) residents.unshift(...residents.splice(place, 1));
  return place < 0 ? undefined : residents[0];
}

function sameShape(a: Architecture, b: Architecture): boolean {
  if (a === b) return true;
  return (
    (a.activation ?? 'relu') === (b.activation ?? 'relu') &&
    (a.residual ?? false) === (b.residual ?? false) &&
    a.hidden.length === b.hidden.length &&
    a.hidden.every((width, l) => width === b.hidden[l])
  );
}

/** By pairs, as numbers of 64 bits: half as many to look at. A pair that is no number counts as changed. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  if (b.byteOffset % 8 !== 0) return a.every((value, i) => value === b[i]);
  const pairs = a.length >> 1;
  const [x, y] = [new Float64Array(a.buffer, a.byteOffset, pairs), new Float64Array(b.buffer, b.byteOffset, pairs)];
  for (let i = 0; i < pairs; i++) if (x[i] !== y[i]) return false;
  return a.length % 2 === 0 || a[a.length - 1] === b[a.length - 1];
}

function place(architecture: Architecture, parameters: Float32Array, matrix: Matrix): Resident {
  const last = residents[KEPT - 1];
  if (last) drop(last);
  const { width, slots, slotColumns } = matrix;
  const dense = isDense(matrix);
  const room = Math.max(1, Math.min(MOST_ROWS, Math.floor(ROOM / Math.max(1, slots))));
  const arena = openArena();
  try {
    const net = createNetwork(arena, width, architecture);
    writeParameters(arena, net, width, architecture, parameters);
    const at = {
      words: arena.reserve(4 * slots * room),
      rows: dense ? 0 : arena.put(Uint32Array.from({ length: room }, (_, i) => i)),
      z: arena.reserve(4 * room),
      p: arena.reserve(8 * room),
    };
    bindMatrix(arena, net, { words: at.words, columns: arena.put(slotColumns), slots, dense }, Math.min(BATCH, room));
    const placed = parameters.slice();
    const resident = { architecture, parameters, placed, width, slotColumns, dense, arena, net, room, at };
    residents.unshift(resident);
    return resident;
  } catch (error) {
    arena[dispose]();
    throw error;
  }
}

function drop(resident: Resident): void {
  residents.splice(residents.indexOf(resident), 1);
  resident.arena[dispose]();
}

function viewsOf(resident: Resident, slots: number): { words: Int32Array; p: Float64Array } {
  const { arena, room, at } = resident;
  const buffer = arena.kernels.memory.buffer as ArrayBuffer;
  if (resident.views?.buffer !== buffer) {
    const words = new Int32Array(buffer, at.words, slots * room);
    resident.views = { buffer, words, p: new Float64Array(buffer, at.p, room) };
  }
  return resident.views;
}
