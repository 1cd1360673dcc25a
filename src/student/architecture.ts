// The shape of a student: encoded inputs -> hidden layers -> one margin.
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { ACTIVATIONS, type Activation } from '../kernels/activation.ts';

/** The shape of a student: hidden widths, activation, residual connections. No hidden width: logistic regression. */
export interface Architecture {
  /** Hidden widths; [] is logistic regression. */
  readonly hidden: readonly number[];
  /** Of hidden layers; default relu. */
  readonly activation?: Activation | undefined;
  /** Every hidden layer but the first adds its input to its output (He et al. 2016); widths must be equal. Default false. */
  readonly residual?: boolean | undefined;
}

const MAX_WIDTH = 4096;
const MAX_HIDDEN = 8;

/** `logistic`, or hidden widths as `32,16`. @throws DebkdError `value` */
export function parseArchitecture(
  text: string,
  options: { activation?: Activation | undefined; residual?: boolean | undefined } = {},
): Architecture {
  if (text === 'logistic') return checkArchitecture({ hidden: [], ...options }, text);
  const hidden = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
  return checkArchitecture({ hidden, ...options }, text);
}

/** With nothing in it that is default. @throws DebkdError `value` when it is no architecture */
export function checkArchitecture(
  { hidden, activation = 'relu', residual = false }: Architecture,
  shown: string = hidden.join(','),
): Architecture {
  const refuse = (what: string): never => {
    throw new DebkdError('value', { subject: `student ${quote(shown)}`, seen: what });
  };
  if (hidden.length > MAX_HIDDEN || !hidden.every((w) => Number.isInteger(w) && w >= 1 && w <= MAX_WIDTH)) {
    refuse(`expected "logistic" or up to ${MAX_HIDDEN} hidden widths from 1 to ${MAX_WIDTH}, such as 32,16`);
  }
  if (!ACTIVATIONS.includes(activation)) {
    const near = nearest(String(activation), ACTIVATIONS);
    refuse(
      `activation ${quote(String(activation))}, expected one of ${ACTIVATIONS.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  if (typeof residual !== 'boolean') refuse('residual is neither true nor false');
  if (residual && (hidden.length < 2 || hidden.some((w) => w !== hidden[0]))) {
    refuse('residual connections need two or more hidden layers of one width, such as 32,32,32');
  }
  return { hidden, ...(activation === 'relu' ? {} : { activation }), ...(residual ? { residual } : {}) };
}

/** In words: `108-16-1`, `108-32-32-1 gelu residual`. */
export function describeArchitecture(features: number, { hidden, activation, residual }: Architecture): string {
  return [[features, ...hidden, 1].join('-'), activation ?? '', residual ? 'residual' : '']
    .filter((word) => word !== '')
    .join(' ');
}
