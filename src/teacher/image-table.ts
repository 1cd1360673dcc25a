// Finds the column of images in a table.
import type { AnyTable, Column } from '../data/table.ts';
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import type { TableColumns, Teacher } from './teacher.ts';

/** The columns in memory: those of the table, or of the first chunk of a table in a file. */
function columnsOf(table: TableColumns): readonly Column[] {
  return 'chunk' in table ? (table.chunks > 0 ? table.chunk(0).columns : []) : table.columns;
}

/** Whether a teacher reads images of a table. One of a fixed size also takes as many columns of numbers as it has pixels. */
export function readsImages(
  teachers: readonly Pick<Teacher, 'image'>[],
  { columns }: { readonly columns: readonly unknown[] },
): boolean {
  return teachers.some(({ image }) => {
    if (!image) return false;
    const { size, order } = image;
    return size === undefined || columns.length !== size[0] * size[1] * (order === 'grey' ? 1 : 3);
  });
}

/** Whether a table has a column of images. */
export function hasImages(table: TableColumns): boolean {
  return columnsOf(table).some(({ images }) => images);
}

/**
 * The name of the column of images: the stated one, or the only one.
 * @param subject what takes it, for messages
 * @throws DebkdError `column` if there is none or several, or the stated one has no images
 */
export function imageColumn(
  table: Pick<AnyTable, 'name'> & TableColumns,
  stated: string | undefined,
  subject: string,
): string {
  const columns = columnsOf(table);
  const found = columns.filter(({ images }) => images).map(({ name }) => name);
  const data = `data ${quote(table.name, 200)}`;
  const all = table.columns.map((column) => (typeof column === 'string' ? column : column.name));
  const shown = (names: readonly string[]): string =>
    listed(
      names.map((name) => quote(name)),
      12,
    );
  if (stated !== undefined) {
    if (found.includes(stated)) return stated;
    const near = all.includes(stated) ? undefined : nearest(stated, all);
    throw new DebkdError('column', {
      subject: data,
      seen: all.includes(stated)
        ? `column ${quote(stated)} holds no images that were opened`
        : `no column ${quote(stated)}, which should hold the images${near ? ` (did you mean ${quote(near)}?)` : ''}`,
      ...(found.length > 0 && { expected: `one of ${shown(found)}` }),
      remedy: { id: 'name-image' },
    });
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new DebkdError('column', {
    subject: data,
    seen:
      found.length > 1
        ? `${found.length} columns hold images (${shown(found)}), and ${subject} takes one`
        : `no column holds images, which ${subject} takes`,
    ...(found.length === 0 && all.length > 0 && { expected: `the paths of images in one of ${shown(all)}` }),
    remedy: { id: 'name-image' },
  });
}
