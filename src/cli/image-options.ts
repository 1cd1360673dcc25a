// The options about how a teacher reads images.
import type { ImageOptions } from '../data/fit-image.ts';
import { imageSize } from '../data/image-size.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { decimalOf, list, text, type Values } from '../settings/values.ts';
import type { TeacherOptions } from '../teacher/teacher-options.ts';

/** Names of the options that only a model of images has. */
export const IMAGE_OPTIONS: readonly string[] = [
  ...['image-config', 'image-size', 'image-mean', 'image-std', 'image-scale', 'image-order', 'image-layout'],
];

/** The options of `loadTeacher` about images. @throws DebkdError `usage` */
export function imageOptions(
  values: Values,
): Pick<
  TeacherOptions,
  'image' | 'imageConfig' | 'imageSize' | 'imageMean' | 'imageStd' | 'imageScale' | 'imageOrder' | 'imageLayout'
> {
  const [image, imageConfig] = [text(values, 'image'), text(values, 'image-config')];
  const imageSize = sizeOf(text(values, 'image-size'));
  const [imageMean, imageStd] = [numbersOf(values, 'image-mean'), numbersOf(values, 'image-std')];
  const imageScale = text(values, 'image-scale') as TeacherOptions['imageScale'];
  const imageOrder = text(values, 'image-order') as TeacherOptions['imageOrder'];
  const imageLayout = text(values, 'image-layout') as TeacherOptions['imageLayout'];
  return {
    ...(image !== undefined && { image }),
    ...(imageConfig !== undefined && { imageConfig }),
    ...(imageSize && { imageSize }),
    ...(imageMean && { imageMean }),
    ...(imageStd && { imageStd }),
    ...(imageScale && { imageScale }),
    ...(imageOrder && { imageOrder }),
    ...(imageLayout && { imageLayout }),
  };
}

/** How the student takes images: --pixels and --colour. @throws DebkdError `usage`; `value` for a size out of range */
export function studentImages(values: Values): ImageOptions {
  const colour = text(values, 'colour');
  const size = sizeOf(text(values, 'pixels'), 'pixels');
  return {
    // also checked here, before images are read
    size: size && imageSize(size),
    channels: colour === undefined ? undefined : colour === 'grey' ? 1 : 3,
  };
}

/** A size such as 224 or 224x192. */
function sizeOf(stated: string | undefined, option = 'image-size'): readonly [number, number] | undefined {
  if (stated === undefined) return undefined;
  const [, height, width = height] = /^(\d{1,5})(?:\s*[x,]\s*(\d{1,5}))?$/.exec(stated.trim()) ?? [];
  if (height !== undefined) return [Number(height), Number(width)];
  throw new DebkdError('usage', {
    subject: `option --${option}`,
    seen: quote(stated),
    expected: 'one whole number, or height and width such as 224x192',
  });
}

/** Numbers such as 0.485,0.456,0.406. */
function numbersOf(values: Values, option: string): readonly number[] | undefined {
  if (values[option] === undefined) return undefined;
  const numbers = list(values, option).map(decimalOf);
  if ((numbers.length === 1 || numbers.length === 3) && numbers.every(Number.isFinite)) return numbers;
  throw new DebkdError('usage', {
    subject: `option --${option}`,
    seen: quote(String(values[option])),
    expected: 'one number, or one for each of 3 channels, such as 0.485,0.456,0.406',
  });
}
