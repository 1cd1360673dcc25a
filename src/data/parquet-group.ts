// Reads one row group of a Parquet file.
import type { ColumnDecoder, DecodedArray, RowGroup, SchemaTree } from 'hyparquet/src/types.js';
import type { RandomAccess } from '../io/random-access.ts';
import { loadCodecs } from './parquet-codecs.ts';
import type { Decoders } from './parquet-page-check.ts';
import { readPages } from './parquet-pages.ts';

/** Values that any row group may have; a larger one may have MAX_RATIO per byte. */
const MAX_VALUES = 2 ** 24;
const MAX_RATIO = 250;

/**
 * Reads a row group: for each column, a function that gives the value in a row.
 * @throws Error or RangeError if it is damaged
 */
export async function readGroup(
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
      pathInSchema: [tree.element.name],
      element: tree.element,
      schemaPath: [ROOT, tree],
      type: meta.type,
      codec: meta.codec,
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

/** Gives the value in a row from consecutive arrays; call it with rows in ascending order. */
function valueAt(parts: readonly DecodedArray[]): (row: number) => unknown {
  let part = 0;
  let start = 0;
  return (row) => {
    while (row - start >= (parts[part] as DecodedArray).length) start += (parts[part++] as DecodedArray).length;
    return (parts[part] as DecodedArray)[row - start];
  };
}
