// Parquet by hyparquet, with the codecs of hyparquet-compressors; both are loaded when a Parquet file is read.
import { DebkdError, quote } from '../io/errors.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

const CHUNK_ROWS = 16384;

/**
 * Reads Parquet into a Table: columns of numbers, text or booleans; null is missing.
 * @throws DebkdError `source`, `table`, `target` or `column`
 */
export async function readParquet(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openParquet(await bytesOf(source), nameOf(source)), options);
}

/** Opens a whole file in memory for reading in chunks of rows, as text. */
export async function openParquet(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<RawRows> {
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
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
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = await guard(() => parquetMetadata(file));
  const header = await guard(() =>
    parquetSchema(metadata).children.map(({ element, children }) => {
      if (children.length === 0) return element.name;
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: column ${quote(element.name)} is nested, expected plain values; flatten or drop it before`,
      );
    }),
  );
  const rows = Number(metadata.num_rows);
  const chunks = (async function* () {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      let read: unknown[][] = [];
      const rowEnd = Math.min(rows, from + CHUNK_ROWS);
      const onComplete = (part: unknown[][]): void => {
        read = part;
      };
      await guard(() =>
        parquetRead({ file, metadata, compressors, rowStart: from, rowEnd, onComplete: onComplete as never }),
      );
      yield read.map((values) => header.map((column, j) => textOf(values[j], column, name)));
    }
  })();
  return { name, header, chunks };
}

function textOf(value: unknown, column: string, name: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  throw new DebkdError(
    'table',
    `data ${quote(name, 200)}: column ${quote(column)} holds ${value instanceof Uint8Array ? 'bytes' : 'nested values'}, expected numbers, text or booleans; convert it before`,
  );
}
