// The columns that maps see in addition to the margin: the student's inputs without texts and pixels, how the images look, and the groups with
// their margins.
import type { Dataset } from '../../data/dataset.ts';
import { lookNames, looksOf } from '../../data/looks.ts';
import { appendColumns, denseRows, type Matrix } from '../../data/matrix.ts';
import { joinFields, plainColumns } from '../../data/plain-columns.ts';

/** The inputs of some rows. */
export type MapInputs = Pick<Dataset, 'features'> & Partial<Pick<Dataset, 'preprocessing' | 'groups'>>;

/** The columns other than the margin, without its products with the groups; the rows' features where they have no texts, images and groups. */
export function calibrationFeatures({ features, preprocessing, groups }: MapInputs): Matrix {
  const plain = preprocessing ? plainColumns(features, preprocessing) : features;
  const looks = looksOf(features);
  const seen = looks ? appendColumns(plain, looks) : plain;
  return groups ? joinFields(seen, groups.matrix) : seen;
}

/** Number of columns that calibrationFeatures and the products give. */
export function calibrationWidth(inputs: MapInputs): number {
  const { groups, features, preprocessing } = inputs;
  const looks =
    preprocessing?.columns.flatMap((column) => (column.kind === 'image' ? lookNames(column.channels) : [])) ?? [];
  const hidden =
    preprocessing?.columns.reduce(
      (sum, { kind, width }) => sum + (kind === 'text' || kind === 'image' ? width : 0),
      0,
    ) ?? 0;
  return features.width - hidden + looks.length + 2 * (groups?.matrix.width ?? 0);
}

/**
 * Appends the product of the margin and each column of the groups: a teacher may be over-confident in one group only.
 * @param margins float64 [rows]
 */
export function withGroupSlopes(matrix: Matrix, margins: Float64Array, { groups }: MapInputs): Matrix {
  if (!groups) return matrix;
  const { rows, width } = groups.matrix;
  const products = denseRows(groups.matrix, 0, rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width; j++)
      products[i * width + j] = (products[i * width + j] as number) * (margins[i] as number);
  return appendColumns(matrix, products);
}
