// The size of a student's images.
import { DebkdError, quote } from '../io/errors.ts';
import { IMAGE_SIZE } from './image-column.ts';

/** Rows and columns of pixels, or one number for both; default 32. */
export type ImageSize = number | readonly [height: number, width: number] | undefined;

/** Rows and columns of pixels of a student's images. @throws DebkdError `value` */
export function imageSize(size: ImageSize = IMAGE_SIZE.usual): [height: number, width: number] {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  const { least, most } = IMAGE_SIZE;
  if ([height, width].every((n) => Number.isInteger(n) && n >= least && n <= most)) return [height, width];
  throw new DebkdError('value', {
    subject: "size of the student's images",
    seen: quote(`${height}x${width}`),
    expected: `whole numbers from ${least} to ${most}`,
  });
}
