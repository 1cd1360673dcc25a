// Matrices of encoded rows as fields: one 32-bit word per raw column instead of one float per encoded column. A numeric
// field holds its float32 value; a categorical field holds the index of its one-hot column, or -1 for none. A text field holds the
// number of a segment, the list of the text's columns (text-rows.ts). An image field holds the number of an image (image-rows.ts).
import type { Reused } from '../io/temp-file.ts';
import { concatImages, type ImageForm, type ImageRows, pixelValues } from './image-rows.ts';
import { concatTexts, type TextRows } from './text-rows.ts';

interface Shape {
  readonly rows: number;
  readonly fields: number;
  /** Number of encoded columns: the width of the dense form. */
  readonly width: number;
  /**
   * The encoded column of each numeric field; -1 for a categorical field, whose word is the column; -2 (TEXT_FIELD) for a
   * text field, whose word is a segment; -3 (IMAGE_FIELD) for an image field, whose word is an image. [fields]
   */
  readonly fieldColumns: Int32Array;
}

/** The fixed column of a text field. */
export const TEXT_FIELD = -2;
/** The fixed column of an image field; a matrix has at most one. */
export const IMAGE_FIELD = -3;

/** Encoded rows in memory. */
export interface Matrix extends Shape {
  /** [rows x fields] */
  readonly data: Int32Array;
  /** The segments of text fields; absent without text fields. Rows that are selected from others share them. */
  readonly texts?: TextRows;
  /** The images of the image field; absent without one. Rows that are selected from others share them. */
  readonly images?: ImageRows;
}

/** Encoded rows in a file, for data larger than memory. */
export interface StoredMatrix extends Shape {
  /** Reads rows [from, to) into memory. @param memory may be used for them: they are then valid until it is used again */
  read(from: number, to: number, memory?: Reused): Matrix;
  /** Number of columns of the texts of rows [from, to); absent without text fields. */
  readonly entries?: (from: number, to: number) => number;
  /** The form of the images, without their pixels; absent without an image field. */
  readonly imageForm?: ImageForm;
}

/** Columns 0, 1, ... of the last dense matrix, used again by the next of the same width. */
let lastColumns = new Int32Array(0);

/** Makes a matrix of plain numbers: field s is column s. @param values [rows x width], row-major */
export function denseMatrix(values: Float32Array, width: number): Matrix {
  if (lastColumns.length !== width) lastColumns = Int32Array.from({ length: width }, (_, s) => s);
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  return { rows: values.length / width, fields: width, width, fieldColumns: lastColumns, data: words };
}

/** Whether every field s is the numeric column s. */
export function isDense(matrix: Shape): boolean {
  const { fields, width, fieldColumns } = matrix;
  return fieldColumns === lastColumns || (fields === width && fieldColumns.every((column, s) => column === s));
}

/** Writes the values of a segment into a dense row. */
function addSegment({ offsets, columns, scales }: TextRows, segment: number, row: Float32Array): void {
  for (let k = offsets[segment] as number; k < (offsets[segment + 1] as number); k++)
    row[columns[k] as number] = scales[segment] as number;
}

/** Expands rows [from, to) to all encoded columns; float32, [(to - from) x width], row-major. */
export function denseRows(matrix: Matrix, from: number, to: number): Float32Array {
  const { fields, width, fieldColumns, data } = matrix;
  const out = new Float32Array((to - from) * width);
  const values = new Float32Array(data.buffer, data.byteOffset, data.length);
  for (let row = from; row < to; row++) {
    const base = (row - from) * width;
    for (let s = 0; s < fields; s++) {
      const column = fieldColumns[s] as number;
      const word = data[row * fields + s] as number;
      if (column >= 0) out[base + column] = values[row * fields + s] as number;
      else if (column === IMAGE_FIELD)
        out.set(pixelValues(matrix.images as ImageRows, word), base + (matrix.images as ImageRows).offset);
      else if (column === TEXT_FIELD) addSegment(matrix.texts as TextRows, word, out.subarray(base, base + width));
      else if (word >= 0) out[base + word] = 1;
    }
  }
  return out;
}

/** Appends numeric columns to a matrix. @param values [rows x columns], row-major */
export function appendColumns(matrix: Matrix, values: Float32Array): Matrix {
  const { rows, fields, width } = matrix;
  const added = rows > 0 ? values.length / rows : 0;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const words = new Int32Array(rows * (fields + added));
  for (let i = 0; i < rows; i++) {
    words.set(matrix.data.subarray(i * fields, (i + 1) * fields), i * (fields + added));
    words.set(bits.subarray(i * added, (i + 1) * added), i * (fields + added) + fields);
  }
  const fieldColumns = Int32Array.from({ length: fields + added }, (_, s) =>
    s < fields ? (matrix.fieldColumns[s] as number) : width + s - fields,
  );
  return { ...matrix, rows, fields: fields + added, width: width + added, fieldColumns, data: words };
}

/** Concatenates the rows of matrices with the same columns. */
export function concatMatrixRows(parts: readonly Matrix[]): Matrix {
  const [first] = parts as [Matrix, ...Matrix[]];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const words = new Int32Array(rows * first.fields);
  const texts = concatTexts(parts.map((part) => part.texts));
  const images = concatImages(parts.map((part) => part.images));
  let at = 0;
  for (const [k, part] of parts.entries()) {
    words.set(part.data, at);
    const own = words.subarray(at, at + part.data.length);
    addToField(own, first.fieldColumns, TEXT_FIELD, texts?.before[k] ?? 0);
    addToField(own, first.fieldColumns, IMAGE_FIELD, images?.before[k] ?? 0);
    at += part.data.length;
  }
  return {
    ...first,
    rows,
    data: words,
    ...(texts && { texts: texts.texts }),
    ...(images && { images: images.images }),
  };
}

/** Adds `by` to the words of the fields of a kind. */
function addToField(words: Int32Array, fieldColumns: Int32Array, kind: number, by: number): void {
  if (by === 0) return;
  const { length: fields } = fieldColumns;
  for (const [s, column] of fieldColumns.entries())
    if (column === kind) for (let at = s; at < words.length; at += fields) words[at] = (words[at] as number) + by;
}

/** Rows [from, to) of a matrix, without a copy. */
export function sliceMatrixRows(matrix: Matrix, from: number, to: number): Matrix {
  const { fields, data } = matrix;
  return { ...matrix, rows: to - from, data: data.subarray(from * fields, to * fields) };
}

/** Copies the given rows of a matrix, in the given order. */
export function selectMatrixRows(matrix: Matrix, rows: Uint32Array): Matrix {
  const { fields } = matrix;
  const { data: all } = matrix;
  const data = new Int32Array(rows.length * fields);
  // a view of each row would be garbage
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [(rows[i] as number) * fields, i * fields];
    for (let s = 0; s < fields; s++) data[to + s] = all[from + s] as number;
  }
  return { ...matrix, rows: rows.length, data };
}
