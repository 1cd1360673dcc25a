// A table from whatever it is in: Parquet and NDJSON by their first bytes, CSV otherwise.
import { chunksOf, concat, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { openRows } from './csv.ts';
import { openNdjson } from './ndjson.ts';
import { openParquet } from './parquet.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

export type TableFormat = 'csv' | 'ndjson' | 'parquet';

/** Reads a table in any of the formats. @throws as readCsv */
export async function readTable(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable((await openTable(chunksOf(source), nameOf(source))).rows, options);
}

/** Opens bytes in any of the formats, for reading row by row. */
export async function openTable(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
): Promise<{ format: TableFormat; rows: RawRows }> {
  const { head, all } = await peek(bytes);
  if (head.startsWith('PAR1')) {
    const parts: Uint8Array[] = [];
    for await (const chunk of all) parts.push(chunk);
    return { format: 'parquet', rows: await openParquet(concat(parts), name) };
  }
  if (head.startsWith('{')) return { format: 'ndjson', rows: await openNdjson(all, name) };
  return { format: 'csv', rows: await openRows(all, name) };
}

/** The first characters after white space, and all bytes from the start. */
async function peek(bytes: AsyncGenerator<Uint8Array>): Promise<{ head: string; all: AsyncGenerator<Uint8Array> }> {
  let start: Uint8Array = new Uint8Array(0);
  let head = '';
  while (head.length < 4) {
    const { done, value } = await bytes.next();
    if (done) break;
    start = concat([start, value]);
    head = new TextDecoder().decode(start.subarray(0, 4096)).trimStart().slice(0, 4);
  }
  const all = (async function* () {
    if (start.length > 0) yield start;
    yield* bytes;
  })();
  return { head, all };
}
