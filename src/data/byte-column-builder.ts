// Collects the texts of a column as bytes: each distinct text once, found by its hash. Where nearly all texts of the first rows are distinct,
// equal ones are found only when they are asked for.
import { openArena } from '../kernels/memory.ts';
import { type ByteTexts, byteColumn, openByteTexts } from './byte-texts.ts';
import { isFieldBlock, type RowPart } from './field-block.ts';
import { distinctShare, findCodes, joinTexts, type KnownTexts, noTexts } from './known-texts.ts';
import { lazyColumn } from './row-form.ts';
import type { Column } from './table.ts';
import { openTextList } from './text-list.ts';

/** Collects the text of each row of a column, as distinct texts and codes. */
export interface ByteColumnBuilder {
  /** Adds a row. @param text without unpaired surrogates, which UTF-8 cannot hold, and without zero bytes */
  add(text: string): void;
  /** Adds rows. @param texts of the rows, each with a zero byte after it */
  addTexts(texts: Uint8Array, rows: number): void;
  finish(): Column;
}

/** Bytes after texts that the kernel needs. */
const ROOM = 16;
/**
 * Rows that are kept before their codes are found, column by column: the slots of one column fit into the cache, those of all do not.
 * `values`: the most of all columns together, as long as each has `least`.
 */
const MAX_WAITING = { rows: 2 ** 12, values: 2 ** 20, least: 2 ** 8 };
/** A column waits longer while at least this share of its texts is distinct: it then takes no more memory than with codes. */
const MIN_DISTINCT = 0.5;
/** Waiting rows of such a column after which its texts are looked at again, and how many times as many wait for the next look. */
const [FIRST_LOOK, NEXT_LOOK] = [2 ** 16, 4];

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
  const totals = arena.reserve(4 * width);
  kernels.gatherColumns(...([data, places, rows, width, texts, totals] as const));
  // a view: the builders copy it, and open arenas of their own
  const all = new Uint8Array(kernels.memory.buffer, texts, bytes.length);
  const sizes = new Uint32Array(kernels.memory.buffer, totals, width);
  let from = 0;
  for (let j = 0; j < width; j++) {
    const to = from + (sizes[j] as number);
    builders[j]?.addTexts(all.subarray(from, to), rows);
    from = to;
  }
}

/** @param mostWaiting rows that are kept before their codes are found */
function byteColumnBuilder(name: string, mostWaiting: number): ByteColumnBuilder {
  let known = noTexts();
  let codes = new Uint32Array(64);
  let rows = 0;
  const waiting = openTextList();
  // the number of waiting rows at which their codes are found
  let most = mostWaiting;

  /** Finds the codes of the waiting rows. */
  const settle = (): void => {
    if (waiting.count === 0) return;
    if (rows + waiting.count > codes.length) {
      const larger = new Uint32Array(Math.max(2 * codes.length, rows + waiting.count));
      larger.set(codes.subarray(0, rows));
      codes = larger;
    }
    known = findCodes(known, waiting, codes.subarray(rows));
    rows += waiting.count;
    waiting.clear();
  };
  /** Finds the codes of the waiting rows, or lets more rows wait if nearly all texts are distinct. */
  const settleOrWait = (): void => {
    if (rows > 0 && most > mostWaiting && distinctShare(waiting) >= MIN_DISTINCT) {
      most = NEXT_LOOK * waiting.count;
      return;
    }
    const before = known.count;
    const more = waiting.count;
    settle();
    // fewer searches where there are many texts: each copies those known
    most = known.count - before >= MIN_DISTINCT * more ? FIRST_LOOK : Math.max(mostWaiting, known.count);
  };
  return {
    add(text) {
      waiting.add(text);
      if (waiting.count >= most) settleOrWait();
    },
    addTexts(texts, more) {
      waiting.addAll(texts, more);
      if (waiting.count >= most) settleOrWait();
    },
    finish() {
      const isLazy = most > mostWaiting && waiting.count > 0;
      let joined: ByteTexts | undefined;
      const find = (): { codes: Uint32Array; texts: ByteTexts } => {
        if (joined) waiting.restore(joined.content(), known.count);
        joined = undefined;
        settle();
        const found = { codes: cut(codes, rows), texts: openTexts(known) };
        [known, codes] = [noTexts(), new Uint32Array(0)];
        return found;
      };
      if (!isLazy) {
        const found = find();
        return byteColumn(name, found.codes, found.texts);
      }
      waiting.trim();
      return lazyColumn(name, find, () => {
        const first = known.count;
        const every = new Uint32Array(rows + waiting.count);
        every.set(codes.subarray(0, rows));
        for (let i = rows; i < every.length; i++) every[i] = first + i - rows;
        joined = openTexts(joinTexts(known, waiting));
        waiting.clear();
        return byteColumn(name, every, joined);
      });
    },
  };
}

/** Apart from the builder: a function inside it would keep all of the builder's memory. */
function openTexts({ count, bytes, ends }: KnownTexts): ByteTexts {
  // cut to size: a table has many columns
  const found = { bytes: cut(bytes, ends[count] as number), ends: cut(ends, count + 1) };
  return openByteTexts(count, { content: () => found });
}

function cut<Values extends Uint8Array | Uint32Array>(values: Values, length: number): Values {
  return (values.length === length ? values : values.slice(0, length)) as Values;
}
