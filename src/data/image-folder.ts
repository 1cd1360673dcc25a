// Images without a table: a folder with one folder for each class, or with a table in the same folder; also in an archive or a list.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { compareBytes, type FileTree } from '../io/file-tree.ts';
import { openTree, type TreeSource } from '../io/open-tree.ts';
import { buildTable } from './build-table.ts';
import { isImagePath } from './image-columns.ts';
import { inFolders, inNoFolder, withoutImages } from './image-folder-errors.ts';
import { missingTest } from './missing.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** The column of paths, and the label column. */
const IMAGE = 'image';
const LABEL = 'label';
/** Rows of a chunk. */
const CHUNK_ROWS = 4096;
/** Endings of tables. */
const TABLE = /\.(csv|tsv|ndjson|jsonl|parquet)(\.gz)?$/i;
/** Names that a table has among other tables. */
const MAIN_TABLE = /^(data|metadata|labels)\.[a-z.]+$/i;
/** Tables that hold the parts of a split. */
const SPLIT = /^split[-_.]/i;
/** Folders that are the parts of a split, not classes. */
const PARTS = /^(train|training|val|valid|validation|dev|test|testing)$/i;

/**
 * Reads images without a table of their paths: the path of a folder, an archive (.zip, .tar, .tar.gz), sources by path, or the files of a
 * browser's folder picker. With a folder for each class the table has the columns `image` and `label`, the name of the first folder on the
 * path; without folders it has no label. Hidden files and files that are no images are left out, with a note. A table such as data.csv
 * in the same folder is read instead; its column of images is opened.
 * @throws DebkdError as readTable and openImages
 * @example
 * const table = await readImageFolder('photos', { positive: 'cat' });
 */
export async function readImageFolder(source: TreeSource, options: TableOptions = {}): Promise<Table> {
  const tree = await openTree(source);
  const rows = await imageRows(tree);
  if (rows === undefined) throw withoutImages(tree);
  const named = rows.table ? rows : renamed(rows, options.target ?? LABEL);
  const target = options.target ?? (named.header.includes(LABEL) ? LABEL : undefined);
  return buildTable(named, { ...options, ...(target !== undefined && { target }) });
}

function renamed(rows: RawRows, label: string): RawRows {
  return { ...rows, header: rows.header.map((name) => (name === LABEL ? label : name)) };
}

/** Rows of images; `table` if a table in their folder was read. */
export interface FolderRows extends RawRows {
  readonly table?: { readonly format: 'csv' | 'ndjson' | 'parquet' | 'npy' };
}

/** The rows of a folder or an archive of images; undefined if it has neither images nor a table. */
export async function imageRows(tree: FileTree): Promise<FolderRows | undefined> {
  const all = await tree.paths();
  const outer = wrapperOf(all);
  const paths = all.map((path) => path.slice(outer.length));
  const images = paths.filter(isImagePath);
  const table = tableOf(paths, tree);
  const inner = outer === '' ? tree : within(tree, outer);
  if (table !== undefined) return tableRows(inner, table);
  if (images.length === 0) return undefined;
  return folderRows(inner, images, paths.length - images.length);
}

/** The folders around all files, such as the one that was packed: while there is one folder, which holds folders or a table. */
function wrapperOf(paths: readonly string[]): string {
  let outer = '';
  for (;;) {
    const inner = paths.map((path) => path.slice(outer.length));
    const [first = ''] = inner[0]?.split('/') ?? [];
    const isWrapper =
      inner.length > 0 &&
      inner.every((path) => path.startsWith(`${first}/`)) &&
      inner.some((path) => path.slice(first.length + 1).includes('/') || TABLE.test(path));
    if (!isWrapper) return outer;
    outer += `${first}/`;
  }
}

/** A view of a folder in a tree. */
function within(tree: FileTree, folder: string): FileTree {
  const { root } = tree;
  return {
    place: tree.place,
    name: tree.name,
    ...(root !== undefined && { root: `${root}/${folder.slice(0, -1)}` }),
    paths: async () =>
      (await tree.paths()).filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)),
    read: (path) => tree.read(`${folder}${path}`),
  };
}

