// A Table keeps raw text: each column as its distinct texts and one code a row.
import type { TempFile } from '../io/temp-file.ts';

/** Raw text of one column: the text of row i is texts[codes[i]]. */
export interface Column {
  /** As in the header. */
  readonly name: string;
  /** The place in `texts` of each row, [rows]. */
  readonly codes: Uint32Array;
  /** Distinct texts in order of first appearance. */
  readonly texts: readonly string[];
}

/** Rows as they were written, by column, with a label and a hash for each. */
export interface Table {
  /** What the data was read from, for messages. */
  readonly name: string;
  /** How many. */
  readonly rows: number;
  /** The features, in the file's order. */
  readonly columns: readonly Column[];
  /** Columns set aside by `drop`. */
  readonly dropped: readonly Column[];
  /** The label column's name and the texts of class 1 and class 0; absent without a target. */
  readonly target?: { readonly name: string; readonly positive: string; readonly negative: string };
  /** What counts as missing, as the empty field does, where TableOptions say so. */
  readonly missing?: readonly string[];
  /** Rows before the first, where this is a piece of a larger table; default 0. */
  readonly before?: number;
  /** 1, 0, or -1 for an unlabelled row; [rows]. */
  readonly labels: Int8Array;
  /** The first two 32-bit words of SHA-256 over each row's features; [rows x 2]. */
  readonly hashes: Uint32Array;
}

/** A table in a file, for rows that memory does not hold. Dispose of it when it is no longer needed. */
export interface StoredTable
  extends Pick<Table, 'name' | 'rows' | 'target' | 'missing' | 'labels' | 'hashes'>,
    Disposable {
  /** Names of the features, in the file's order. */
  readonly columns: readonly string[];
  /** Names of the columns set aside by `drop`. */
  readonly dropped: readonly string[];
  /** How many chunks of rows the file has. */
  readonly chunks: number;
  /** A chunk as a table in memory, some of whose texts may appear twice; the chunk read last is kept. */
  chunk(k: number): Table;
  /** Opens a temporary file in the same folder. */
  readonly openTempFile: () => TempFile;
}

/** A table in memory or in a file. */
export type AnyTable = Table | StoredTable;

/** How a table is read. */
export interface TableOptions {
  /** The label column; left out, no row has a label. */
  readonly target?: string;
  /** The value of it that is class 1; default 1, true or yes. */
  readonly positive?: string;
  /** Columns that are not features. */
  readonly drop?: readonly string[];
  /** Texts that stand for a missing value beside the empty field, whatever their case; default na, n/a, #n/a, <na>, nan, null, ? */
  readonly missing?: readonly string[];
}

/** A header and then its rows, chunk by chunk; every row has the header's number of fields. */
export interface RawRows {
  readonly name: string;
  readonly header: readonly string[];
  /** Rows in order. `line` numbers start at 1 for the row after the header. */
  readonly chunks: AsyncGenerator<readonly (readonly string[])[]>;
  /** The values of a row that was yielded, by column, as they are written, where the data is JSON. */
  readonly valuesOf?: (row: readonly string[]) => ReadonlyMap<string, string>;
}
