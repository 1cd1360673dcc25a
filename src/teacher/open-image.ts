// Opens the reading of a model of images: which steps lead from an image to its input.
import type { Decoder } from '../data/image/decode.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { COMMON, RAW } from './image-candidates.ts';
import type { ImageConfig } from './image-config.ts';
import type { ImageInputs, ImageOrder } from './image-inputs.ts';
import type { ImageInput, ImageReading } from './image-reading.ts';
import { planImages, randomImages } from './image-rows.ts';
import { describePixels, type ImageSteps, onlySize, type PixelSteps, type ResizeStep } from './image-steps.ts';
import { imageColumn } from './image-table.ts';

/** What the caller states about images. */
export interface StatedImages {
  readonly column: string | undefined;
  readonly size: readonly [height: number, width: number] | undefined;
  readonly order: ImageOrder | undefined;
  /** Complete or not at all. */
  readonly pixels: PixelSteps | undefined;
}

/** What a reading is opened with. */
export interface ImageSettings {
  readonly input: ImageInput;
  readonly stated: StatedImages;
  /** The configuration and its name; undefined without one. */
  readonly config: (ImageConfig & { readonly name: string }) | undefined;
  /** The size that config.json states. */
  readonly size: readonly [height: number, width: number] | undefined;
  readonly decoder: Decoder;
  /** The teacher's name, for messages. */
  readonly name: string;
}

/** Opens the reading of a model of images. @throws DebkdError `teacher` or `value` */
export function openImage(settings: ImageSettings): { reading: ImageReading; notes: readonly string[] } {
  const { input, stated, config, name, decoder } = settings;
  const notes = [...(config?.notes ?? [])];
  const shape = shapeOf(settings, notes);
  checkSize(input, onlySize(shape), settings);
  const isBytes = input.tensor.type === 'uint8';
  const given = stated.pixels ?? config?.pixels;
  if (isBytes && given && describePixels(given) !== describePixels(RAW))
    notes.push(
      `teacher: its input takes bytes, so that pixels enter as they are, without ${describePixels(given)} of ${stated.pixels ? 'the options' : quote(config?.name ?? '', 200)}`,
    );
  const pixels = isBytes ? RAW : given;
  checkChannels(pixels, input, name);
  const order: ImageOrder = input.channels === 1 ? 'grey' : (stated.order ?? (config?.isBgr ? 'bgr' : 'rgb'));
  const isStated = config !== undefined || Object.values(stated).some((value) => value !== undefined);
  const from = [
    ...(config ? [config.name] : []),
    ...(stated.size || stated.pixels || stated.order ? ['the options'] : []),
  ].join(' and ');
  const opened: Opened = {
    input,
    decoder,
    name,
    column: stated.column,
    order,
    takesNumbers: !isStated,
    steps: { ...shape, pixels },
    from: from || 'the shape of its input',
  };
  return { reading: readingOf(opened), notes };
}

/** Resizing and the centre. */
function shapeOf(
  { input, stated, config, size: configured, name }: ImageSettings,
  notes: string[],
): Pick<ImageSteps, 'resize' | 'crops'> {
  const fixed =
    input.height !== undefined && input.width !== undefined ? ([input.height, input.width] as const) : undefined;
  const to = (size: readonly [number, number], filter: ResizeStep['filter'] = 'bilinear') => ({
    resize: { filter, to: size },
    crops: [],
  });
  if (stated.size) return to(stated.size, config?.resize?.filter);
  if (config?.resize === null) return { resize: undefined, crops: config.crops };
  if (config?.resize) return { resize: config.resize, crops: config.crops };
  const size = fixed ?? configured;
  if (size) {
    if (!fixed) notes.push(`teacher: the size of its images, ${size.join(' x ')}, is that of its config.json`);
    return to(size);
  }
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: `it reads images of any size (input ${quote(input.tensor.name)}), and nothing says which size it was trained with`,
    remedy: [{ id: 'set-image-size' }, { id: 'give-image-config' }],
  });
}

/** @throws DebkdError `teacher` for a size that does not fit a fixed input */
function checkSize(
  { height, width, tensor }: ImageInput,
  size: readonly [number, number] | undefined,
  { stated, config, name }: ImageSettings,
): void {
  const fits = size && (height ?? size[0]) === size[0] && (width ?? size[1]) === size[1];
  if (fits || (height === undefined && width === undefined)) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: `${stated.size ? 'the stated size makes' : `${quote(config?.name ?? '', 200)} makes`} images of ${size ? size.join(' x ') : 'several sizes'}, and input ${quote(tensor.name)} takes ${height ?? 'any number of'} x ${width ?? 'any number of'} pixels`,
    remedy: stated.size
      ? [{ id: 'omit-setting', setting: 'image-size' }]
      : [{ id: 'set-image-size' }, { id: 'give-image-config' }],
  });
}

