// Collects the texts of a column as bytes: each distinct text once, found by its hash. Where nearly all texts of the first rows are distinct,
// equal ones are found only when they are asked for.
import { openArena } from '../kernels/memory.ts';
import { type ByteTexts, byteColumn, openByteTexts } from './byte-texts.ts';
import { isFieldBlock, type RowPart } from './field-block.ts';
import { lazyColumn } from './row-form.ts';
import type { Column } from './table.ts';

/** Collects the text of each row of a column, as distinct texts and codes. */
export interface ByteColumnBuilder {
  /** Adds a row. @param text without unpaired surrogates, which UTF-8 cannot hold */
  add(text: string): void;
  /** Adds rows. @param bytes their texts, one after the other @param sizes length of each text */
  addTexts(bytes: Uint8Array, sizes: Uint32Array): void;
  finish(): Column;
}

/** The least number of slots of a search, as a power of two. */
const MIN_SLOT_BITS = 6;
/** Bytes after texts that the kernel needs. */
const ROOM = 16;
/**
 * Rows that are kept before their codes are found, column by column: the slots of one column fit into the cache, those of all do not.
 * `values`: the most of all columns together, as long as each has `least`.
 */
const MAX_WAITING = { rows: 2 ** 12, values: 2 ** 20, least: 2 ** 8 };
/** A column waits longer while at least this share of its texts is distinct: it then takes no more memory than with codes. */
const MIN_DISTINCT = 0.5;
/** Waiting rows of such a column after which its texts are looked at again, and after each doubling. */
const FIRST_LOOK = 2 ** 16;
/** One of so many endings is in the sample. */
const SAMPLED = 17;
/** Start and factor of the hash FNV-1a. */
const [HASH_START, HASH_FACTOR] = [0x811c9dc5 | 0, 0x01000193];

/** The hash of bytes [from, to). */
function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = HASH_START;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_FACTOR);
  return hash;
}

/** Opens builders for the columns of a table. The more columns, the fewer rows wait. */
export function byteColumnBuilders(names: readonly string[]): ByteColumnBuilder[] {
  const { rows, values, least } = MAX_WAITING;
  const most = Math.max(least, Math.min(rows, Math.floor(values / names.length)));
  return names.map((name) => byteColumnBuilder(name, most));
}

/** Adds rows to the builder of each column. */
export function addPart(builders: readonly ByteColumnBuilder[], part: RowPart): void {
  if (!isFieldBlock(part)) {
    for (const fields of part) for (let j = 0; j < builders.length; j++) builders[j]?.add(fields[j] as string);
    return;
  }
  const { bytes, fields, rows, width } = part;
  using arena = openArena();
  const { kernels } = arena;
  const data = arena.put(bytes);
  const places = arena.put(fields);
  const texts = arena.reserve(bytes.length + ROOM);
  const sizes = arena.reserve(4 * rows * width);
  const totals = arena.reserve(4 * width);
  kernels.gatherColumns(data, places, rows, width, texts, sizes, totals);
  // before the builders use the arena's memory
  const total = arena.u32(totals, width);
  const size = arena.u32(sizes, rows * width);
  let from = 0;
  const all = arena.bytes(
    texts,
    total.reduce((sum, more) => sum + more, 0),
  );
  builders.forEach((builder, j) => {
    const to = from + (total[j] as number);
    builder.addTexts(all.subarray(from, to), size.subarray(j * rows, (j + 1) * rows));
    from = to;
  });
}

