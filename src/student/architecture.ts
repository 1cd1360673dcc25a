// The shape of a student: encoded columns, hidden layers, one margin.
import { DebkdError, type ErrorParts, nearest, quote } from '../io/errors.ts';
import { ACTIVATIONS, type Activation } from '../kernels/activation-names.ts';
import { BLOCKS, type Blocks, type Convolutions } from '../kernels/trunk-layout.ts';

export type { Blocks, Convolutions };

/**
 * The shape of a student: hidden widths, activation, residual connections. Without hidden widths it is a logistic regression.
 * @example
 * const shape: Architecture = { hidden: [32, 32], activation: 'gelu', residual: true };
 */
export interface Architecture {
  /** Widths of the hidden layers: up to 8, each from 1 to 4096; [] is logistic regression. */
  readonly hidden: readonly number[];
  /** Activation of the hidden layers: relu (default), tanh or gelu. */
  readonly activation?: Activation | undefined;
  /**
   * Residual connections (He et al. 2016): every hidden layer after the first adds its input to its output. They need two or more
   * hidden layers of equal width. Default false.
   */
  readonly residual?: boolean | undefined;
  /** Convolutional stages, for a student of images; its hidden layers take the mean of each channel, and the other columns. */
  readonly conv?: Convolutions | undefined;
}

/** The convolutions of a student of images, unless it is given others. */
export const USUAL_CONVOLUTIONS: Convolutions = { channels: [8, 16, 32] };

const MAX_WIDTH = 4096;
const MAX_HIDDEN = 8;
/** Limits of convolutional stages. */
const MAX_CHANNELS = 512;
const MAX_STAGES = 6;

/**
 * Parses `logistic`, hidden widths such as `32,16`, or convolutional stages such as `conv:8,16,32`, `conv:8,16@5` (windows of 5 x 5),
 * `separable:8,16,32`, `residual:8,16`, with hidden widths after a slash: `conv:8,16,32/16`.
 * @throws DebkdError `value`
 */
export function parseArchitecture(
  text: string,
  options: { activation?: Activation | undefined; residual?: boolean | undefined } = {},
): Architecture {
  if (text === 'logistic') return checkArchitecture({ hidden: [], ...options }, text);
  const [, name, stages = '', kernel, rest] =
    /^(conv|separable|residual):([^@/]*)(?:@([^/]*))?(?:\/(.*))?$/.exec(text) ?? [];
  if (name === undefined) return checkArchitecture({ hidden: widthsOf(text), ...options }, text);
  const blocks = name === 'conv' ? 'plain' : (name as Blocks);
  const conv = {
    channels: widthsOf(stages),
    kernel: kernel === undefined ? 3 : (Number(kernel) as 3 | 5),
    blocks,
  };
  return checkArchitecture({ hidden: rest === undefined ? [] : widthsOf(rest), ...options, conv }, text);
}

function widthsOf(text: string): number[] {
  return text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
}

/** Checks an architecture and removes its defaults, so equal shapes have equal bytes. @throws DebkdError `value` */
export function checkArchitecture(
  { hidden, activation = 'relu', residual = false, conv }: Architecture,
  shown: string = [stagesShown(conv), hidden.join(',')].filter((part) => part !== '').join('/'),
): Architecture {
  const refuse = (problem: Omit<ErrorParts, 'subject'>): never => {
    throw new DebkdError('value', { subject: `student ${quote(shown)}`, ...problem });
  };
  if (hidden.length > MAX_HIDDEN || !hidden.every((w) => Number.isInteger(w) && w >= 1 && w <= MAX_WIDTH)) {
    refuse({
      seen: 'not an architecture',
      expected: `"logistic", up to ${MAX_HIDDEN} hidden widths from 1 to ${MAX_WIDTH}, such as 32,16, or for images conv:8,16,32`,
    });
  }
  if (!ACTIVATIONS.includes(activation)) {
    const near = nearest(String(activation), ACTIVATIONS);
    refuse({
      seen: `activation ${quote(String(activation))}`,
      expected: `one of ${ACTIVATIONS.join(', ')}`,
      remedy: near && `did you mean ${near}?`,
    });
  }
  if (typeof residual !== 'boolean')
    refuse({ seen: `residual is ${quote(String(residual))}`, expected: 'true or false' });
  if (residual && (hidden.length < 2 || hidden.some((w) => w !== hidden[0]))) {
    refuse({
      seen: 'residual connections between these widths',
      expected: 'two or more hidden layers of equal width, such as 32,32,32',
    });
  }
  const stages = conv && checkStages(conv, refuse);
  return {
    hidden,
    ...(activation === 'relu' ? {} : { activation }),
    ...(residual ? { residual } : {}),
    ...(stages && { conv: stages }),
  };
}

/** Stages for messages, even malformed ones. */
function stagesShown(conv: Convolutions | undefined): string {
  if (!conv) return '';
  return Array.isArray(conv.channels) ? describeStages(conv) : 'conv:';
}

function checkStages(
  { channels, kernel = 3, blocks = 'plain' }: Convolutions,
  refuse: (problem: Omit<ErrorParts, 'subject'>) => never,
): Convolutions {
  if (
    !Array.isArray(channels) ||
    channels.length < 1 ||
    channels.length > MAX_STAGES ||
    !channels.every((w) => Number.isInteger(w) && w >= 1 && w <= MAX_CHANNELS)
  )
    refuse({
      seen: 'not the channels of convolutional stages',
      expected: `1 to ${MAX_STAGES} numbers from 1 to ${MAX_CHANNELS}, such as conv:8,16,32`,
    });
  if (kernel !== 3 && kernel !== 5)
    refuse({
      seen: Number.isFinite(kernel) ? `windows of ${kernel} pixels` : 'windows without a width',
      expected: '3 or 5, such as conv:8,16,32@5',
    });
  if (!BLOCKS.includes(blocks))
    refuse({ seen: `blocks ${quote(String(blocks))}`, expected: `one of ${BLOCKS.join(', ')}` });
  return { channels, ...(kernel === 3 ? {} : { kernel }), ...(blocks === 'plain' ? {} : { blocks }) };
}

/** Convolutional stages as parseArchitecture takes them: `conv:8,16,32`. */
export function describeStages({ channels, kernel = 3, blocks = 'plain' }: Convolutions): string {
  return `${blocks === 'plain' ? 'conv' : blocks}:${channels.join(',')}${kernel === 3 ? '' : `@${kernel}`}`;
}

/** Describes a student's layers for people: `108-16-1`, `108-32-32-1 gelu residual`, `conv:8,16,32-1`. */
export function describeArchitecture(features: number, { hidden, activation, residual, conv }: Architecture): string {
  const first = conv ? describeStages(conv) : features;
  return [[first, ...hidden, 1].join('-'), activation ?? '', residual ? 'residual' : '']
    .filter((word) => word !== '')
    .join(' ');
}
