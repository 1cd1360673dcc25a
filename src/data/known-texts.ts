// Distinct texts, and the search for others among them.
import { type Arena, openArena } from '../kernels/memory.ts';
import type { TextBytes } from './text-bytes.ts';
import type { TextList } from './text-list.ts';

/** Distinct texts with their hashes. The arrays may be longer. */
export interface KnownTexts extends TextBytes {
  /** Number of texts. */
  readonly count: number;
  /** The hash of each, as the kernel computes it. */
  readonly hashes: Uint32Array;
}

/** Slots of a search are at least 2^6. */
const MIN_SLOT_BITS = 6;
/** Bytes after texts that the kernel needs. */
const ROOM = 16;

/** No texts yet. */
export function noTexts(): KnownTexts {
  return { count: 0, bytes: new Uint8Array(0), ends: new Uint32Array(1), hashes: new Uint32Array(0) };
}

/**
 * Finds the code of each text of a list; texts that are new follow the known ones.
 * @param codes receives the codes
 * @returns the known texts, in the same arrays if they have room
 */
export function findCodes(known: KnownTexts, list: TextList, codes: Uint32Array): KnownTexts {
  const { count } = known;
  const most = count + list.count;
  const bits = slotBits(most);
  const start = known.ends[count] as number;
  using arena = openArena();
  const bytes = arena.reserve(start + list.length + ROOM);
  arena.write(bytes, known.bytes.subarray(0, start));
  writeList(arena, bytes + start, list);
  const ends = arena.reserve(4 * (most + 1));
  arena.write(ends, known.ends.subarray(0, count + 1));
  const hashes = arena.reserve(4 * most);
  arena.write(hashes, known.hashes.subarray(0, count));
  const found = arena.reserve(4 * list.count);
  const slots = arena.reserve(4 * 2 ** bits);
  const now = arena.kernels.findCodes(...([bytes, ends, hashes, count, list.count, found, slots, bits] as const));
  const { buffer } = arena.kernels.memory;
  codes.set(new Uint32Array(buffer, found, list.count));
  if (now === count) return known;
  const newEnds = new Uint32Array(buffer, ends, now + 1);
  return {
    count: now,
    bytes: extended(known.bytes, start, new Uint8Array(buffer, bytes + start, (newEnds[now] as number) - start)),
    ends: extended(known.ends, count + 1, newEnds.subarray(count + 1)),
    hashes: extended(known.hashes, count, new Uint32Array(buffer, hashes + 4 * count, now - count)),
  };
}

/** The known texts, then those of a list, which may be equal to others. */
export function joinTexts(known: KnownTexts, list: TextList): KnownTexts {
  const { count } = known;
  const start = known.ends[count] as number;
  using arena = openArena();
  const texts = arena.reserve(list.length + ROOM);
  writeList(arena, texts, list);
  const out = arena.reserve(list.length + ROOM);
  const places = arena.reserve(4 * list.count);
  arena.kernels.joinTexts(...([texts, list.count, out, start, places] as const));
  const { buffer } = arena.kernels.memory;
  const length = list.length - list.count;
  const bytes = new Uint8Array(start + length);
  bytes.set(known.bytes.subarray(0, start));
  bytes.set(new Uint8Array(buffer, out, length), start);
  const ends = new Uint32Array(count + 1 + list.count);
  ends.set(known.ends.subarray(0, count + 1));
  ends.set(new Uint32Array(buffer, places, list.count), count + 1);
  return { count: count + list.count, bytes, ends, hashes: known.hashes };
}

/** The share of the texts of a list that are distinct, from a sample. */
export function distinctShare(list: TextList): number {
  const bits = slotBits(list.count);
  using arena = openArena();
  const texts = arena.reserve(list.length + ROOM);
  writeList(arena, texts, list);
  return arena.kernels.sampleTexts(texts, list.count, arena.reserve(4 * 2 ** bits), bits);
}

/** At most half of the slots are taken. */
function slotBits(texts: number): number {
  return Math.max(MIN_SLOT_BITS, 32 - Math.clz32(2 * texts - 1));
}

function writeList(arena: Arena, to: number, list: TextList): void {
  let at = to;
  for (const piece of list.pieces()) {
    arena.write(at, piece);
    at += piece.length;
  }
}

/** The first `length` values, then more; in the same array if it has room. */
function extended<Values extends Uint8Array | Uint32Array>(values: Values, length: number, more: Values): Values {
  let all = values;
  if (length + more.length > all.length) {
    all = new (values.constructor as new (n: number) => Values)(
      Math.max(Math.ceil(1.5 * length), length + more.length),
    );
    all.set(values.subarray(0, length));
  }
  all.set(more, length);
  return all;
}
