// Opens the images of --data: those that the column of --image names, in the folder of --image-root.
import { openDecoder } from '../data/image/decode.ts';
import type { Raster } from '../data/image/raster.ts';
import type { ImageColumn } from '../data/image-column.ts';
import { imageColumn } from '../data/image-columns.ts';
import type { ImageFiles } from '../data/image-files.ts';
import { imageTree } from '../data/image-source.ts';
import { openChunkImages, openImages } from '../data/open-images.ts';
import type { AnyTable, Column, RawRows, Table } from '../data/table.ts';
import { quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import type { ImageInputs } from '../teacher/image-inputs.ts';
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
  const reads = teachers.some(({ image }) => image && !takesAsNumbers(image, table));
  return reads ? openTableImages(values, table) : table;
}

function takesAsNumbers({ size, order }: ImageInputs, { columns }: AnyTable): boolean {
  return size !== undefined && columns.length === size[0] * size[1] * (order === 'grey' ? 1 : 3);
}

/** The image column of a student; undefined without one. */
export function imageOf({ preprocessing }: Pick<Student, 'preprocessing'>): ImageColumn | undefined {
  return preprocessing.columns.find((column): column is ImageColumn => column.kind === 'image');
}

/** Opens the images of a table for a student of images. @throws DebkdError as openImages */
export async function studentImages<T extends AnyTable>(
  values: Values,
  student: Pick<Student, 'preprocessing'>,
  table: T,
): Promise<T> {
  const image = imageOf(student);
  if (!image) return table;
  return await openImages(table, { image: image.name, files: text(values, 'image-root'), onProgress });
}

/** What a row has in its columns: texts, and the pixels of its image. */
type PixelRow = readonly (string | Raster)[];

/**
 * Decodes the images of a student's rows in a stream.
 * @param place of the image column among the fields of a row
 * @returns a function that puts pixels in the place of paths
 * @throws DebkdError as openImages and Decoder.decode
 */
export async function rowImages(
  values: Values,
  { name: data, images }: { readonly name: string; readonly images: RawRows['images'] | undefined },
  { name: image }: ImageColumn,
  place: number,
): Promise<(rows: readonly (readonly string[])[], before: number) => Promise<PixelRow[]>> {
  const tree = images?.get(image) ?? (await imageTree(data, image, text(values, 'image-root')));
  const decoder = await openDecoder();
  return async (rows, before) => {
    const column: Column = {
      name: image,
      codes: Uint32Array.from(rows.keys()),
      texts: rows.map((row) => row[place] as string),
    };
    const chunk = await openChunkImages({ name: data, rows: rows.length, columns: [column], before }, { image, tree });
    const files = chunk.columns[0]?.images as ImageFiles;
    const found: PixelRow[] = [];
    for (const row of rows) {
      const path = row[place] as string;
      const raster = decoder.decode(await files.bytes(path), `data ${quote(data, 200)}, image ${quote(path, 200)}`);
      found.push(row.map((value, i): string | Raster => (i === place ? raster : value)));
    }
    return found;
  };
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
