// Raw columns of some rows of a stored table, for a teacher that encodes them itself. Their codes are in memory; numbers and texts are
// read from the file when the teacher asks for them.
import { concat } from '../io/source.ts';
import { columnBuilder } from './build-table.ts';
import { byteColumn, byteTextsOf, openByteTexts, textAt } from './byte-texts.ts';
import type { TextBytes } from './parse-numbers.ts';
import { type RawColumns, rawColumns, type StoredRaw, selectRawRows } from './raw-columns.ts';
import { CHUNK_ROWS, tableChunks } from './row-source.ts';
import type { Column, StoredTable } from './table.ts';

/** The given rows of a table, as a teacher takes them. @param rows row numbers, ascending */
export function storedRaw(table: StoredTable, rows: Uint32Array): StoredRaw {
  return {
    rows: rows.length,
    read: (from, to) => readRows(table, rows.subarray(from, to)),
    select(chosen) {
      const order = Uint32Array.from(chosen.keys()).sort(
        (i, j) => (chosen[i] as number) - (chosen[j] as number) || i - j,
      );
      const places = new Uint32Array(order.length);
      order.forEach((i, place) => {
        places[i] = place;
      });
      return selectRawRows(
        readRows(
          table,
          order.map((i) => rows[chosen[i] as number] as number),
        ),
        places,
      );
    },
  };
}

/** The most chunks that stay in memory with the rows that were read from them. */
const HELD = 4;

/** Some rows of one chunk. */
interface Piece {
  readonly k: number;
  readonly raw: RawColumns;
}

/** Reads rows of a table into memory, chunk by chunk. */
function readRows(table: StoredTable, rows: Uint32Array): RawColumns {
  const pieces = Array.from(tableChunks(table, rows), ({ chunk, rows: local }): Piece => {
    return { k: (chunk.before as number) / CHUNK_ROWS, raw: rawColumns(chunk, local as Uint32Array) };
  });
  const [first] = pieces;
  if (pieces.length === 1) return (first as Piece).raw;
  return {
    name: table.name,
    rows: rows.length,
    columns: table.columns.map((name, j) => joinPieces(table, { name, j, pieces })),
    rowNumbers: rows.slice(),
    ...(table.missing && { missing: table.missing }),
  };
}

interface Joined {
  readonly name: string;
  /** The column's place among the features. */
  readonly j: number;
  readonly pieces: readonly Piece[];
}

/** A column of the rows of several chunks; a text of two chunks appears twice. */
function joinPieces(table: StoredTable, { name, j, pieces }: Joined): Column {
  const columns = pieces.map(({ raw }) => raw.columns[j] as Column);
  const [first] = columns;
  if (!first || columns.some((column) => !byteTextsOf(column))) return joinStrings(name, columns);
  const rows = columns.reduce((sum, { codes }) => sum + codes.length, 0);
  const codes = new Uint32Array(rows);
  // of each chunk, the codes of the texts that its rows have
  const kept: Uint32Array[] = [];
  let [row, count] = [0, 0];
  for (const column of columns) {
    const places = new Uint32Array(byteTextsOf(column)?.count as number);
    const own = new Uint32Array(Math.min(places.length, column.codes.length));
    let found = 0;
    const { codes: all } = column;
    // indices instead of iterators, which make an object for each code
    for (let i = 0; i < all.length; i++) {
      const code = all[i] as number;
      if (places[code] === 0) {
        own[found++] = code;
        places[code] = found;
      }
      codes[row++] = count + (places[code] as number) - 1;
    }
    kept.push(own.slice(0, found));
    count += found;
  }
  // of many chunks, each is opened again: all in memory would be as large as the table
  const reopen = (p: number) => {
    const isHeld = pieces.length <= HELD;
    const column = (isHeld ? columns[p] : table.chunk((pieces[p] as Piece).k).columns[j]) as Column;
    return byteTextsOf(column) as NonNullable<ReturnType<typeof byteTextsOf>>;
  };
  const numbers = (): Float64Array => {
    const all = new Float64Array(count);
    let at = 0;
    kept.forEach((own, p) => {
      const source = reopen(p).numbers();
      for (let i = 0; i < own.length; i++) all[at++] = source[own[i] as number] as number;
    });
    return all;
  };
  return byteColumn(name, codes, openByteTexts(count, { content: () => joinTexts(kept, reopen), numbers }));
}

/** The chosen texts of each piece, one after the other. */
function joinTexts(kept: readonly Uint32Array[], open: (p: number) => { content(): TextBytes }): TextBytes {
  const count = kept.reduce((sum, own) => sum + own.length, 0);
  const ends = new Uint32Array(count + 1);
  const parts: Uint8Array[] = [];
  let at = 0;
  kept.forEach((own, p) => {
    const source = open(p).content();
    const before = ends[at] as number;
    for (let i = 0; i < own.length; i++) {
      const code = own[i] as number;
      ends[at + 1] = (ends[at] as number) + (source.ends[code + 1] as number) - (source.ends[code] as number);
      at++;
    }
    const part = new Uint8Array((ends[at] as number) - before);
    let to = 0;
    for (let i = 0; i < own.length; i++) {
      const last = source.ends[(own[i] as number) + 1] as number;
      for (let from = source.ends[own[i] as number] as number; from < last; from++)
        part[to++] = source.bytes[from] as number;
    }
    parts.push(part);
  });
  return { bytes: concat(parts), ends };
}

function joinStrings(name: string, columns: readonly Column[]): Column {
  const builder = columnBuilder(name);
  for (const column of columns) for (const code of column.codes) builder.add(textAt(column, code));
  const images = columns[0]?.images;
  return { ...builder.finish(), ...(images && { images }) };
}
