// Reads pretrained_cfg in the config.json of a timm model: the steps of its evaluation.
import { DebkdError, quote } from '../io/errors.ts';
import type { ImageConfig } from './image-config.ts';
import type { ImageFilter } from './image-inputs.ts';

const FILTERS: readonly ImageFilter[] = ['nearest', 'bilinear', 'bicubic', 'lanczos', 'box', 'hamming'];

/** The member of a timm model's config.json; undefined if there is none. */
export function timmConfig(config: unknown): object | undefined {
  const found =
    typeof config === 'object' && config !== null
      ? Object.entries(config).find(([key]) => key === 'pretrained_cfg')?.[1]
      : undefined;
  return typeof found === 'object' && found !== null && 'input_size' in found ? found : undefined;
}

/** Parses pretrained_cfg. @param name of the file, for messages @throws DebkdError `teacher` */
export function parseTimmConfig(value: object, name: string): ImageConfig {
  const items = new Map<string, unknown>(Object.entries(value));
  const fail = (seen: string, expected: string): never => {
    throw new DebkdError('teacher', {
      subject: `pretrained_cfg of ${quote(name, 200)}`,
      seen,
      expected,
      remedy: { id: 'give-image-config' },
    });
  };
  const numbers = (key: string, count: number): number[] => {
    const list = items.get(key);
    if (
      !Array.isArray(list) ||
      list.length !== count ||
      !list.every((x) => typeof x === 'number' && Number.isFinite(x))
    )
      return fail(`${key} is ${quote(JSON.stringify(list) ?? 'missing', 60)}`, `${count} numbers`);
    return list;
  };
  const [, height = 0, width = 0] = numbers('input_size', 3);
  if (![height, width].every((side) => Number.isInteger(side) && side >= 1))
    fail(`input_size is ${height} x ${width}`, 'whole numbers from 1');
  const filter = FILTERS.find((one) => one === items.get('interpolation'));
  if (!filter) return fail(`interpolation is ${quote(String(items.get('interpolation')), 60)}`, FILTERS.join(', '));
  const share = items.get('crop_pct') ?? 1;
  if (typeof share !== 'number' || !(share > 0 && share <= 1))
    return fail(`crop_pct is ${quote(String(share), 60)}`, 'a number above 0, at most 1');
  const mode = items.get('crop_mode') ?? 'center';
  const scaled = [Math.floor(height / share), Math.floor(width / share)] as const;
  if (mode !== 'squash' && (mode !== 'center' || height !== width))
    fail(`crop_mode is ${quote(String(mode), 60)} for ${height} x ${width}`, 'center for a square, or squash');
  return {
    resize: { filter, to: mode === 'squash' ? scaled : scaled[0] },
    crops: [{ size: [height, width], rounds: 'even' }],
    pixels: { scale: 1 / 255, shift: 0, mean: numbers('mean', 3), std: numbers('std', 3) },
    isBgr: false,
    notes: [],
  };
}