/** @throws DebkdError `value` for another number of channels */
function checkChannels(pixels: PixelSteps | undefined, { channels }: ImageInput, name: string): void {
  for (const list of [pixels?.mean, pixels?.std, pixels?.again]) {
    const isSame = list?.every((x) => x === list[0]);
    if (!list || list.length === channels || list.length === 1 || (channels === 1 && isSame)) continue;
    throw new DebkdError('value', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `a mean or standard deviation for ${list.length} channels (${list.join(', ')})`,
      expected: `${channels === 1 ? 'one, because the model reads grey images' : `one, or ${channels}`}`,
      remedy: { id: 'give-image-config' },
    });
  }
}

interface Opened {
  readonly input: ImageInput;
  readonly decoder: Decoder;
  readonly name: string;
  readonly column: string | undefined;
  readonly order: ImageOrder;
  readonly steps: ImageSteps;
  readonly from: string;
  readonly takesNumbers: boolean;
}

function readingOf(opened: Opened): ImageReading {
  const { input, column, order, steps, from, name } = opened;
  const size = onlySize(steps);
  const shown: ImageInputs = {
    column,
    size,
    order,
    layout: input.layout,
    filter: steps.resize?.filter,
    resizedTo: steps.resize?.to,
    values: input.tensor.type === 'uint8' ? 'bytes as they are' : describePixels(steps.pixels),
    isOpen: steps.pixels === undefined,
    from,
  };
  const subject = `teacher ${quote(name, 200)}`;
  return {
    input,
    shown,
    why: whyImages(shown, input),
    identity: ['images', steps, order, input.layout, column ?? null],
    refusal: steps.pixels
      ? undefined
      : new DebkdError('teacher', {
          subject,
          seen: 'it reads images, and nothing says how bytes become numbers: no preprocessor_config.json, no mean or standard deviation, and no labelled rows to try',
          remedy: [{ id: 'give-image-config' }, { id: 'set-image-mean' }],
        }),
    takesNumbers: opened.takesNumbers,
    candidates: input.tensor.type === 'uint8' ? [] : input.channels === 1 ? COMMON.map(greyCandidate) : COMMON,
    forTable(table) {
      const found = imageColumn(table, column, subject);
      return found === column ? this : readingOf({ ...opened, column: found });
    },
    withPixels: (pixels, chosenFrom) => readingOf({ ...opened, steps: { ...steps, pixels }, from: chosenFrom }),
    swapped: () => (order === 'grey' ? undefined : readingOf({ ...opened, order: order === 'rgb' ? 'bgr' : 'rgb' })),
    encode: (rows) => planImages(rows, opened),
    probe: (draw) => randomImages(draw, opened, size),
  };
}

/** A candidate for grey images: its mean over the channels. */
function greyCandidate({ name, pixels }: (typeof COMMON)[number]): (typeof COMMON)[number] {
  const mean = (list: readonly number[] | undefined): number[] | undefined =>
    list && [list.reduce((sum, x) => sum + x, 0) / list.length];
  return { name, pixels: { ...pixels, mean: mean(pixels.mean), std: mean(pixels.std) } };
}

/** How images enter the input, in words. */
function whyImages(shown: ImageInputs, { tensor }: ImageInput): string {
  const { column, size, resizedTo, filter, order, layout, values, from } = shown;
  const channels = order === 'grey' ? 'grey (colours as in convert("L") of Pillow)' : order.toUpperCase();
  const cut =
    typeof resizedTo === 'number'
      ? `, the centre of images whose shorter side is ${resizedTo}`
      : size && resizedTo && resizedTo.join() !== size.join()
        ? `, the centre of ${resizedTo.join(' x ')}`
        : '';
  const how = [
    `${size ? `${size.join(' x ')} pixels` : resizedTo === undefined ? 'their own size' : `a shorter side of ${resizedTo}`}${cut}`,
    `${channels}, ${layout.replace('-', ' ')}`,
    ...(filter ? [filter] : []),
    values === 'open' ? 'bytes become numbers as labelled rows show' : values,
  ];
  return `${quote(tensor.name)} takes the images of ${column === undefined ? 'the column of images' : quote(column)}: ${how.join('; ')} (from ${from})`;
}
