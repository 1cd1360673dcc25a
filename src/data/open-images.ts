// Opens the images that a column of a table names: reads each once, checks its header, and keeps its digest. Pixels are decoded later.
import { quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { mapInOrder } from '../io/in-order.ts';
import type { TreeSource } from '../io/open-tree.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { sha256Bytes } from '../io/sha256.ts';
import { hashRows } from './hash.ts';
import { readHeader } from './image/header.ts';
import { imageColumn } from './image-columns.ts';
import type { ImageFiles } from './image-files.ts';
import { type ImageIndex, openImageIndex } from './image-index.ts';
import { imageFiles, imageTree, readImage } from './image-source.ts';
import { isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column, StoredTable, Table } from './table.ts';

/** Files that are read at a time. */
const CONCURRENT = 8;
/** Images between two calls of onProgress. */
const PROGRESS = 64;

/** Options of openImages. */
export interface OpenImagesOptions extends ProgressOptions {
  /** Name of the column of images; default: the one whose texts end in .png, .jpg and the like, or with a name such as `image`. */
  readonly image?: string | undefined;
  /**
   * Where the images are: the folder that the paths are relative to, an archive, sources by path, or the files of a browser's folder
   * picker. Default: the folder of the table's file.
   */
  readonly files?: TreeSource | FileTree | undefined;
}

/**
 * Opens the images that a column of a table names: reads each file once, and checks its header. No bytes stay in memory. The row
 * hashes then depend on the images' SHA-256 instead of their paths, so that equal images are in one part of a split.
 * @returns a view of the table; a table whose images are open is returned as it is
 * @throws DebkdError `column` if no column is clearly meant, `table` if a row has no path or one outside the folder, `source` if a file is
 * missing or no image
 * @example
 * const table = await openImages(await readTable('photos/data.csv', { target: 'label' }));
 */
export async function openImages<T extends AnyTable>(table: T, options: OpenImagesOptions = {}): Promise<T> {
  const name = imageColumn(table, options.image, 'a model of images');
  if (firstColumn(table, name)?.images) return table;
  const tree = await imageTree(table.name, name, options.files);
  const index = openImageIndex();
  const images = imageFiles(tree, index, `data ${quote(table.name, 200)}, column ${quote(name)}`);
  const hashes = new Uint32Array(table.hashes.length);
  for (const { chunk } of tableChunks(table)) {
    await readNew(chunk, name, { ...options, tree, index, total: table.rows });
    const { columns } = withImages(chunk, name, images);
    hashes.set(hashRows(columns, chunk.rows), 2 * (chunk.before ?? 0));
  }
  options.onProgress?.({ stage: 'images', done: table.rows, total: table.rows });
  const opened: AnyTable = isStored(table)
    ? withStoredImages(table, name, { images, hashes })
    : { ...withImages<Table>(table as Table, name, images), hashes };
  return opened as T;
}

/** Some rows of a table. */
export type OpenableRows = Pick<Table, 'name' | 'columns' | 'before'>;

/**
 * Opens the images of some rows, such as a chunk of a stream. The result has no part of a split.
 * @throws DebkdError as openImages
 */
export async function openChunkImages<T extends OpenableRows & { readonly rows: number }>(
  table: T,
  { image, tree, ...progress }: ProgressOptions & { readonly image: string; readonly tree: FileTree },
): Promise<T> {
  const index = openImageIndex();
  await readNew(table, image, { ...progress, tree, index, total: table.rows });
  return withImages(table, image, imageFiles(tree, index, `data ${quote(table.name, 200)}, column ${quote(image)}`));
}

function firstColumn(table: AnyTable, name: string): Column | undefined {
  const [first] = tableChunks(table);
  return first?.chunk.columns.find((column) => column.name === name);
}

function withImages<T extends OpenableRows>(table: T, name: string, images: ImageFiles): T {
  return { ...table, columns: table.columns.map((column) => (column.name === name ? { ...column, images } : column)) };
}

function withStoredImages(
  table: StoredTable,
  name: string,
  { images, hashes }: { readonly images: ImageFiles; readonly hashes: Uint32Array },
): StoredTable {
  let last: { readonly k: number; readonly chunk: Table } | undefined;
  return {
    ...table,
    hashes,
    chunk(k) {
      if (last?.k === k) return last.chunk;
      const stored = withImages(table.chunk(k), name, images);
      const from = 2 * (stored.before ?? 0);
      last = { k, chunk: { ...stored, hashes: hashes.subarray(from, from + 2 * stored.rows) } };
      return last.chunk;
    },
  };
}

interface Reading extends ProgressOptions {
  readonly tree: FileTree;
  readonly index: ImageIndex;
  /** Number of rows of the whole table. */
  readonly total: number;
}

/** Reads the images of a chunk that are not yet known. */
async function readNew(
  { name: data, columns, before = 0 }: OpenableRows,
  name: string,
  { tree, index, total, signal, onProgress }: Reading,
): Promise<void> {
  const { codes, texts } = columns.find((column) => column.name === name) as Column;
  const rows = firstRows(codes, texts.length);
  const pending: { readonly text: string; readonly row: number }[] = [];
  const queued = new Set<string>();
  for (const [code, text] of texts.entries()) {
    if (index.has(text) || queued.has(text)) continue;
    queued.add(text);
    pending.push({ text, row: rows[code] ?? 0 });
  }
  pending.sort((a, b) => a.row - b.row);
  const subjectOf = (row: number): string => `data ${quote(data, 200)}, column ${quote(name)}, row ${before + row + 1}`;
  const read = async ({ text, row }: { text: string; row: number }): Promise<void> => {
    signal?.throwIfAborted();
    const bytes = await readImage(tree, text, subjectOf(row));
    const header = readHeader(bytes, `${subjectOf(row)}, image ${quote(text, 200)}`);
    index.add(text, sha256Bytes(bytes), header);
  };
  let done = 0;
  for await (const _ of mapInOrder(pending, CONCURRENT, read)) {
    if (++done % PROGRESS > 0) continue;
    const row = pending[done - 1]?.row ?? 0;
    onProgress?.({ stage: 'images', done: Math.min(total, before + row), total });
    await yieldToEventLoop();
  }
}

/** The first row of each code; undefined for a text of no row. */
function firstRows(codes: Uint32Array, count: number): (number | undefined)[] {
  const rows = new Array<number | undefined>(count).fill(undefined);
  for (let row = 0; row < codes.length; row++) rows[codes[row] as number] ??= row;
  return rows;
}
