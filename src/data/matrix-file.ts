// Encoded rows in files: the words of their fields, the columns of their texts, and the pixels of their images. With texts, 8 bytes per
// row stay in memory: where the columns of the row start.
import { dispose } from '../io/dispose.ts';
import { type ImageForm, type ImageRows, imageLength } from './image-rows.ts';
import { lookNames } from './looks.ts';
import { IMAGE_FIELD, type Matrix, type StoredMatrix, TEXT_FIELD } from './matrix.ts';
import type { StoredTable } from './table.ts';
import { emptyTexts, type TextRows } from './text-rows.ts';

/** Writes rows, in order, and reads them. */
export interface MatrixFile extends Disposable {
  /** Appends rows; all have the same columns. */
  add(rows: Matrix): void;
  /** The rows that were written. */
  matrix(): StoredMatrix;
}

/** A text's words in the file: the number of its columns in place of the segment, then that of unseen n-grams, and the scale. */
const TEXT_WORDS = 3;
/** Columns below this number take two bytes in the file. */
const SHORT = 2 ** 16;

/** Opens files for rows. @param rows number of rows that will be added */
export function openMatrixFile(table: Pick<StoredTable, 'openTempFile'>, rows: number): MatrixFile {
  const file = table.openTempFile();
  let texts: TextFile | undefined;
  let images: ImageFile | undefined;
  let shape: Matrix | undefined;
  return {
    add(matrix) {
      shape ??= matrix;
      if (matrix.texts) texts ??= openTextFile(table, rows, matrix);
      if (matrix.images) images ??= openImageFile(table, matrix);
      images?.add(matrix);
      file.append(bytesOf(texts ? texts.add(matrix) : matrix.data));
    },
    matrix() {
      const { fields, width, fieldColumns } = shape as Matrix;
      const stride = fields + (texts?.further ?? 0);
      return {
        rows,
        fields,
        width,
        fieldColumns,
        read(from, to, memory) {
          const size = stride * (to - from);
          const words = new Int32Array(file.read(4 * stride * from, 4 * size, memory).buffer, 0, size);
          const block = { rows: to - from, fields, width, fieldColumns };
          if (images) return { ...block, ...images.read(words, from, to) };
          return texts ? { ...block, ...texts.read(words, from, to) } : { ...block, data: words };
        },
        ...(texts && { entries: texts.entries }),
        ...(images && { imageForm: images.form }),
      };
    },
    [dispose]() {
      file[dispose]();
      texts?.[dispose]();
      images?.[dispose]();
    },
  };
}

/** The images of rows. */
interface ImageFile extends Disposable {
  readonly form: ImageForm;
  /** Appends the images of rows. */
  add(rows: Matrix): void;
  /** Reads the images of rows [from, to) with these words. */
  read(words: Int32Array, from: number, to: number): { readonly data: Int32Array; readonly images: ImageRows };
}

function openImageFile(table: Pick<StoredTable, 'openTempFile'>, { fields, fieldColumns, images }: Matrix): ImageFile {
  const { looks: _, pixels: __, ...form } = images as ImageRows;
  const field = fieldColumns.indexOf(IMAGE_FIELD);
  const length = imageLength(form);
  const names = lookNames(form.channels).length;
  const pixelFile = table.openTempFile();
  const lookFile = table.openTempFile();
  return {
    form,
    add({ rows, data, images: given }) {
      const { pixels, looks } = given as ImageRows;
      const ownPixels = new Uint8Array(rows * length);
      const ownLooks = new Float32Array(rows * names);
      for (let i = 0; i < rows; i++) {
        const number = data[i * fields + field] as number;
        ownPixels.set(pixels.subarray(number * length, (number + 1) * length), i * length);
        ownLooks.set(looks.subarray(number * names, (number + 1) * names), i * names);
      }
      pixelFile.append(ownPixels);
      lookFile.append(new Uint8Array(ownLooks.buffer));
    },
    read(words, from, to) {
      const data = words.slice();
      for (let i = 0; i < to - from; i++) data[i * fields + field] = i;
      const pixels = pixelFile.read(length * from, length * (to - from));
      const looks = new Float32Array(lookFile.read(4 * names * from, 4 * names * (to - from)).buffer);
      return { data, images: { ...form, pixels, looks } };
    },
    [dispose]() {
      pixelFile[dispose]();
      lookFile[dispose]();
    },
  };
}

/** The columns of the texts of rows. */
interface TextFile extends Disposable {
  /** Number of words of a row other than those of its fields. */
  readonly further: number;
  /** Appends the columns of rows; returns the words of the rows. */
  add(rows: Matrix): Int32Array;
  /** Reads the columns of rows [from, to) with these words. */
  read(words: Int32Array, from: number, to: number): { readonly data: Int32Array; readonly texts: TextRows };
  /** Number of columns of rows [from, to). */
  entries(from: number, to: number): number;
}

function openTextFile(table: Pick<StoredTable, 'openTempFile'>, total: number, shape: Matrix): TextFile {
  const { fields, width, fieldColumns } = shape;
  const file = table.openTempFile();
  const textFields = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === TEXT_FIELD);
  const further = textFields.length * (TEXT_WORDS - 1);
  const stride = fields + further;
  const List = width <= SHORT ? Uint16Array : Uint32Array;
  // float64, because there may be more than 2^32 columns
  const starts = new Float64Array(total + 1);
  let done = 0;
  return {
    further,
    add({ rows, data, texts }) {
      const { offsets, columns, unseen, scales } = texts as TextRows;
      const words = new Int32Array(rows * stride);
      const floats = new Float32Array(words.buffer);
      const lists: Uint32Array[] = [];
      for (let i = 0; i < rows; i++) {
        words.set(data.subarray(i * fields, (i + 1) * fields), i * stride);
        let length = 0;
        for (const [k, s] of textFields.entries()) {
          const segment = data[i * fields + s] as number;
          const list = columns.subarray(offsets[segment] as number, offsets[segment + 1] as number);
          words[i * stride + s] = list.length;
          words[i * stride + fields + 2 * k] = unseen[segment] as number;
          floats[i * stride + fields + 2 * k + 1] = scales[segment] as number;
          lists.push(list);
          length += list.length;
        }
        starts[done + 1] = (starts[done] as number) + length;
        done++;
      }
      const all = new List((starts[done] as number) - (starts[done - rows] as number));
      let at = 0;
      for (const list of lists) {
        all.set(list, at);
        at += list.length;
      }
      file.append(bytesOf(all));
      return words;
    },
    read(words, from, to) {
      const rows = to - from;
      const first = starts[from] as number;
      const entries = (starts[to] as number) - first;
      const bytes = List.BYTES_PER_ELEMENT;
      const list = new List(file.read(bytes * first, bytes * entries).buffer);
      const texts = emptyTexts(rows * textFields.length, 0);
      const data = new Int32Array(rows * fields);
      const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
      let segment = 0;
      let at = 0;
      for (let i = 0; i < rows; i++) {
        data.set(words.subarray(i * stride, i * stride + fields), i * fields);
        for (const [k, s] of textFields.entries()) {
          at += words[i * stride + s] as number;
          texts.unseen[segment] = words[i * stride + fields + 2 * k] as number;
          texts.scales[segment] = floats[i * stride + fields + 2 * k + 1] as number;
          data[i * fields + s] = segment++;
          texts.offsets[segment] = at;
        }
      }
      return { data, texts: { ...texts, columns: new Uint32Array(list) } };
    },
    entries: (from, to) => (starts[to] as number) - (starts[from] as number),
    [dispose]: () => file[dispose](),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
