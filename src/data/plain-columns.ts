// The columns of a matrix that are no texts and no images, packed: for maps and checks of few columns.
import { IMAGE_FIELD, type Matrix, TEXT_FIELD } from './matrix.ts';
import type { Preprocessing } from './preprocessing.ts';

/** A matrix without its fields of texts and images and their columns; the same object if it has none. */
export function plainColumns(matrix: Matrix, { columns }: Pick<Preprocessing, 'columns'>): Matrix {
  const { rows, fields, fieldColumns, data } = matrix;
  if (!fieldColumns.includes(TEXT_FIELD) && !fieldColumns.includes(IMAGE_FIELD)) return matrix;
  const kept = columns.flatMap(({ kind }, s) => (kind === 'text' || kind === 'image' ? [] : [s]));
  let width = 0;
  // how far the columns of each field move
  const moves = kept.map((s) => {
    const { offset, width: own } = columns[s] as (typeof columns)[number];
    width += own;
    return width - own - offset;
  });
  const words = new Int32Array(rows * kept.length);
  for (let i = 0; i < rows; i++) {
    for (const [to, s] of kept.entries()) {
      const word = data[i * fields + s] as number;
      const isColumn = (fieldColumns[s] as number) < 0 && word >= 0;
      words[i * kept.length + to] = isColumn ? word + (moves[to] as number) : word;
    }
  }
  return {
    rows,
    fields: kept.length,
    width,
    data: words,
    fieldColumns: Int32Array.from(kept, (s, to) => {
      const column = fieldColumns[s] as number;
      return column < 0 ? column : column + (moves[to] as number);
    }),
  };
}

/** The text fields alone; their columns keep their places. Undefined without texts. */
export function textFields(matrix: Matrix): Matrix | undefined {
  const { rows, fields, width, data, texts } = matrix;
  if (!texts) return undefined;
  const kept = [...matrix.fieldColumns.keys()].filter((s) => matrix.fieldColumns[s] === TEXT_FIELD);
  const words = new Int32Array(rows * kept.length);
  for (let i = 0; i < rows; i++)
    for (const [to, s] of kept.entries()) words[i * kept.length + to] = data[i * fields + s] as number;
  return {
    rows,
    fields: kept.length,
    width,
    data: words,
    texts,
    fieldColumns: Int32Array.from(kept, () => TEXT_FIELD),
  };
}

/** Appends the fields of a second matrix of the same rows, which has no texts; its columns follow those of the first. */
export function joinFields(first: Matrix, second: Matrix): Matrix {
  const { rows } = first;
  const fields = first.fields + second.fields;
  const data = new Int32Array(rows * fields);
  for (let i = 0; i < rows; i++) {
    data.set(first.data.subarray(i * first.fields, (i + 1) * first.fields), i * fields);
    for (let s = 0; s < second.fields; s++) {
      const word = second.data[i * second.fields + s] as number;
      const isColumn = (second.fieldColumns[s] as number) < 0 && word >= 0;
      data[i * fields + first.fields + s] = isColumn ? word + first.width : word;
    }
  }
  const moved = second.fieldColumns.map((column) => (column < 0 ? column : column + first.width));
  return {
    rows,
    fields,
    width: first.width + second.width,
    data,
    fieldColumns: Int32Array.of(...first.fieldColumns, ...moved),
    ...(first.texts && { texts: first.texts }),
  };
}
