// Opens the images of --data: those that the column of --image names, in the folder of --image-root.
import { imageColumn } from '../data/image-columns.ts';
import { imageTree } from '../data/image-source.ts';
import { openChunkImages, openImages } from '../data/open-images.ts';
import type { AnyTable, RawRows, Table } from '../data/table.ts';
import type { FileTree } from '../io/file-tree.ts';
import { text, type Values } from '../settings/values.ts';
import { readsImages } from '../teacher/image-table.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { onProgress } from './messages.ts';

/** Opens the images of a table; a table whose images are open stays as it is. @throws DebkdError as openImages */
export function openTableImages<T extends AnyTable>(values: Values, table: T): Promise<T> {
  return openImages(table, { image: text(values, 'image'), files: text(values, 'image-root'), onProgress });
}

/**
 * The table with its images open where a teacher reads images. One of a fixed size also takes as many columns of numbers as it has pixels.
 * @throws DebkdError as openImages
 */
export async function withTeacherImages<T extends AnyTable>(
  values: Values,
  teachers: readonly Pick<Teacher, 'image'>[],
  table: T,
): Promise<T> {
  return readsImages(teachers, table) ? openTableImages(values, table) : table;
}

/** Rows of a stream. */
type StreamRows = Pick<Table, 'name' | 'rows' | 'columns' | 'before'>;

/**
 * Opens the images of a stream, chunk by chunk.
 * @returns a function that gives a chunk its images; call it after the chunk was read
 * @throws DebkdError as openImages
 */
export function streamImages(
  values: Values,
  { images }: Pick<RawRows, 'images'>,
): <T extends StreamRows>(table: T) => Promise<T> {
  let found: Promise<{ readonly image: string; readonly tree: FileTree }> | undefined;
  const find = async (table: StreamRows): Promise<{ readonly image: string; readonly tree: FileTree }> => {
    const own = [...(images?.keys() ?? [])].filter((name) => table.columns.some((column) => column.name === name));
    const named = text(values, 'image') ?? (own.length === 1 ? own[0] : undefined);
    const image = imageColumn(table, named, 'a model of images');
    const tree = images?.get(image) ?? (await imageTree(table.name, image, text(values, 'image-root')));
    return { image, tree };
  };
  return async (table) => {
    found ??= find(table);
    return openChunkImages(table, await found);
  };
}
