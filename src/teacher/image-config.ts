// Reads preprocessor_config.json, as image processors of Hugging Face write it: resizing, centre, scale, normalisation.
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { ImageFilter } from './image-inputs.ts';
import type { CropStep, PixelSteps, ResizeStep } from './image-steps.ts';

/** What a configuration says about images; undefined where it says nothing. */
export interface ImageConfig {
  /** Null: images are not resized. */
  readonly resize: ResizeStep | null | undefined;
  readonly crops: readonly CropStep[];
  readonly pixels: PixelSteps | undefined;
  /** Whether blue comes first. */
  readonly isBgr: boolean;
  /** Notes for the user. */
  readonly notes: readonly string[];
}

/** Pillow's numbers of filters. */
const FILTERS: readonly ImageFilter[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/** What the classes of transformers do where a configuration leaves it out. */
const CLASSES: Readonly<Record<string, { readonly square: boolean; readonly filter: ImageFilter }>> = {
  ViT: { square: true, filter: 'bilinear' },
  DeiT: { square: true, filter: 'bicubic' },
  Beit: { square: true, filter: 'bicubic' },
  Siglip: { square: true, filter: 'bicubic' },
  EfficientNet: { square: true, filter: 'nearest' },
  CLIP: { square: false, filter: 'bicubic' },
  Bit: { square: false, filter: 'bicubic' },
  ConvNext: { square: false, filter: 'bicubic' },
  MobileNetV1: { square: false, filter: 'bilinear' },
  MobileNetV2: { square: false, filter: 'bilinear' },
  MobileViT: { square: false, filter: 'bilinear' },
};

/** ConvNext takes the centre of images below this size, and its share without a statement. */
const CONVNEXT = { most: 384, share: 224 / 256 };

/** Members that say nothing about pixels, or whose meaning is that of other members. */
const SILENT =
  /^(image_processor_type|feature_extractor_type|processor_class|_processor_class|_valid_processor_keys|model_input_names|return_tensors|data_format|input_data_format|default_to_square|device|disable_grouping|num_channels|transformers_version|use_fast|auto_map|crop_pct|size|resample|crop_size|rescale_factor|image_mean|image_std|include_top|rescale_offset|do_\w+)$/;
const KNOWN_STEPS = new Set([
  ...['do_resize', 'do_center_crop', 'do_rescale', 'do_normalize', 'do_convert_rgb', 'do_flip_channel_order'],
  'do_reduce_labels',
]);

/**
 * Parses preprocessor_config.json.
 * @param value the parsed JSON
 * @param name of the file, for messages
 * @throws DebkdError `teacher` for steps that are not known, malformed or contradict each other
 */
export function parseImageConfig(value: unknown, name: string): ImageConfig {
  const subject = `image configuration ${quote(name, 200)}`;
  const fail: Fail = (seen, expected) => {
    throw new DebkdError('teacher', { subject, seen, expected, remedy: { id: 'give-image-config' } });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('not a JSON object', 'a preprocessor_config.json such as Hugging Face writes');
  const items = new Map<string, unknown>(Object.entries(value));
  const given = (key: string): unknown => items.get(key) ?? undefined;
  const flag = (key: string, none: boolean): boolean => {
    const stated = given(key);
    if (stated !== undefined && typeof stated !== 'boolean')
      fail(`${key} is ${shown(stated)}`, 'true, false or nothing');
    return (stated as boolean | undefined) ?? none;
  };
  for (const key of items.keys())
    if (/^do_/.test(key) && !KNOWN_STEPS.has(key) && flag(key, false))
      fail(`${key} is true, a step that is not known here`, listed([...KNOWN_STEPS]));
  const type = given('image_processor_type') ?? given('feature_extractor_type');
  const kind = typeof type === 'string' ? type.replace(/(ImageProcessor|FeatureExtractor)(Fast|Pil)?$/, '') : undefined;
  if (kind !== undefined && /^(Levit|PoolFormer|Donut|Dpt|Detr|Yolos|Perceiver|Flava|Idefics\d*|Pvt)$/i.test(kind))
    fail(
      `${quote(String(type))} has steps of its own`,
      `${listed(Object.keys(CLASSES))}, or a class with the same steps`,
    );
  const known = kind === undefined ? undefined : CLASSES[kind];
  const notes: string[] = [];
  const short = shortName(name);
  if (kind !== undefined && !known)
    notes.push(
      `teacher: ${quote(String(type), 60)} of ${quote(short)} is not known here; its members are read as those of other image processors`,
    );
  const unused = [...items.keys()].filter((key) => !SILENT.test(key) && items.get(key) !== null);
  if (unused.length > 0)
    notes.push(
      `teacher: ${quote(short)} has members that are not used: ${listed(
        unused.map((key) => quote(key)),
        12,
      )}`,
    );
  const read = { given, flag, fail, notes, kind, known, name: short };
  const { resize, crops } = sizesOf(read);
  return { resize, crops, pixels: pixelsOf(read), isBgr: flag('do_flip_channel_order', false), notes };
}

type Fail = (seen: string, expected?: string) => never;

interface Read {
  given(key: string): unknown;
  flag(key: string, none: boolean): boolean;
  readonly fail: Fail;
  readonly notes: string[];
  readonly kind: string | undefined;
  readonly known: { readonly square: boolean; readonly filter: ImageFilter } | undefined;
  readonly name: string;
}

/** Resizing and the centre. */
function sizesOf(read: Read): Pick<ImageConfig, 'resize' | 'crops'> {
  const { given, flag, fail, notes, kind, known, name } = read;
  const crops: CropStep[] = [];
  const centre = (size: readonly [number, number]): void => {
    crops.push({ size, rounds: 'down' });
  };
  const stated = sizeOf(given('size'), 'size', known?.square, fail);
  let resize: ResizeStep | null | undefined;
  if (!flag('do_resize', stated !== undefined)) resize = given('do_resize') === false ? null : undefined;
  else if (stated === undefined) fail('do_resize is true without a size', 'size');
  else {
    const filter = filterOf(read);
    const crop = flag('do_center_crop', false);
    const hasShare = given('crop_pct') !== undefined || !crop;
    if (given('crop_pct') !== undefined && kind !== 'ConvNext')
      fail(
        `crop_pct is ${shown(given('crop_pct'))}, which only ConvNextImageProcessor is known to have`,
        'size and crop_size',
      );
    if (kind !== 'ConvNext') resize = { filter, to: stated };
    else if (typeof stated !== 'number') fail('ConvNextImageProcessor with height and width', 'shortest_edge');
    else if (!hasShare) {
      resize = { filter, to: stated };
      notes.push(
        `teacher: ${quote(name)} has do_center_crop and no crop_pct: the shorter side becomes ${stated}, and then the centre is taken`,
      );
    } else if (stated >= CONVNEXT.most) resize = { filter, to: [stated, stated] };
    else {
      const share = given('crop_pct') ?? CONVNEXT.share;
      if (typeof share !== 'number' || !(share > 0 && share <= 1))
        fail(`crop_pct is ${shown(share)}`, 'a number above 0, at most 1');
      resize = { filter, to: Math.floor(stated / (share as number)) };
      centre([stated, stated]);
    }
  }
  if (flag('do_center_crop', false)) {
    const size = sizeOf(given('crop_size'), 'crop_size', true, fail);
    if (size === undefined || typeof size === 'number')
      fail('do_center_crop is true without a crop_size', 'height and width');
    else centre(size);
  }
  return { resize, crops };
}

/** A size: both sides, or the shorter one; undefined without a statement. @param square whether one number means both sides */
function sizeOf(
  value: unknown,
  key: string,
  square: boolean | undefined,
  fail: Fail,
): readonly [number, number] | number | undefined {
  if (value === undefined) return undefined;
  const whole = (x: unknown): number =>
    Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 8192
      ? (x as number)
      : fail(`${key} has ${shown(x)}`, 'whole numbers from 1 to 8192');
  if (typeof value === 'number') {
    if (square === undefined)
      fail(
        `${key} is the number ${value}, which may be both sides or the shorter one`,
        '{ height, width } or { shortest_edge }',
      );
    return square ? [whole(value), whole(value)] : whole(value);
  }
  if (Array.isArray(value) && value.length === 2) return [whole(value[0]), whole(value[1])];
  const sides = Object.entries(value as object).filter(([, side]) => side !== null && side !== undefined);
  const of = new Map<string, unknown>(sides);
  if (of.size === 2 && of.has('height') && of.has('width')) return [whole(of.get('height')), whole(of.get('width'))];
  if (of.size === 1 && of.has('shortest_edge')) return whole(of.get('shortest_edge'));
  return fail(
    `${key} has ${listed([...of.keys()].map((side) => quote(side))) || 'nothing'}`,
    '{ height, width } or { shortest_edge }',
  );
}

function filterOf({ given, fail, notes, known, name }: Read): ImageFilter {
  const number = given('resample');
  if (number === undefined) {
    const filter = known?.filter ?? 'bilinear';
    notes.push(`teacher: ${quote(name)} has no resample; images are resized with ${filter} filter`);
    return filter;
  }
  return FILTERS[number as number] ?? fail(`resample is ${shown(number)}`, `a number from 0 to ${FILTERS.length - 1}`);
}

/** Scale and normalisation. */
function pixelsOf({ given, flag, fail, kind }: Read): PixelSteps {
  const factor = given('rescale_factor') ?? 1 / 255;
  if (typeof factor !== 'number' || !(Number.isFinite(factor) && factor > 0))
    fail(`rescale_factor is ${shown(factor)}`, 'a number above 0');
  const rescales = flag('do_rescale', true);
  const normalises = flag('do_normalize', given('image_mean') !== undefined);
  const [mean, std] = ['image_mean', 'image_std'].map((key) => numbersOf(given(key), key, fail));
  if (normalises && !(mean && std))
    fail(`do_normalize is true without ${mean ? 'image_std' : 'image_mean'}`, 'image_mean and image_std');
  if (std?.some((x) => x <= 0)) fail(`image_std has ${std.find((x) => x <= 0)}`, 'numbers above 0');
  const shifts = flag('rescale_offset', false);
  const again = flag('include_top', kind === 'EfficientNet');
  return {
    scale: rescales ? (factor as number) : 1,
    shift: rescales && shifts ? -1 : 0,
    mean: normalises ? mean : undefined,
    std: normalises ? std : undefined,
    again: again ? (std ?? fail('include_top is true without image_std', 'image_std')) : undefined,
  };
}

/** One number, or one for each channel. */
function numbersOf(value: unknown, key: string, fail: Fail): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const list = Array.isArray(value) ? value : [value];
  const isList = list.length === 1 || list.length === 3;
  if (!isList || !list.every((x) => typeof x === 'number' && Number.isFinite(x)))
    fail(`${key} is ${shown(value)}`, 'a number for each of 3 channels');
  return list as number[];
}

function shown(value: unknown): string {
  return quote(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)), 60);
}

/** The name of a file without its folders. */
export function shortName(name: string): string {
  return name.replace(/^.*[\\/]/s, '');
}