/** @param mostWaiting rows that are kept before their codes are found */
function byteColumnBuilder(name: string, mostWaiting: number): ByteColumnBuilder {
  let hashes = new Uint32Array(32);
  let ends = new Uint32Array(33);
  let texts = 0;
  let codes = new Uint32Array(64);
  let rows = 0;
  // the distinct texts, then those of the waiting rows
  let bytes = new Uint8Array(256);
  let length = 0;
  // the length of the text of each waiting row
  let waiting = new Uint32Array(64);
  let waits = 0;
  // the number of waiting rows at which their codes are found
  let most = mostWaiting;

  const reserveBytes = (more: number): void => {
    if (length + more <= bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * bytes.length, length + more));
    larger.set(bytes.subarray(0, length));
    bytes = larger;
  };
  const reserveRows = (more: number): void => {
    if (waits + more <= waiting.length) return;
    const larger = new Uint32Array(Math.max(2 * waiting.length, waits + more));
    larger.set(waiting.subarray(0, waits));
    waiting = larger;
  };
  /** Finds the codes of the waiting rows; a new text moves to the end of the distinct ones. */
  const settle = (): void => {
    if (waits === 0) return;
    if (rows + waits > codes.length) {
      const larger = new Uint32Array(Math.max(2 * codes.length, rows + waits));
      larger.set(codes.subarray(0, rows));
      codes = larger;
    }
    if (texts + waits >= ends.length) {
      const size = Math.max(texts + waits, Math.ceil(1.5 * texts));
      const larger = new Uint32Array(size + 1);
      larger.set(ends.subarray(0, texts + 1));
      ends = larger;
      const more = new Uint32Array(size);
      more.set(hashes.subarray(0, texts));
      hashes = more;
    }
    using arena = openArena();
    const bits = Math.max(MIN_SLOT_BITS, 32 - Math.clz32(2 * (texts + waits) - 1));
    const start = ends[texts] as number;
    const data = arena.put(bytes.subarray(0, length));
    const endsAt = arena.reserve(4 * (texts + waits + 1));
    arena.write(endsAt, ends.subarray(0, texts + 1));
    const hashesAt = arena.reserve(4 * (texts + waits));
    arena.write(hashesAt, hashes.subarray(0, texts));
    const sizes = arena.put(waiting.subarray(0, waits));
    const found = arena.reserve(4 * waits);
    const slots = arena.reserve(4 * 2 ** bits);
    const known = arena.kernels.findCodes(
      ...([data, endsAt, hashesAt, texts, sizes, waits, found, slots, bits] as const),
    );
    const { buffer } = arena.kernels.memory;
    codes.set(new Uint32Array(buffer, found, waits), rows);
    ends.set(new Uint32Array(buffer, endsAt, known + 1));
    hashes.set(new Uint32Array(buffer, hashesAt, known));
    bytes.set(new Uint8Array(buffer, data + start, (ends[known] as number) - start), start);
    [rows, texts, length, waits] = [rows + waits, known, ends[known] as number, 0];
  };
  /** Finds the codes of the waiting rows, or lets more rows wait if nearly all texts are distinct. */
  const settleOrWait = (): void => {
    if (rows > 0 && most > mostWaiting && mostlyDistinct(bytes, ends[texts] as number, waiting.subarray(0, waits))) {
      most = 2 * waits;
      return;
    }
    const before = texts;
    const more = waits;
    settle();
    most = texts - before >= MIN_DISTINCT * more ? FIRST_LOOK : mostWaiting;
  };
  return {
    add(text) {
      reserveBytes(3 * text.length);
      reserveRows(1);
      let size = 0;
      for (; size < text.length; size++) {
        const c = text.charCodeAt(size);
        if (c > 0x7f) break;
        bytes[length + size] = c;
      }
      if (size < text.length) size = new TextEncoder().encodeInto(text, bytes.subarray(length)).written;
      waiting[waits++] = size;
      length += size;
      if (waits >= most) settleOrWait();
    },
    addTexts(source, sizes) {
      reserveBytes(source.length);
      reserveRows(sizes.length);
      bytes.set(source, length);
      waiting.set(sizes, waits);
      length += source.length;
      waits += sizes.length;
      if (waits >= most) settleOrWait();
    },
    finish() {
      const isLazy = most > mostWaiting && waits > 0;
      let isShared = false;
      const find = (): { codes: Uint32Array; texts: ByteTexts } => {
        // texts move
        if (isShared) bytes = bytes.slice();
        settle();
        // cut to size: a table has many columns
        const found = {
          codes: codes.slice(0, rows),
          texts: openTexts(texts, bytes.slice(0, length), ends.slice(0, texts + 1)),
        };
        [hashes, codes, waiting] = [new Uint32Array(0), new Uint32Array(0), new Uint32Array(0)];
        [bytes, ends] = [new Uint8Array(0), new Uint32Array(0)];
        return found;
      };
      if (!isLazy) {
        const found = find();
        return byteColumn(name, found.codes, found.texts);
      }
      [bytes, waiting] = [bytes.slice(0, length), waiting.slice(0, waits)];
      return lazyColumn(name, find, () => {
        isShared = true;
        const all = new Uint32Array(texts + waits + 1);
        all.set(ends.subarray(0, texts + 1));
        for (let i = 0; i < waits; i++) all[texts + i + 1] = (all[texts + i] as number) + (waiting[i] as number);
        const [settled, first] = [rows, texts];
        const every = new Uint32Array(settled + waits);
        every.set(codes.subarray(0, settled));
        for (let i = settled; i < every.length; i++) every[i] = first + i - settled;
        return byteColumn(name, every, openTexts(all.length - 1, bytes.subarray(0, length), all));
      });
    },
  };
}

/** Apart from the builder: a function inside it would keep all of the builder's memory. */
function openTexts(count: number, bytes: Uint8Array, ends: Uint32Array): ByteTexts {
  const found = { bytes, ends: ends.subarray(0, count + 1) };
  return openByteTexts(count, { content: () => found });
}

/** Whether most texts of a sample are distinct. Their last bytes decide what is in it: equal texts are all in it or none. */
function mostlyDistinct(bytes: Uint8Array, start: number, sizes: Uint32Array): boolean {
  const seen = new Set<number>();
  let [sampled, from] = [0, start];
  for (let i = 0; i < sizes.length; i++) {
    const to = from + (sizes[i] as number);
    const ending = to - from < 2 ? 0 : 3 * (bytes[to - 1] as number) + (bytes[to - 2] as number);
    if (ending % SAMPLED === 0) {
      sampled++;
      seen.add(hashBytes(bytes, from, to));
    }
    from = to;
  }
  return sampled > 0 && seen.size >= MIN_DISTINCT * sampled;
}
