// Parses numbers from UTF-8, with the same results as parseNumber, to the bit.
import { openArena } from '../kernels/memory.ts';
import { parseNumber } from '../kernels/numbers.ts';
import type { TextBytes } from './text-bytes.ts';

/** Texts that are parsed at a time. */
const MAX_TEXTS = 2 ** 16;

/** parseNumber of each text; float64. */
export function numbersOf({ bytes, ends }: TextBytes): Float64Array {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const numbers = new Float64Array(ends.length - 1);
  for (let k = 0; k < numbers.length; k += MAX_TEXTS) {
    const some = numbers.subarray(k, k + MAX_TEXTS);
    const bounds = ends.subarray(k, k + some.length + 1);
    if (plainNumbers({ bytes, ends: bounds }, some) === 0) continue;
    for (let i = 0; i < some.length; i++) {
      if (!Number.isNaN(some[i])) continue;
      const [from, to] = [bounds[i] as number, bounds[i + 1] as number];
      if (mayBeNumber(bytes, from, to)) some[i] = parseNumber(decoder.decode(bytes.subarray(from, to)));
    }
  }
  return numbers;
}

/**
 * Parses the texts that are plain numbers of up to 19 digits.
 * @param out receives parseNumber of each, or NaN
 * @returns how many are NaN: other texts, and numbers close to the middle of two float64
 */
export function plainNumbers({ bytes, ends }: TextBytes, out: Float64Array): number {
  const from = ends[0] as number;
  using arena = openArena();
  const data = arena.put(bytes.subarray(from, ends[out.length]));
  const places = arena.put(from === 0 ? ends : ends.map((end) => end - from));
  const numbers = arena.reserve(8 * out.length);
  const others = arena.kernels.plainNumbers(data, places, out.length, numbers);
  out.set(new Float64Array(arena.kernels.memory.buffer, numbers, out.length));
  return others;
}

/** Whether the first and the last byte can be those of a number; white space may be outside ASCII. */
function mayBeNumber(bytes: Uint8Array, from: number, to: number): boolean {
  if (from === to) return false;
  const [first, last] = [bytes[from] as number, bytes[to - 1] as number];
  const isSpace = (byte: number): boolean => byte <= 32 || byte >= 0x80;
  const isDigitOrPoint = (byte: number): boolean => (byte >= 48 && byte <= 57) || byte === 46;
  return (
    (isSpace(first) || isDigitOrPoint(first) || first === 43 || first === 45) && (isSpace(last) || isDigitOrPoint(last))
  );
}
