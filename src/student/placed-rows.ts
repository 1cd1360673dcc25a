// Encoded rows in kernel memory: the words of their fields, the segments of their texts (assembly/fields.ts), and the pixels of their
// images (assembly/augment.ts).
import { byteValues, type ImageForm, imageLength } from '../data/image-rows.ts';
import { IMAGE_FIELD, isDense, type Matrix, type StoredMatrix, TEXT_FIELD } from '../data/matrix.ts';
import { segmentLength, type TextRows } from '../data/text-rows.ts';
import type { Arena } from '../kernels/memory.ts';

/** A matrix in the arena; several networks can use it. Pointers are byte addresses. */
export interface PlacedMatrix {
  readonly data: number;
  readonly columns: number;
  readonly fields: number;
  readonly dense: boolean;
  /** Images: pointers to their pixels and to the values of bytes, their field, and their encoded columns; absent without images. */
  readonly images?: {
    readonly pixels: number;
    readonly values: number;
    readonly field: number;
    readonly offset: number;
    readonly width: number;
  };
}

/** Room for rows of one shape in kernel memory. */
export interface RowRoom extends PlacedMatrix {
  /**
   * Copies rows to the places from `place` on.
   * @param entry where their texts' columns start in the room; default 0
   */
  write(rows: Matrix, place?: number, entry?: number): void;
}

/** How many rows there is room for, and how many columns of texts. */
interface RoomSize {
  readonly rows: number;
  readonly entries: number;
}

/** Reserves room for rows. @throws DebkdError `memory` */
export function reserveRows(
  arena: Arena,
  shape: Pick<Matrix | StoredMatrix, 'fields' | 'width' | 'fieldColumns' | 'rows'>,
  { rows, entries }: RoomSize,
): RowRoom {
  const form = formOfShape(shape);
  if (form) return reserveImages(arena, shape, form, rows);
  const { fields, fieldColumns } = shape;
  const data = arena.reserve(4 * fields * rows);
  const textFields = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === TEXT_FIELD);
  const dense = isDense(shape);
  if (textFields.length === 0) {
    const write = (block: Matrix, place = 0): void => arena.write(data + 4 * fields * place, block.data);
    return { data, columns: arena.put(fieldColumns), fields, dense, write };
  }
  const segments = rows * textFields.length;
  const at = {
    bounds: arena.reserve(8 * segments),
    columns: arena.reserve(4 * entries),
    scales: arena.reserve(4 * segments),
  };
  const columns = arena.put(Int32Array.of(...fieldColumns, at.bounds, at.columns, at.scales));
  return {
    data,
    columns,
    fields,
    dense,
    write(block, place = 0, entry = 0) {
      const { words, bounds, list, scales } = compact(block, textFields, place * textFields.length, entry);
      arena.write(data + 4 * fields * place, words);
      arena.write(at.bounds + 8 * place * textFields.length, bounds);
      arena.write(at.columns + 4 * entry, list);
      arena.write(at.scales + 4 * place * textFields.length, scales);
    },
  };
}

function formOfShape(shape: object): ImageForm | undefined {
  const { images, imageForm } = shape as Partial<Pick<Matrix, 'images'> & Pick<StoredMatrix, 'imageForm'>>;
  return images ?? imageForm;
}

/** Room for rows with an image each, whose number is the row's place. */
function reserveImages(
  arena: Arena,
  { fields, fieldColumns }: Pick<Matrix, 'fields' | 'fieldColumns'>,
  form: ImageForm,
  rows: number,
): RowRoom {
  const width = imageLength(form);
  const field = fieldColumns.indexOf(IMAGE_FIELD);
  const data = arena.reserve(4 * fields * rows);
  const pixels = arena.reserve(width * rows);
  return {
    data,
    columns: arena.put(fieldColumns),
    fields,
    dense: false,
    images: { pixels, values: arena.put(byteValues(form)), field, offset: form.offset, width },
    write(block, place = 0) {
      const words = block.data.slice();
      const source = (block.images as NonNullable<Matrix['images']>).pixels;
      const copy = new Uint8Array(block.rows * width);
      for (let i = 0; i < block.rows; i++) {
        const from = (words[i * fields + field] as number) * width;
        copy.set(source.subarray(from, from + width), i * width);
        words[i * fields + field] = place + i;
      }
      arena.write(data + 4 * fields * place, words);
      arena.write(pixels + width * place, copy);
    },
  };
}

/** Copies a matrix into the arena. @throws DebkdError `memory` */
export function placeMatrix(arena: Arena, matrix: Matrix): PlacedMatrix {
  const room = reserveRows(arena, matrix, { rows: matrix.rows, entries: textEntries(matrix) });
  room.write(matrix);
  return room;
}

/** Number of columns of the texts of rows, counted once for each row. */
export function textEntries({ texts, data, fields, fieldColumns }: Matrix): number {
  if (!texts) return 0;
  let sum = 0;
  for (const [s, column] of fieldColumns.entries())
    if (column === TEXT_FIELD)
      for (let at = s; at < data.length; at += fields) sum += segmentLength(texts, data[at] as number);
  return sum;
}

/** The most columns of the texts of consecutive rows. @param rows rows in a block; blocks start at multiples of it */
export function mostEntries(matrix: Matrix | StoredMatrix, rows: number): number {
  if (!('read' in matrix)) return textEntries(matrix);
  const { entries } = matrix;
  if (!entries) return 0;
  let most = 0;
  for (let from = 0; from < matrix.rows; from += rows)
    most = Math.max(most, entries(from, Math.min(matrix.rows, from + rows)));
  return most;
}

/** The words, and the segments of a block alone, in order. @param first number of the first segment */
function compact(
  block: Matrix,
  textFields: readonly number[],
  first: number,
  entry: number,
): { words: Int32Array; bounds: Uint32Array; list: Uint32Array; scales: Float32Array } {
  const { rows, fields } = block;
  const texts = block.texts as TextRows;
  const words = block.data.slice();
  const bounds = new Uint32Array(2 * rows * textFields.length);
  const scales = new Float32Array(rows * textFields.length);
  const list = new Uint32Array(textEntries(block));
  let segment = 0;
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (const s of textFields) {
      const from = words[i * fields + s] as number;
      const found = texts.columns.subarray(texts.offsets[from] as number, texts.offsets[from + 1] as number);
      list.set(found, at);
      words[i * fields + s] = first + segment;
      scales[segment] = texts.scales[from] as number;
      bounds[2 * segment] = entry + at;
      at += found.length;
      bounds[2 * segment++ + 1] = entry + at;
    }
  }
  return { words, bounds, list, scales };
}
