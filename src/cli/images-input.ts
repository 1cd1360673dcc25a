// Opens the images of --data: those that the column of --image names, in the folder of --image-root.
import { imageColumn } from '../data/image-columns.ts';
import { imageTree } from '../data/image-source.ts';
import { openChunkImages, openImages } from '../data/open-images.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { AnyTable, RawRows, Table } from '../data/table.ts';
import { quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { text, type Values } from '../settings/values.ts';
import { readsImages } from '../teacher/image-table.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note, onProgress } from './messages.ts';

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
 * @param usual name of the column where --image names none and the rows have it
 * @returns a function that gives a chunk its images; call it after the chunk was read
 * @throws DebkdError as openImages
 */
export function streamImages(
  values: Values,
  { images }: Pick<RawRows, 'images'>,
  usual?: string,
): <T extends StreamRows>(table: T) => Promise<T> {
  let found: Promise<{ readonly image: string; readonly tree: FileTree }> | undefined;
  const find = async (table: StreamRows): Promise<{ readonly image: string; readonly tree: FileTree }> => {
    const own = [...(images?.keys() ?? [])].filter((name) => table.columns.some((column) => column.name === name));
    const known = table.columns.some(({ name }) => name === usual) ? usual : undefined;
    const named = text(values, 'image') ?? known ?? (own.length === 1 ? own[0] : undefined);
    const image = imageColumn(table, named, 'a model of images');
    const tree = images?.get(image) ?? (await imageTree(table.name, image, text(values, 'image-root')));
    return { image, tree };
  };
  return async (table) => {
    found ??= find(table);
    return openChunkImages(table, await found);
  };
}

/** The name of a student's column of images; undefined if it has none. */
export function studentImageName({ columns }: Preprocessing): string | undefined {
  return columns.find(({ kind }) => kind === 'image')?.name;
}

/**
 * A labelled table with its images open where a student reads images, under the name that the student knows.
 * @throws DebkdError as openImages
 */
export async function withStudentImages(values: Values, preprocessing: Preprocessing, table: Table): Promise<Table> {
  const name = studentImageName(preprocessing);
  if (name === undefined) return table;
  const has = table.columns.some((column) => column.name === name);
  const opened = await openTableImages(
    values['image'] === undefined && has ? { ...values, image: name } : values,
    table,
  );
  const found = opened.columns.find(({ images }) => images)?.name;
  if (found === undefined) return opened;
  noteRenamed(found, name);
  return { ...opened, columns: renamedImages(opened.columns, found, name) };
}

/** The columns with the images under the student's name; a column that has it is left out. */
export function renamedImages<T extends { readonly name: string }>(
  columns: readonly T[],
  found: string,
  name: string,
): T[] {
  if (found === name) return [...columns];
  return columns.filter((one) => one.name !== name).map((one) => (one.name === found ? { ...one, name } : one));
}

/** Says that a column of another name has the student's images. */
export function noteRenamed(found: string, name: string): void {
  if (found !== name) note(`note: the images of column ${quote(found)} are the student's ${quote(name)}`);
}
