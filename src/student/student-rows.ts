// The rows that a student predicts, checked against its preprocessing.
import type { AnyDataset } from '../data/dataset.ts';
import { weighTexts } from '../data/encode-texts.ts';
import { sameForm } from '../data/image-rows.ts';
import { denseMatrix, type Matrix, type StoredMatrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { imageFormOf, isInMemory } from '../data/row-source.ts';
import { kindOf } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { imageOf } from './student-layout.ts';

/**
 * The encoded rows, if they are encoded for a student.
 * @param x a dataset, encoded rows, or dense encoded rows as float32 [rows x encoded columns]
 * @throws DebkdError `value` when the rows have other encoded columns than the student
 */
export function studentRows(
  x: AnyDataset | Matrix | StoredMatrix | Float32Array,
  preprocessing: Preprocessing,
): Matrix | StoredMatrix {
  const width = preprocessing.encodedWidth;
  if (!(x instanceof Float32Array) && !isRows(x))
    throw new DebkdError('value', {
      subject: 'student',
      seen: kindOf(x),
      expected: 'a dataset, encoded rows, or dense encoded rows as Float32Array',
      remedy: ENCODE,
    });
  const matrix = x instanceof Float32Array ? denseMatrix(x, width) : 'features' in x ? x.features : x;
  if (matrix.width !== width || !Number.isInteger(matrix.rows)) {
    const partial = x instanceof Float32Array;
    throw new DebkdError('value', {
      subject: 'student',
      seen: partial ? `${x.length} dense values` : `rows of ${matrix.width} encoded columns`,
      expected: partial ? `a multiple of its ${width} encoded columns` : `${width}`,
      remedy: ENCODE,
    });
  }
  checkImages(matrix, preprocessing, x instanceof Float32Array);
  // rows may have been encoded with other weights by rarity
  if (isInMemory(matrix)) return weighTexts(matrix, preprocessing);
  if (!matrix.entries) return matrix;
  return { ...matrix, read: (from, to) => weighTexts(matrix.read(from, to), preprocessing) };
}

/** Whether a value is a dataset or encoded rows. */
function isRows(x: unknown): boolean {
  return typeof x === 'object' && x !== null && ('features' in x || 'fieldColumns' in x || 'read' in x);
}

const ENCODE = "encode the rows with the student's preprocessing";

/** @throws DebkdError `value` where the images are missing, or have another size, channels, mean or deviation */
function checkImages(matrix: Matrix | StoredMatrix, preprocessing: Preprocessing, isDense: boolean): void {
  const wanted = imageOf(preprocessing);
  const form = imageFormOf(matrix);
  if (sameForm(form, wanted)) return;
  throw new DebkdError('value', {
    subject: 'student',
    seen: isDense ? 'dense values' : form ? 'rows with images of another preprocessing' : 'rows without images',
    expected: wanted
      ? `rows with images of ${wanted.size.join(' x ')} pixels, as encode makes them`
      : 'rows without images',
    remedy: wanted ? `open the table's images, decode them (decodeImages), and ${ENCODE}` : ENCODE,
  });
}
