// Reads the rows: of a table, of a folder of images, or of a table with the folder of its images.
import { buildTable } from '../../data/build-table.ts';
import { imageColumns } from '../../data/image-columns.ts';
import { readTable } from '../../data/read-table.ts';
import type { Table, TableOptions } from '../../data/table.ts';
import { quote } from '../../io/errors.ts';
import type { FileTree } from '../../io/file-tree.ts';
import { nameOf } from '../../io/source.ts';
import type { Values } from '../../settings/values.ts';
import { readsImages } from '../../teacher/image-table.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { ImageFolder, RowFiles } from '../input-messages.ts';

/**
 * Reads the rows. The images of a table are open where it has a folder of images, or where a teacher reads them.
 * @throws DebkdError as readTable, readImageFolder and openImages
 */
export async function readRowFiles(
  { rows, images }: RowFiles,
  options: TableOptions,
  teachers: readonly Teacher[] = [],
): Promise<Table> {
  if (rows === undefined) return readFolder(images as ImageFolder, options);
  const table = await readTable(rows, options);
  const hasPaths = images !== undefined && imageColumns(table).length > 0;
  if (!hasPaths && !readsImages(teachers, table)) return table;
  // load the code of images on demand
  const { openImages } = await import('../../data/open-images.ts');
  return openImages(table, { files: images && (await treeOf(images)) });
}

async function readFolder(images: ImageFolder, options: TableOptions): Promise<Table> {
  const [{ imageRows }, { withoutImages }, tree] = await Promise.all([
    import('../../data/image-folder.ts'),
    import('../../data/image-folder-errors.ts'),
    treeOf(images),
  ]);
  const rows = await imageRows(tree);
  if (rows === undefined) throw withoutImages(tree);
  return buildTable(rows, options);
}

async function treeOf({ name, files }: ImageFolder): Promise<FileTree> {
  const { openList } = await import('../../io/list-tree.ts');
  return { ...openList(files), name, place: `folder ${quote(name, 200)}` };
}

/** The command line's options of the rows. */
export function rowSettings({ rows, images }: RowFiles): Values {
  if (rows === undefined) return { data: (images as ImageFolder).name };
  return { data: nameOf(rows), ...(images && { 'image-root': images.name }) };
}
