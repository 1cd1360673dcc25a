// What one row costs a student.
import type { Matrix, StoredMatrix } from '../data/matrix.ts';
import { networkLayout } from '../kernels/trunk-layout.ts';
import type { Architecture } from './architecture.ts';
import { inputsOf } from './network.ts';

/** About as many multiplications as one value of a convolution takes. */
const OF_VALUE = 30;

/**
 * About the multiplications of one row. Those of zeros are left out: of one-hot columns and n-grams few are not 0.
 * @param features rows of the student's inputs
 */
export function rowProducts(features: Matrix | StoredMatrix, architecture: Architecture): number {
  const { stages, size } = networkLayout(inputsOf(features), architecture);
  const zeros = stages.length > 0 ? 0 : (features.width - features.fields) * (architecture.hidden[0] ?? 1);
  return stages.reduce(
    (sum, { outHeight, outWidth, outputs }) => sum + OF_VALUE * outHeight * outWidth * outputs,
    size - zeros,
  );
}
