// Where a student of images looks on average: the mean size of what each cell of an image adds to the margin.
import { imageLength } from '../data/image-rows.ts';
import { IMAGE_FIELD, type Matrix, type StoredMatrix } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import type { AbortSignalLike } from '../io/host-types.ts';
import { yieldToEventLoop } from '../io/progress.ts';
import { fillCell, gridOf, meanPixel } from '../student/occlusion.ts';
import type { Student } from '../student/student.ts';

/** The mean occlusion map of some test rows. */
export interface MeanOcclusion {
  /** Number of images. */
  readonly images: number;
  /** Rows of cells. */
  readonly rows: number;
  /** Columns of cells. */
  readonly columns: number;
  /** Mean absolute change of the margin without the cell, in log-odds, to six digits; [rows x columns], row by row from the top. */
  readonly shares: readonly number[];
}

/** Most images. */
const MOST = 200;
/** Digits of a share. */
const DIGITS = 6;

/**
 * The mean absolute occlusion map of at most 200 rows, evenly spaced; undefined without rows or images.
 * @param signal stops between two rows
 */
export async function meanOcclusion(
  student: Student,
  features: Matrix | StoredMatrix,
  signal?: AbortSignalLike,
): Promise<MeanOcclusion | undefined> {
  const images = Math.min(MOST, features.rows);
  if (images === 0 || !features.fieldColumns.includes(IMAGE_FIELD)) return undefined;
  const source = matrixRows(features);
  let sums: Float64Array | undefined;
  let grid = { rows: 0, columns: 0 };
  for (let k = 0; k < images; k++) {
    signal?.throwIfAborted();
    const row = source.select(Uint32Array.of(Math.floor((k * features.rows) / images)));
    const form = row.images as NonNullable<Matrix['images']>;
    grid = gridOf(form.size);
    sums ??= new Float64Array(grid.rows * grid.columns);
    const [margin = 0, ...without] = student.margins(withoutCells(row, sums.length));
    for (const [cell, other] of without.entries()) sums[cell] = (sums[cell] as number) + Math.abs(margin - other);
    await yieldToEventLoop();
  }
  const shares = Array.from(sums as Float64Array, (sum) => Number((sum / images).toPrecision(DIGITS)));
  return { images, ...grid, shares };
}

/** A row as it is, then without each cell. */
function withoutCells(row: Matrix, cells: number): Matrix {
  const { fields, fieldColumns } = row;
  const images = row.images as NonNullable<Matrix['images']>;
  const length = imageLength(images);
  const at = fieldColumns.indexOf(IMAGE_FIELD);
  const from = (row.data[at] as number) * length;
  const own = images.pixels.subarray(from, from + length);
  const pixel = meanPixel(images);
  const pixels = new Uint8Array((cells + 1) * length);
  const data = new Int32Array((cells + 1) * fields);
  for (let k = 0; k <= cells; k++) {
    const changed = pixels.subarray(k * length, (k + 1) * length);
    changed.set(own);
    if (k > 0) fillCell(changed, images, k - 1, pixel);
    data.set(row.data.subarray(0, fields), k * fields);
    data[k * fields + at] = k;
  }
  return { ...row, rows: cells + 1, data, images: { ...images, pixels } };
}
