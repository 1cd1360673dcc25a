// Explains a margin with an image: differences of margins without a cell, without the image, and without each other column.
import type { ImageColumn } from '../data/image-column.ts';
import { byteValues } from '../data/image-rows.ts';
import type { PreprocessingColumn } from '../data/preprocessing-column.ts';
import type { ImageRow } from '../kernels/image-row.ts';
import type { SparseRow } from '../kernels/single-row.ts';
import { fillCell, gridOf, meanPixel, type OcclusionMap } from './occlusion.ts';

/** A margin with an image in parts. */
export interface ImageShares {
  readonly margin: number;
  /** The margin of the mean pixel everywhere and zeros for the other columns. */
  readonly bias: number;
  /** The share of each column, by its name. */
  readonly shares: ReadonlyMap<string, number>;
  readonly image: OcclusionMap;
}

/** @param row the encoded record; it is as before afterwards */
export function explainImage(
  columns: readonly PreprocessingColumn[],
  image: ImageColumn,
  row: SparseRow,
  marginOf: (row: SparseRow) => number,
): ImageShares {
  const { pixels } = row as ImageRow;
  const own = pixels.slice();
  const values = byteValues(image);
  const pixel = meanPixel(image).map((byte, c) => values[256 * c + byte] as number);
  const margin = marginOf(row);

  const grid = gridOf(image.size);
  const cells = new Float64Array(grid.rows * grid.columns);
  for (let cell = 0; cell < cells.length; cell++) {
    fillCell(pixels, image, cell, pixel);
    cells[cell] = margin - marginOf(row);
    pixels.set(own);
  }

  const shares = new Map<string, number>();
  for (const { name } of columns)
    if (name !== image.name && !shares.has(name))
      shares.set(name, margin - marginOf(withoutColumn(row, columns, name)));
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixel[i % image.channels] as number;
  shares.set(image.name, margin - marginOf(row));
  const bias = marginOf({ ...row, count: 0 });
  pixels.set(own);
  return { margin, bias, shares, image: { column: image.name, ...grid, shares: cells } };
}

/** A row without the places of the columns of a name; steps may make several columns of one. */
function withoutColumn(row: SparseRow, columns: readonly PreprocessingColumn[], name: string): SparseRow {
  const own = columns.filter((column) => column.name === name);
  const kept = Array.from(row.columns.subarray(0, row.count).keys()).filter((i) => {
    const place = row.columns[i] as number;
    return !own.some(({ offset, width }) => place >= offset && place < offset + width);
  });
  return {
    ...row,
    columns: Uint32Array.from(kept, (i) => row.columns[i] as number),
    values: Float32Array.from(kept, (i) => row.values[i] as number),
    count: kept.length,
  };
}
