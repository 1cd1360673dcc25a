// Loads what a model of images needs in addition to its file: how images become its input, and a decoder. Only teachers of images load this file.
import { openDecoder } from '../data/image/decode.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { parseImageConfig, shortName } from './image-config.ts';
import { parseTimmConfig, timmConfig } from './image-config-timm.ts';
import type { ImageLayout, ImageOrder } from './image-inputs.ts';
import type { ImageInput, ImageReading } from './image-reading.ts';
import type { PixelSteps } from './image-steps.ts';
import { imageSizeIn } from './model-config.ts';
import type { ModelSource } from './model-source.ts';
import { openImage, type StatedImages } from './open-image.ts';

/** What bytes become before mean and standard deviation. */
export type ImageScale = '0..1' | '-1..1' | '0..255';

/** The options of loadTeacher about images. */
export interface ImageOptions {
  readonly image?: string | undefined;
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  readonly imageMean?: number | readonly number[] | undefined;
  readonly imageStd?: number | readonly number[] | undefined;
  readonly imageScale?: ImageScale | undefined;
  readonly imageLayout?: ImageLayout | undefined;
  readonly imageOrder?: ImageOrder | undefined;
}

/** Opens the reading of a model of images. @throws DebkdError `source`, `teacher` or `value`; `wasm` if the decoder does not start */
export async function loadImage(
  input: ImageInput,
  options: ImageOptions,
  found: Pick<ModelSource, 'config' | 'configName' | 'imageConfig' | 'unclearImageConfig' | 'isBeside'>,
  name: string,
): Promise<{ reading: ImageReading; notes: readonly string[] }> {
  const { imageConfig, unclearImageConfig } = found;
  const stated = statedOf(input, options, name);
  const timm = imageConfig || found.isBeside ? undefined : timmConfig(found.config);
  const config = imageConfig
    ? { ...parseImageConfig(imageConfig.value, imageConfig.name), name: shortName(imageConfig.name) }
    : timm && { ...parseTimmConfig(timm, found.configName), name: shortName(found.configName) };
  const { reading, notes } = openImage({
    input,
    stated,
    config,
    name,
    size: found.isBeside ? undefined : imageSizeIn(found.config),
    decoder: await openDecoder(),
  });
  const unclear = unclearImageConfig !== undefined && reading.shown.isOpen;
  return {
    reading,
    notes: [
      ...notes,
      ...(unclear
        ? [
            `teacher: ${quote(unclearImageConfig, 200)} is not used, because it may belong to another model of its folder`,
          ]
        : []),
    ],
  };
}

/** What the options state. @throws DebkdError `value` or `teacher` */
function statedOf(input: ImageInput, options: ImageOptions, name: string): StatedImages {
  const { image, imageSize, imageLayout, imageOrder } = options;
  if (imageLayout !== undefined && imageLayout !== input.layout) {
    if (!['channels-first', 'channels-last'].includes(imageLayout))
      throw wrong('image layout', imageLayout, 'channels-first or channels-last');
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `input ${quote(input.tensor.name)} has shape [${input.tensor.shape.join(', ')}], which is ${input.layout}, not ${imageLayout}`,
      remedy: { id: 'omit-setting', setting: 'image-layout' },
    });
  }
  const isGrey = input.channels === 1;
  if (imageOrder !== undefined && (imageOrder === 'grey') !== isGrey)
    throw wrong('image order', imageOrder, isGrey ? 'grey, because the model has one channel' : 'rgb or bgr');
  if (imageOrder !== undefined && !['rgb', 'bgr', 'grey'].includes(imageOrder))
    throw wrong('image order', imageOrder, 'rgb or bgr');
  return { column: image, size: sizeOf(imageSize), order: imageOrder, pixels: pixelsOf(options) };
}

function sizeOf(size: ImageOptions['imageSize']): readonly [number, number] | undefined {
  if (size === undefined) return undefined;
  const [height, width, ...more] = typeof size === 'number' ? [size, size] : size;
  const isSide = (side: unknown): side is number =>
    Number.isInteger(side) && (side as number) >= 1 && (side as number) <= 8192;
  if (isSide(height) && isSide(width) && more.length === 0) return [height, width];
  throw wrong('image size', String(size), 'one whole number from 1 to 8192, or two: height and width');
}

function pixelsOf({ imageMean, imageStd, imageScale }: ImageOptions): PixelSteps | undefined {
  if (imageMean === undefined && imageStd === undefined && imageScale === undefined) return undefined;
  const [mean, std] = [numbersOf(imageMean, 'image mean'), numbersOf(imageStd, 'image standard deviation')];
  if (std?.some((x) => x <= 0)) throw wrong('image standard deviation', std.join(', '), 'numbers above 0');
  const scales = { '0..1': [1 / 255, 0], '-1..1': [1 / 127.5, -1], '0..255': [1, 0] } as const;
  const key = imageScale ?? '0..1';
  if (!Object.hasOwn(scales, key)) throw wrong('image scale', key, Object.keys(scales).join(', '));
  // a mean above 1 belongs to bytes
  if (imageScale === undefined && [...(mean ?? []), ...(std ?? [])].some((x) => Math.abs(x) > MOST_OF_UNIT))
    throw new DebkdError('value', {
      subject: 'image mean and standard deviation',
      seen: `${[...(mean ?? []), ...(std ?? [])].join(', ')}, which are too large for bytes / 255`,
      expected: 'those of values from 0 to 1',
      remedy: 'divide them by 255, or say that bytes enter as they are (image scale 0..255)',
    });
  const [scale, shift] = scales[key];
  return { scale, shift, mean, std };
}

/** Means and deviations of values from 0 to 1 are smaller. */
const MOST_OF_UNIT = 2;

function numbersOf(given: number | readonly number[] | undefined, subject: string): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const list = typeof given === 'number' ? [given] : [...given];
  if ((list.length === 1 || list.length === 3) && list.every((x) => Number.isFinite(x))) return list;
  throw wrong(subject, list.join(', '), 'one number, or one for each of 3 channels');
}

function wrong(subject: string, seen: string, expected: string): DebkdError {
  return new DebkdError('value', { subject, seen: quote(seen), expected });
}
