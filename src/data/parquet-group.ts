// Reads one row group of a Parquet file.
import type { ColumnDecoder, ColumnMetaData, DecodedArray, RowGroup, SchemaTree } from 'hyparquet/src/types.js';
import type { RandomAccess } from '../io/random-access.ts';
import { loadCodecs } from './parquet-codecs.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import type { Decoders } from './parquet-page-check.ts';
import { openPages, readPages, streamPages } from './parquet-pages.ts';

/** Values that any row group may have; a larger one may have MAX_RATIO per byte. */
const MAX_VALUES = 2 ** 24;
const MAX_RATIO = 250;

/** A row group, and how the bytes of its columns become texts. */
export interface GroupOptions {
  readonly group: RowGroup;
  readonly columns: readonly ParquetColumn[];
  /** Takes the bytes of a row of a column; the result is the row's value. */
  readonly take: (column: ParquetColumn, row: number, bytes: Uint8Array | undefined, path: unknown) => Promise<unknown>;
}

/**
 * Reads a row group: for each column, a function that gives the value in a row. The pages of a column of bytes are read one at a
 * time.
 * @throws Error or RangeError if it is damaged
 */
export async function readGroup(
  file: RandomAccess,
  { group, columns, take }: GroupOptions,
): Promise<((row: number) => unknown)[]> {
  const rows = Number(group.num_rows);
  const partOf = (schemaPath: readonly SchemaTree[]): Part => {
    const path = schemaPath.slice(1).map(({ element }) => element.name);
    const found = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === path.join('.'));
    const meta = found?.meta_data;
    if (!meta || found.file_path) throw new Error(`column ${path.join('.')} is missing in a row group`);
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const size = Number(meta.total_compressed_size);
    if (!(start >= 4 && size >= 0 && start + size <= file.byteLength)) throw new Error('a column that leaves the file');
    return { meta, start, size, schemaPath };
  };
  const parts = columns.map(({ schemaPath }) => partOf(schemaPath));
  const bytes = parts.reduce((sum, { size }) => sum + size, 0);
  if (!(rows >= 0 && rows * columns.length <= Math.max(MAX_VALUES, MAX_RATIO * bytes))) {
    throw new Error(`a row group of ${bytes} bytes that states ${rows} rows`);
  }
  const { decoders, decoder } = await loadDecoders();
  const decoderOf = ({ schemaPath, meta }: Part, utf8: boolean): ColumnDecoder => ({
    pathInSchema: schemaPath.slice(1).map(({ element }) => element.name),
    element: (schemaPath.at(-1) as SchemaTree).element,
    schemaPath: [...schemaPath],
    type: meta.type,
    codec: meta.codec,
    utf8,
    ...decoder,
  });
  const readPart = async (part: Part): Promise<(row: number) => unknown> => {
    const bytes = await file.slice(part.start, part.start + part.size);
    return valueAt(readPages(bytes, rows, decoderOf(part, true), decoders));
  };
  const values: ((row: number) => unknown)[] = [];
  for (const [j, part] of parts.entries()) {
    const column = columns[j] as ParquetColumn;
    if (column.bytes === 'no') {
      values.push(await readPart(part));
      continue;
    }
    const pathAt = column.pathSchema && (await readPart(partOf(column.pathSchema)));
    const taken: unknown[] = [];
    const pages = openPages(rows, decoderOf(part, false), decoders);
    for await (const page of streamPages(file, part, pages, decoders)) {
      for (const value of page) {
        const row = taken.length;
        taken.push(await take(column, row, inner(value) as Uint8Array | undefined, inner(pathAt?.(row))));
      }
    }
    values.push((row) => taken[row]);
  }
  return values;
}

/** A column's part of the file. */
interface Part {
  readonly meta: ColumnMetaData;
  readonly start: number;
  readonly size: number;
  readonly schemaPath: readonly SchemaTree[];
}

/** hyparquet puts a value inside an optional struct into a list, which is empty where the struct is missing. */
function inner(value: unknown): unknown {
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

async function loadDecoders(): Promise<{
  decoders: Decoders;
  decoder: Pick<ColumnDecoder, 'compressors' | 'parsers'>;
}> {
  const [
    compressors,
    { parquetHeader, readPage },
    { decompressPage },
    { deltaBinaryUnpack },
    { convert, DEFAULT_PARSERS },
  ] = await Promise.all([
    loadCodecs(),
    import('hyparquet/src/column.js'),
    import('hyparquet/src/datapage.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet/src/convert.js'),
  ]);
  return {
    decoders: { parquetHeader, readPage, decompressPage, deltaBinaryUnpack, convert },
    decoder: { compressors, parsers: DEFAULT_PARSERS },
  };
}

/** Gives the value in a row from consecutive arrays; call it with rows in ascending order. */
function valueAt(parts: readonly DecodedArray[]): (row: number) => unknown {
  let part = 0;
  let start = 0;
  return (row) => {
    while (row - start >= (parts[part] as DecodedArray).length) start += (parts[part++] as DecodedArray).length;
    return (parts[part] as DecodedArray)[row - start];
  };
}
