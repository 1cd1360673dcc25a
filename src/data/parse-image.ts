// Checks an image column in the JSON of a preprocessing.
import { IMAGE_SIZE, type ImageColumn } from './image-column.ts';
import type { Problem } from './steps/value.ts';

/**
 * Checks the members of an image column.
 * @param refuse throws the error of the column
 */
export function parseImage(
  column: { readonly [member: string]: unknown; readonly name: string; readonly offset: number },
  refuse: (problem: Omit<Problem, 'remedy'>) => never,
): ImageColumn {
  const { name, offset, size, channels, mean, std } = column;
  const { least, most } = IMAGE_SIZE;
  const isSize = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= least && (n as number) <= most;
  if (!Array.isArray(size) || size.length !== 2 || !size.every(isSize))
    return refuse({ seen: `size is ${JSON.stringify(size)}`, expected: `[height, width], from ${least} to ${most}` });
  if (channels !== 1 && channels !== 3)
    return refuse({ seen: `channels is ${JSON.stringify(channels)}`, expected: '1 or 3' });
  const isNumbers = (list: unknown, ok: (x: number) => boolean): boolean =>
    Array.isArray(list) && list.length === channels && list.every((x) => Number.isFinite(x) && ok(x as number));
  if (!isNumbers(mean, () => true))
    return refuse({ seen: `mean is ${JSON.stringify(mean)}`, expected: `${channels} numbers` });
  if (!isNumbers(std, (x) => x > 0))
    return refuse({ seen: `std is ${JSON.stringify(std)}`, expected: `${channels} numbers above 0` });
  const [height, width] = size as [number, number];
  const values = height * width * channels;
  if (column['width'] !== undefined && column['width'] !== values)
    return refuse({ seen: `width is ${String(column['width'])}`, expected: `${values}, all values of the pixels` });
  return {
    name,
    kind: 'image',
    size: [height, width],
    channels,
    mean: mean as number[],
    std: std as number[],
    offset,
    width: values,
  };
}
