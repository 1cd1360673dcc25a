// The shape of a student: encoded inputs -> hidden ReLU layers -> one margin.
import { DebkdError, quote } from '../io/errors.ts';

/** Hidden widths; [] is logistic regression. */
export interface Architecture {
  readonly hidden: readonly number[];
}

const MAX_WIDTH = 4096;
const MAX_HIDDEN = 8;

/** `logistic`, or hidden widths as `32,16`. @throws DebkdError `value` */
export function parseArchitecture(text: string): Architecture {
  if (text === 'logistic') return { hidden: [] };
  const hidden = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
  return checkArchitecture({ hidden }, text);
}

/** @throws DebkdError `value` when a width is out of range */
export function checkArchitecture(
  architecture: Architecture,
  shown: string = architecture.hidden.join(','),
): Architecture {
  const { hidden } = architecture;
  if (hidden.length > MAX_HIDDEN || !hidden.every((w) => Number.isInteger(w) && w >= 1 && w <= MAX_WIDTH)) {
    throw new DebkdError(
      'value',
      `student ${quote(shown)}: expected "logistic" or up to ${MAX_HIDDEN} hidden widths from 1 to ${MAX_WIDTH}, such as 32,16`,
    );
  }
  return architecture;
}

/** In words: `108-16-1`. */
export function describeArchitecture(features: number, { hidden }: Architecture): string {
  return [features, ...hidden, 1].join('-');
}
