// Rows of columns of categories and numbers, encoded by hand.
import type { AnyDataset } from '../src/data/dataset.ts';
import type { Matrix } from '../src/data/matrix.ts';
import type { PreprocessingColumn } from '../src/data/preprocessing.ts';

/** A column. */
export interface Field {
  readonly name: string;
  /** Categories of a categorical column; absent for a numeric one. */
  readonly categories?: readonly string[];
  /** Numbers, or positions of categories; -1 for no category. */
  readonly of: (row: number) => number;
}

/** Rows of some columns, encoded. */
export function rowsOf(rows: number, ...fields: Field[]): AnyDataset & { features: Matrix } {
  const words = new Int32Array(rows * fields.length);
  const values = new Float32Array(words.buffer);
  const fieldColumns = new Int32Array(fields.length).fill(-1);
  let width = 0;
  const columns = fields.map(({ name, categories, of }, s): PreprocessingColumn => {
    const offset = width;
    width += categories?.length ?? 1;
    if (!categories) fieldColumns[s] = offset;
    for (let i = 0; i < rows; i++) {
      const at = i * fields.length + s;
      if (!categories) values[at] = of(i);
      else words[at] = of(i) < 0 ? -1 : offset + of(i);
    }
    return categories
      ? { name, kind: 'categorical', categories: [...categories], offset, width: categories.length }
      : { name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 };
  });
  const features = { rows, fields: fields.length, width, fieldColumns, data: words };
  return {
    ...{ rows, features, teacherInputs: features, preprocessing: { clip: 10, columns, encodedWidth: width } },
    labels: new Int8Array(rows).fill(-1),
    folds: new Uint8Array(rows),
  };
}
