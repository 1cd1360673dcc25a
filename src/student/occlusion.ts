// Occlusion (Zeiler, Fergus 2014): an image is divided into cells, and each cell is replaced by the mean pixel.
import type { ImageForm } from '../data/image-rows.ts';

/**
 * What each cell of an image adds to a margin: the margin minus the margin with the mean pixel in place of the cell.
 * @example
 * const { image } = student.explain({ image: { pixels, width: 64, height: 64 } });
 * if (image) console.log(image.shares[2 * image.columns + 4]); // the cell in row 3, column 5
 */
export interface OcclusionMap {
  /** The name of the image column. */
  readonly column: string;
  /** Rows of cells: 8, or fewer for small images. */
  readonly rows: number;
  /** Columns of cells: 8, or fewer for small images. */
  readonly columns: number;
  /** In log-odds, above 0 towards class 1; float64 [rows x columns], row by row from the top. They need not add up to the image's share. */
  readonly shares: Float64Array;
}

/** Most cells along a side. */
export const MOST_CELLS = 8;
/** Fewest pixels along a side of a cell: single pixels change hardly any margin. */
const LEAST_PIXELS = 2;

/** Rows and columns of cells. */
export function gridOf([height, width]: ImageForm['size']): { readonly rows: number; readonly columns: number } {
  const cells = (pixels: number): number => Math.max(1, Math.min(MOST_CELLS, Math.floor(pixels / LEAST_PIXELS)));
  return { rows: cells(height), columns: cells(width) };
}

/** The byte nearest to the mean of each channel. */
export function meanPixel({ mean }: Pick<ImageForm, 'mean'>): number[] {
  return mean.map((value) => Math.max(0, Math.min(255, Math.round(255 * value))));
}

/**
 * Replaces the pixels of a cell.
 * @param pixels [height x width x channels]
 * @param cell its number, row by row from the top
 * @param pixel the value of each channel
 */
export function fillCell(
  pixels: Uint8Array | Float32Array,
  { size, channels }: Pick<ImageForm, 'size' | 'channels'>,
  cell: number,
  pixel: ArrayLike<number>,
): void {
  const [height, width] = size;
  const { rows, columns } = gridOf(size);
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const [left, right] = [startOf(column, columns, width), startOf(column + 1, columns, width)];
  for (let y = startOf(row, rows, height); y < startOf(row + 1, rows, height); y++)
    for (let x = left; x < right; x++)
      for (let c = 0; c < channels; c++) pixels[(y * width + x) * channels + c] = pixel[c] as number;
}

const startOf = (cell: number, cells: number, pixels: number): number => Math.floor((cell * pixels) / cells);
