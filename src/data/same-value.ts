// The listed text that is the same number or boolean as a value: pandas writes true as True, and whole numbers beside a gap as 1.0.
import { parseNumber } from '../kernels/numbers.ts';

/**
 * Makes a function that finds the one text that is the same number or boolean as a value. It finds none for a text, and
 * none where several texts are the same.
 */
export function sameValue(texts: readonly string[]): (value: unknown) => string | undefined {
  // made for the first value that needs it
  let known: Map<unknown, string | undefined> | undefined;
  return (value) => {
    if (typeof value !== 'boolean' && !Number.isFinite(value)) return undefined;
    if (!known) {
      known = new Map();
      for (const text of texts) {
        const own = numberOrBoolean(text);
        known.set(own, known.has(own) ? undefined : text);
      }
    }
    return known.get(value);
  };
}

function numberOrBoolean(text: string): number | boolean {
  const lower = text.trim().toLowerCase();
  return lower === 'true' || (lower === 'false' ? false : parseNumber(text));
}
