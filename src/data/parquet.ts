// Parquet by hyparquet, with the codecs of hyparquet-compressors; both are loaded when a Parquet file is read. A file or
// Blob is read a row group at a time.
import type { ColumnDecoder, DecodedArray, FileMetaData, RowGroup, SchemaTree } from 'hyparquet/src/types.js';
import { DebkdError, quote } from '../io/errors.ts';
import { inMemory, openRandomAccess, type RandomAccess } from '../io/random-access.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { isParquet } from './format-marks.ts';
import { loadCodecs } from './parquet-codecs.ts';
import { checkFooter } from './parquet-footer.ts';
import { type Decoders, readPages } from './parquet-pages.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

const CHUNK_ROWS = 16384;
/** Values of a row group, whatever its size; beyond, so many a byte. */
const MAX_VALUES = 2 ** 24;
const MAX_RATIO = 250;

/**
 * Reads Parquet into a Table: columns of numbers, text or booleans; null is missing.
 * @throws DebkdError `source`, `table`, `target` or `column`
 */
export async function readParquet(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openParquet(await parquetFile(source), nameOf(source)), options);
}

/** The file of a source; gzip is undone. */
async function parquetFile(source: Source): Promise<RandomAccess> {
  const file = await openRandomAccess(source);
  if (file && isParquet(new Uint8Array(await file.slice(0, 4)))) return file;
  await file?.close();
  return inMemory(await bytesOf(source));
}

/** Opens a file for reading in chunks of rows, as text; it is closed after the last. */
export async function openParquet(file: RandomAccess, name: string): Promise<RawRows> {
  const guard = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DebkdError) throw error;
      const why = String((error as Error).message ?? error).slice(0, 200);
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: the Parquet file cannot be read (${why}); write it again`,
      );
    }
  };
  const open = async (): Promise<{ metadata: FileMetaData; columns: SchemaTree[] }> => {
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    return guard(async () => {
      await checkFooter(file);
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      refuseNested(metadata, name);
      return { metadata, columns: flatColumns(parquetSchema(metadata), name) };
    });
  };
  const { metadata, columns } = await open().catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const header = columns.map(({ element }) => element.name);
  const scales = columns.map(({ element }) => scaleOf(element));
  const chunks = (async function* () {
    try {
      let rows = 0;
      for (const group of metadata.row_groups) {
        const values = await guard(() => readGroup(file, group, columns));
        const length = Number(group.num_rows);
        for (let from = 0; from < length; from += CHUNK_ROWS) {
          const count = Math.min(CHUNK_ROWS, length - from);
          yield Array.from({ length: count }, (_, i) =>
            header.map((column, j) => textOf(values[j]?.(from + i), column, name, scales[j])),
          );
        }
        rows += length;
      }
      await guard(() => {
        if (rows !== Number(metadata.num_rows)) throw new Error(`${rows} rows in it, ${metadata.num_rows} stated`);
      });
    } finally {
      await file.close();
    }
  })();
  return { name, header, chunks };
}

/** Before a tree is made of the columns, whose depth nobody bounds. @throws DebkdError `table` */
function refuseNested({ schema }: FileMetaData, name: string): void {
  const nested = schema.find(({ num_children: children }, k) => k > 0 && (children ?? 0) !== 0);
  if (nested) throw nestedColumn(String(nested.name), name);
  const [root] = schema;
  if (root?.num_children !== schema.length - 1)
    throw new Error(`${schema.length - 1} columns in it, ${root?.num_children} stated`);
}

function nestedColumn(column: string, name: string): DebkdError {
  return new DebkdError(
    'table',
    `data ${quote(name, 200)}: column ${quote(column)} is nested, expected plain values; flatten or drop it before`,
  );
}

/** The columns of a table without nested ones. @throws DebkdError `table` */
function flatColumns(schema: SchemaTree, name: string): SchemaTree[] {
  const seen = new Set<string>();
  for (const { element, children } of schema.children) {
    const column = element.name;
    if (typeof column !== 'string') throw new Error('a column without a name');
    if (children.length > 0 || element.repetition_type === 'REPEATED') throw nestedColumn(column, name);
    if (seen.has(column)) {
      throw new DebkdError('table', `data ${quote(name, 200)}: column ${quote(column)} appears twice; rename one`);
    }
    seen.add(column);
  }
  return schema.children;
}

/** The value of each column at a row of the group. */
async function readGroup(
  file: RandomAccess,
  group: RowGroup,
  columns: readonly SchemaTree[],
): Promise<((row: number) => unknown)[]> {
  const rows = Number(group.num_rows);
  const parts = columns.map(({ element }) => {
    const found = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === element.name);
    const meta = found?.meta_data;
    if (!meta || found.file_path) throw new Error(`column ${element.name} is missing in a row group`);
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const size = Number(meta.total_compressed_size);
    if (!(start >= 4 && size >= 0 && start + size <= file.byteLength)) throw new Error('a column that leaves the file');
    return { meta, start, size };
  });
  const bytes = parts.reduce((sum, { size }) => sum + size, 0);
  if (!(rows >= 0 && rows * columns.length <= Math.max(MAX_VALUES, MAX_RATIO * bytes))) {
    throw new Error(`a row group of ${bytes} bytes that states ${rows} rows`);
  }
  const { decoders, decoder } = await loadDecoders();
  const values: ((row: number) => unknown)[] = [];
  for (const [j, { meta, start, size }] of parts.entries()) {
    const tree = columns[j] as SchemaTree;
    const column = {
      ...{ pathInSchema: [tree.element.name], element: tree.element, schemaPath: [ROOT, tree] },
      ...{ type: meta.type, codec: meta.codec },
      ...decoder,
    };
    values.push(valueAt(readPages(await file.slice(start, start + size), rows, column, decoders)));
  }
  return values;
}

const ROOT = { element: { name: 'root', repetition_type: 'REQUIRED' }, children: [], count: 0, path: [] } as SchemaTree;

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

/** A value by its row, out of arrays that lie one after the other; rows are asked for in ascending order. */
function valueAt(parts: readonly DecodedArray[]): (row: number) => unknown {
  let part = 0;
  let start = 0;
  return (row) => {
    while (row - start >= (parts[part] as DecodedArray).length) start += (parts[part++] as DecodedArray).length;
    return (parts[part] as DecodedArray)[row - start];
  };
}

/** Digits behind the point of a DECIMAL column; undefined for others. */
function scaleOf({
  converted_type: converted,
  logical_type: logical,
  scale,
}: SchemaTree['element']): number | undefined {
  const isDecimal = converted === 'DECIMAL' || logical?.type === 'DECIMAL';
  const digits = scale ?? (logical?.type === 'DECIMAL' ? logical.scale : undefined) ?? 0;
  return isDecimal && digits >= 0 && digits <= 100 ? digits : undefined;
}

function textOf(value: unknown, column: string, name: string, scale: number | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  // the shortest decimal: what is made of it by a power of ten has rounding at its end
  if (typeof value === 'number' && scale !== undefined) return String(Number(value.toFixed(scale)));
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  // a date beyond what JavaScript has is no date
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.toISOString();
  const what = value instanceof Date ? 'a date out of range' : value instanceof Uint8Array ? 'bytes' : 'nested values';
  throw new DebkdError(
    'table',
    `data ${quote(name, 200)}: column ${quote(column)} holds ${what}, expected numbers, text or booleans; convert it before`,
  );
}
