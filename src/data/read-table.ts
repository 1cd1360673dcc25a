// Reads a table in any format: Parquet, npy, NDJSON and archives are recognised by their first bytes, all else is CSV.
import { DebkdError, quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { isFolder, openFolder } from '../io/folder-tree.ts';
import { ARCHIVE_HEAD, openArchive } from '../io/open-tree.ts';
import { otherFormat } from '../io/other-format.ts';
import { inMemory, openRandomAccess } from '../io/random-access.ts';
import { chunksOf, concat, nameOf, type Source } from '../io/source.ts';
import { isTar } from '../io/tar-tree.ts';
import { buildTable } from './build-table.ts';
import { openRows } from './csv.ts';
import { isNpy, isParquet } from './format-marks.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** Formats of tables. */
export type TableFormat = 'csv' | 'ndjson' | 'parquet' | 'npy';

/** Characters that tell the format, after white space. */
const MAX_MAGIC = 6;
/** Bytes in which they must be. */
const MAX_PEEKED = 4096;

/**
 * Reads a table from CSV, NDJSON, Parquet or npy, gzip or not; the first bytes tell the format. A folder or an archive (.zip, .tar,
 * .tar.gz) is read as readImageFolder does.
 * @throws DebkdError `source`, `table`, `target` or `column`
 * @example
 * const table = await readTable('rows.parquet', { target: 'label', drop: ['id'] });
 */
export async function readTable(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable((await openTable(chunksOf(source), nameOf(source), source)).rows, options);
}

/**
 * Opens bytes in any of the formats for reading row by row.
 * @param source of the bytes; if it allows random access, Parquet is read from it by row groups and never whole
 */
export async function openTable(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  source?: Source,
): Promise<{ format: TableFormat; rows: RawRows }> {
  if ((typeof source === 'string' || source instanceof URL) && (await isFolder(source))) {
    await bytes.return(undefined);
    return openImageRows(await openFolder(source));
  }
  const { start, head, all } = await peek(bytes);
  if (isParquet(start)) {
    const { openParquet } = await import('./parquet.ts');
    const file = source === undefined ? undefined : await openRandomAccess(source);
    if (file && isParquet(new Uint8Array(await file.slice(0, 4)))) {
      await all.return(undefined);
      return { format: 'parquet', rows: await openParquet(file, name) };
    }
    await file?.close();
    return { format: 'parquet', rows: await openParquet(inMemory(await readAll(all)), name) };
  }
  const other = otherFormat(start);
  if (other?.kind === 'zip' && OFFICE.test(name)) throw officeDocument(name);
  if (other?.kind === 'zip' || isTar(start)) {
    const tree = await openArchive(source ?? new Uint8Array(0), name, all);
    return openImageRows(tree);
  }
  if (other !== undefined) {
    const isPicture = other.kind === 'picture';
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: `this is ${other.what}`,
      expected: 'CSV with a header, NDJSON, Parquet or npy',
      remedy: isPicture
        ? ['give the folder or the archive that the pictures are in', 'give a table with a column of their paths']
        : other.remedy,
    });
  }
  if (isNpy(start)) {
    const { openNpy } = await import('./npy.ts');
    return { format: 'npy', rows: openNpy(await readAll(all), name) };
  }
  if (/^\[\s*($|[[{\]])/.test(head)) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'this is a JSON array',
      expected: 'NDJSON (one object per line), CSV with a header, Parquet or npy',
      remedy: "convert it, for example with jq -c '.[]'",
    });
  }
  if (head.startsWith('{')) {
    const { openNdjson } = await import('./ndjson.ts');
    return { format: 'ndjson', rows: await openNdjson(all, name) };
  }
  return { format: 'csv', rows: await openRows(all, name) };
}

/** The rows of a folder or an archive of images. @throws DebkdError `table` if it has none */
async function openImageRows(tree: FileTree): Promise<{ format: TableFormat; rows: RawRows }> {
  const [{ imageRows }, { withoutImages }] = await Promise.all([
    import('./image-folder.ts'),
    import('./image-folder-errors.ts'),
  ]);
  const rows = await imageRows(tree);
  if (rows) return { format: rows.table?.format ?? 'csv', rows };
  const isWorkbook = (await tree.paths()).includes('[Content_Types].xml');
  throw isWorkbook ? officeDocument(tree.name) : withoutImages(tree);
}

/** Names of documents that are ZIP archives. */
const OFFICE = /\.(xls[xmb]|od[st]|docx|pptx|numbers)$/i;

function officeDocument(name: string): DebkdError {
  return new DebkdError('table', {
    subject: `data ${quote(name, 200)}`,
    seen: 'this is a document of an office program, such as an Excel workbook',
    expected: 'CSV with a header, NDJSON, Parquet or npy',
    remedy: 'save it as CSV (UTF-8)',
  });
}

async function readAll(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const chunk of bytes) parts.push(chunk);
  return concat(parts);
}

/** The first bytes, the first characters after white space, and all bytes from the start. */
async function peek(
  bytes: AsyncGenerator<Uint8Array>,
): Promise<{ start: Uint8Array; head: string; all: AsyncGenerator<Uint8Array> }> {
  let start: Uint8Array = new Uint8Array(0);
  let head = '';
  // a file that begins with more white space has no signature
  // a zero byte within the first block may be the end of a name in a tar archive, whose mark follows later
  const isUnclear = (): boolean => start.length < ARCHIVE_HEAD && start.includes(0);
  while ((head.length < MAX_MAGIC && start.length < MAX_PEEKED) || isUnclear()) {
    const { done, value } = await bytes.next();
    if (done) break;
    start = start.length === 0 ? value : concat([start, value]);
    head = new TextDecoder().decode(start.subarray(0, MAX_PEEKED)).trimStart().slice(0, MAX_MAGIC);
  }
  const all = (async function* () {
    if (start.length > 0) yield start;
    yield* bytes;
  })();
  return { start, head, all };
}