/** The only table in the folder, or the one with a usual name. @throws DebkdError `table` */
function tableOf(paths: readonly string[], { place }: FileTree): string | undefined {
  const tables = paths.filter((path) => !path.includes('/') && TABLE.test(path) && !SPLIT.test(path));
  const main = tables.filter((path) => MAIN_TABLE.test(path));
  if (tables.length < 2) return tables[0];
  if (main.length === 1) return main[0];
  throw new DebkdError('table', {
    subject: place,
    seen: `${tables.length} tables (${listed(tables, 5)})`,
    expected: 'one, or one that is named data.csv',
    remedy: 'give the path of the table itself',
  });
}

async function tableRows(tree: FileTree, path: string): Promise<FolderRows> {
  const { openTable } = await import('./read-table.ts');
  const { unzipped } = await import('../io/source.ts');
  const bytes = (await tree.read(path)) ?? new Uint8Array(0);
  const chunks = (async function* () {
    yield bytes;
  })();
  const name = `${tree.name}/${path}`;
  const { format, rows } = await openTable(unzipped(chunks, name), name);
  if (rows.images) return { ...rows, table: { format } };
  // which column has the paths is known when rows have been read
  const images = new Map<string, FileTree>();
  const first = (async function* () {
    let isFirst = true;
    for await (const chunk of rows.chunks) {
      if (isFirst) for (const column of pathColumns(rows.header, chunk)) images.set(column, tree);
      isFirst = false;
      yield chunk;
    }
  })();
  const { parts: _, ...rest } = rows;
  return { ...rest, chunks: first, images, table: { format } };
}

/** The columns of a chunk whose texts mostly end as images do. */
function pathColumns(header: readonly string[], chunk: readonly (readonly string[])[]): string[] {
  return header.filter((_, j) => {
    const texts = chunk.map((row) => row[j] as string).filter((text) => text !== '');
    return texts.length > 0 && texts.filter(isImagePath).length > texts.length / 2;
  });
}

/** The rows of images in folders, or of images alone. @throws DebkdError `table` */
function folderRows(tree: FileTree, paths: readonly string[], others: number): FolderRows {
  const subject = `data ${quote(tree.name, 200)}`;
  const loose = paths.filter((path) => !path.includes('/'));
  const classes = [...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0] as string))];
  if (classes.length > 1 && classes.every((name) => PARTS.test(name))) {
    throw new DebkdError('table', {
      subject,
      seen: `its folders (${listed(classes, 5)}) are parts of a split, not classes`,
      expected: 'a folder for each class',
      remedy: ['give one of them', 'give a table with the columns image and label, and the parts as a split'],
    });
  }
  if (loose.length > 0 && classes.length > 0) {
    throw new DebkdError('table', {
      subject,
      seen: `${loose.length} images beside the folders (${quote(loose[0] as string, 100)}) have no class`,
      expected: 'all images in folders, or all in none',
      remedy: ['move them into a folder', 'remove them'],
    });
  }
  const isMissing = missingTest(undefined);
  const unclear = classes.find((name) => isMissing(name));
  if (unclear !== undefined) {
    throw new DebkdError('table', {
      subject,
      seen: `a folder with the name ${quote(unclear)}, which as a label would be a missing value`,
      remedy: 'rename it',
    });
  }
  const sorted = [...paths].sort(compareBytes);
  const hasClasses = classes.length > 0;
  const chunks = (async function* () {
    for (let from = 0; from < sorted.length; from += CHUNK_ROWS) {
      yield sorted
        .slice(from, from + CHUNK_ROWS)
        .map((path) => (hasClasses ? [path, path.slice(0, path.indexOf('/'))] : [path]));
    }
  })();
  return {
    name: tree.name,
    header: hasClasses ? [IMAGE, LABEL] : [IMAGE],
    chunks,
    images: new Map([[IMAGE, tree]]),
    ...(others > 0 && {
      notes: [
        `${quote(tree.name, 200)}: ${others} ${others === 1 ? 'file that is no image was' : 'files that are no images were'} left out`,
      ],
    }),
    explain: (error) => (hasClasses ? inFolders(error, classes) : inNoFolder(error)),
  };
}
