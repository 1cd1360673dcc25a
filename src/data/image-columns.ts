// Finds the columns of a table that name images.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { absentColumn } from './locate-columns.ts';
import { featureNames } from './row-source.ts';
import type { Column, StoredTable, Table } from './table.ts';

/** A table in memory, some of its rows, or a table in a file. */
export type ImageTable = Pick<Table, 'name' | 'columns'> | Pick<StoredTable, 'name' | 'columns' | 'chunks' | 'chunk'>;

/** Names that columns of image paths often have. */
const NAMES = ['image', 'images', 'file', 'path', 'filename', 'file_name', 'filepath', 'file_path', 'image_path'];
/** Endings of image files; TIFF and others are named, too, so that their refusal says what they are. */
const ENDING = /\.(png|jpe?g|jfif|pgm|ppm|pnm|webp|gif|bmp|tiff?)$/i;
/** Texts that decide what a column holds, and the share of them that must end as images do. */
const DECIDING = 1024;
const MOSTLY = 0.5;

/** Whether a path ends as those of images do. */
export function isImagePath(path: string): boolean {
  return ENDING.test(path);
}

/** Whether a column has images, or most of its texts end as paths of images do. */
export function isImageColumn({ texts, images }: Column): boolean {
  if (images) return true;
  const some = texts.slice(0, DECIDING).filter((text) => text !== '');
  return some.length > 0 && some.filter((text) => isImagePath(text.trim())).length > MOSTLY * some.length;
}

/** Names of the features whose images are open. They are encoded as pixels, never as categories or texts. */
export function openedImages(table: ImageTable): string[] {
  return columnsOf(table)
    .filter(({ images }) => images)
    .map(({ name }) => name);
}

/**
 * The names of a table's columns of images: those whose images are open, and those whose texts mostly end in .png, .jpg and the like.
 * The first chunk of a stored table decides.
 */
export function imageColumns(table: ImageTable): string[] {
  return columnsOf(table)
    .filter(isImageColumn)
    .map(({ name }) => name);
}

/** The columns in memory: those of the table, or of the first chunk of a table in a file. */
function columnsOf(table: ImageTable): readonly Column[] {
  if (!('chunk' in table)) return table.columns;
  return table.chunks > 0 ? table.chunk(0).columns : [];
}

/**
 * The column of images: the named one, the only one of imageColumns, the only one of them with a usual name such as `image`, or a
 * column with a usual name.
 * @param use says in messages what takes it
 * @throws DebkdError `column` if it is absent, or if none or several could be meant
 */
export function imageColumn(table: ImageTable, named: string | undefined, use: string): string {
  const all = featureNames(table);
  const subject = `data ${quote(table.name, 200)}`;
  if (named !== undefined) {
    if (all.includes(named)) return named;
    throw absentColumn({ subject, name: named, columns: all, use: ', which should name the images' });
  }
  const found = imageColumns(table);
  const usual = (names: readonly string[]): string[] => names.filter((name) => NAMES.includes(name.toLowerCase()));
  for (const names of [found, usual(found), found.length === 0 ? usual(all) : []])
    if (names.length === 1) return names[0] as string;
  const quoted = (names: readonly string[]): string =>
    listed(
      names.map((name) => quote(name)),
      12,
    );
  throw new DebkdError('column', {
    subject,
    seen:
      found.length > 1
        ? `${found.length} columns name images (${quoted(found)}), and ${use} takes one`
        : `no column clearly names images, which ${use} takes`,
    ...(found.length <= 1 && all.length > 0 && { expected: `one of ${quoted(all)}` }),
    remedy: { id: 'name-image' },
  });
}
