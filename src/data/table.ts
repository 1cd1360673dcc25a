// Tables of raw text, in memory or in a file: a column is its distinct texts and one code per row.
import type { DebkdError } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import type { TempFile } from '../io/temp-file.ts';
import type { RowPart } from './field-block.ts';
import type { ImageFiles } from './image-files.ts';
import type { Rasters } from './image-rows.ts';

/** One column as raw text: the text of row i is texts[codes[i]]. */
export interface Column {
  /** Name in the header. */
  readonly name: string;
  /** Index of each row's text in `texts`; [rows]. */
  readonly codes: Uint32Array;
  /** Distinct texts in order of first appearance; in a chunk of a stored table a text may appear twice. */
  readonly texts: readonly string[];
  /** The images that the texts name; absent if the column has none. */
  readonly images?: ImageFiles;
  /** The images decoded for a student (decodeImages); absent before. */
  readonly rasters?: Rasters;
}

/** Rows as raw text by column, with a label and a hash per row. */
export interface Table {
  /** What the data was read from, for messages. */
  readonly name: string;
  /** Number of rows. */
  readonly rows: number;
  /** The features, in the file's order. */
  readonly columns: readonly Column[];
  /** The columns that `drop` names: no features, but still readable. */
  readonly dropped: readonly Column[];
  /** Name of the label column and its values of class 1 and class 0; absent without a target. */
  readonly target?: { readonly name: string; readonly positive: string; readonly negative: string };
  /** Spellings of a missing value other than the empty field, if TableOptions set them. */
  readonly missing?: readonly string[];
  /** Number of rows before the first, if this is a chunk of a larger table; default 0. */
  readonly before?: number;
  /** What the reader left out, such as files that are no images; absent if nothing. */
  readonly notes?: readonly string[];
  /** 1, 0, or -1 for an unlabelled row; [rows]. */
  readonly labels: Int8Array;
  /** The first two 32-bit words of the SHA-256 of each row's features; [rows x 2]. */
  readonly hashes: Uint32Array;
}

/** A table in a file, for data larger than memory. Dispose of it after use. */
export interface StoredTable
  extends Pick<Table, 'name' | 'rows' | 'target' | 'missing' | 'notes' | 'labels' | 'hashes'>,
    Disposable {
  /** Names of the features, in the file's order. */
  readonly columns: readonly string[];
  /** Names of the columns that `drop` names. */
  readonly dropped: readonly string[];
  /** Number of chunks in the file. */
  readonly chunks: number;
  /** Reads chunk k as a table in memory; the last chunk is cached. A column may list a text twice. */
  chunk(k: number): Table;
  /** Opens a temporary file in the same folder. */
  readonly openTempFile: () => TempFile;
}

/** A table in memory or in a file. */
export type AnyTable = Table | StoredTable;

/** Options for reading a table. */
export interface TableOptions {
  /** Name of the label column; default none: no row has a label. */
  readonly target?: string;
  /** The value of the label column that is class 1; default 1, true or yes. */
  readonly positive?: string;
  /** Names of columns that are not features; default none. */
  readonly drop?: readonly string[];
  /** Name of the column of row weights, which is no feature, as if `drop` named it; encodeParts and encode read it. Default none. */
  readonly weights?: string;
  /** Spellings of a missing value other than the empty field, in any case; default na, n/a, #n/a, <na>, nan, null, ? */
  readonly missing?: readonly string[];
  /** `values`: the label column may be empty or of one class, as while the first rows are labelled; `column`: it may also be absent. Default neither. */
  readonly mayLackLabels?: 'values' | 'column';
  /**
   * Texts by column that a student lists (Student.listedTexts): a number or a boolean of NDJSON or Parquet that is not among
   * them becomes the one that is the same, as in a record. Default none.
   */
  readonly listed?: ReadonlyMap<string, readonly string[]>;
}

/** The names of TableOptions. */
export const TABLE_OPTIONS: Readonly<Record<keyof TableOptions, true>> = {
  target: true,
  positive: true,
  drop: true,
  weights: true,
  missing: true,
  mayLackLabels: true,
  listed: true,
};

/** A header and its rows, chunk by chunk; every row has as many fields as the header. */
export interface RawRows {
  readonly name: string;
  readonly header: readonly string[];
  /** Chunks of rows, in order. */
  readonly chunks: AsyncGenerator<readonly (readonly string[])[]>;
  /** The same rows, with those that need no string for each field as bytes; only for CSV. Read this or `chunks`. */
  readonly parts?: AsyncGenerator<readonly RowPart[]>;
  /** The values of a row from `chunks` as the JSON has them, by column; only for NDJSON. */
  readonly valuesOf?: (row: readonly string[]) => ReadonlyMap<string, string>;
  /** Whether a value of a row from `chunks` is a number or a boolean rather than text; only for formats that tell them apart. */
  readonly isPlain?: (row: readonly string[], column: number) => boolean;
  /** The images that columns name, where the data itself has them; complete when all rows are read. */
  readonly images?: ReadonlyMap<string, FileTree>;
  /** What the reader left out; complete when all rows are read. */
  readonly notes?: readonly string[];
  /** Changes the error of a label column that is not binary, where the source knows a better remedy. */
  readonly explain?: (error: DebkdError) => DebkdError;
}
