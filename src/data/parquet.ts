// Reads Parquet with hyparquet and hyparquet-compressors, both loaded on demand. A file or Blob is read one row group
// at a time.
import type { FileMetaData, SchemaTree } from 'hyparquet/src/types.js';
import { DebkdError, quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { inMemory, openRandomAccess, type RandomAccess } from '../io/random-access.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { isParquet } from './format-marks.ts';
import { type ByteReader, openByteReader } from './parquet-bytes.ts';
import { columnsOf, type ParquetColumn, refuseNested } from './parquet-columns.ts';
import { checkFooter } from './parquet-footer.ts';
import { readGroup } from './parquet-group.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** Rows of a chunk of texts. */
const CHUNK_ROWS = 16384;
/**
 * Reads Parquet into a Table. The columns are numbers, texts, booleans or images (their bytes, or a struct of bytes and path); null is
 * a missing value.
 * @throws DebkdError `source`, `table`, `target` or `column`
 */
export async function readParquet(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openParquet(await parquetFile(source), nameOf(source)), options);
}

/** Opens a source for random access; a gzip file is unpacked into memory. */
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
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `the Parquet file cannot be read (${why})`,
        remedy: ['copy it again', 'write it again'],
      });
    }
  };
  const open = async (): Promise<{ metadata: FileMetaData; columns: ParquetColumn[] }> => {
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    return guard(async () => {
      await checkFooter(file);
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      refuseNested(metadata, name);
      return { metadata, columns: columnsOf(parquetSchema(metadata), name) };
    });
  };
  const { metadata, columns } = await open().catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const header = columns.map((column) => column.name);
  const scales = columns.map(({ schemaPath }) => scaleOf((schemaPath.at(-1) as SchemaTree).element));
  const readers = new Map(columns.map((column) => [column, openByteReader(column, name)]));
  const images = new Map<string, FileTree>();
  const chunks = (async function* () {
    try {
      let rows = 0;
      for (const group of metadata.row_groups) {
        const before = rows;
        const values = await guard(() =>
          readGroup(file, {
            group,
            columns,
            take: async (column, row, bytes, path) => {
              const reader = readers.get(column) as ByteReader;
              const text = await reader.take(bytes, before + row, path);
              const tree = reader.images();
              if (tree) images.set(column.name, tree);
              return text;
            },
          }),
        );
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
  const mayHaveImages = columns.some(({ bytes }) => bytes !== 'no');
  const isPlain = (_: readonly string[], j: number): boolean => columns[j]?.isPlain ?? false;
  return { name, header, chunks, isPlain, ...(mayHaveImages && { images }) };
}

/** Digits after the decimal point of a DECIMAL column; undefined for other columns. */
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
  // the shortest decimal: multiplying by a power of ten has left a rounding error
  if (typeof value === 'number' && scale !== undefined) return String(Number(value.toFixed(scale)));
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  // dates outside the range of JavaScript are refused
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.toISOString();
  const what = value instanceof Date ? 'a date out of range' : value instanceof Uint8Array ? 'bytes' : 'nested values';
  throw new DebkdError('table', {
    subject: `data ${quote(name, 200)}, column ${quote(column)}`,
    seen: what,
    expected: 'numbers, text or booleans',
    remedy: ['convert it', 'remove it from the file'],
  });
}
