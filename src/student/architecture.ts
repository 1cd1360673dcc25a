// The shape of a student: encoded columns, hidden layers, one margin.
import { DebkdError, type ErrorParts, nearest, quote } from '../io/errors.ts';
import { ACTIVATIONS, type Activation } from '../kernels/activation.ts';

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
}

const MAX_WIDTH = 4096;
const MAX_HIDDEN = 8;

/** Parses `logistic`, or hidden widths such as `32,16`. @throws DebkdError `value` */
export function parseArchitecture(
  text: string,
  options: { activation?: Activation | undefined; residual?: boolean | undefined } = {},
): Architecture {
  if (text === 'logistic') return checkArchitecture({ hidden: [], ...options }, text);
  const hidden = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
  return checkArchitecture({ hidden, ...options }, text);
}

/** Checks an architecture and removes its defaults, so equal shapes have equal bytes. @throws DebkdError `value` */
export function checkArchitecture(
  { hidden, activation = 'relu', residual = false }: Architecture,
  shown: string = hidden.join(','),
): Architecture {
  const refuse = (problem: Omit<ErrorParts, 'subject'>): never => {
    throw new DebkdError('value', { subject: `student ${quote(shown)}`, ...problem });
  };
  if (hidden.length > MAX_HIDDEN || !hidden.every((w) => Number.isInteger(w) && w >= 1 && w <= MAX_WIDTH)) {
    refuse({
      seen: 'not an architecture',
      expected: `"logistic" or up to ${MAX_HIDDEN} hidden widths from 1 to ${MAX_WIDTH}, such as 32,16`,
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
  return { hidden, ...(activation === 'relu' ? {} : { activation }), ...(residual ? { residual } : {}) };
}

/** Describes a student's layers for people: `108-16-1`, `108-32-32-1 gelu residual`. */
export function describeArchitecture(features: number, { hidden, activation, residual }: Architecture): string {
  return [[features, ...hidden, 1].join('-'), activation ?? '', residual ? 'residual' : '']
    .filter((word) => word !== '')
    .join(' ');
}
