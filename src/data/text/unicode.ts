// Class and lower case of every code point, from one version of Unicode: an engine's own tables differ between hosts.
import { BLANK_RUNS, SHIFT_RUNS, WORD_RUNS } from './unicode-table.ts';

/** What `kinds` holds for a blank. A word character's kind is odd, every other kind is that of a symbol. */
export const BLANK = 2;

/** Tables of all code points. */
export interface UnicodeTables {
  /** The kind of each code point, [1114112]: bit 0 marks a word character; see `BLANK`. */
  readonly kinds: Uint8Array;
  /** What to add to a code point of kind k to lower its case: `shifts[k >> 1]`. */
  readonly shifts: readonly number[];
}

let tables: UnicodeTables | undefined;

/** The tables, expanded at the first call in a millisecond or two, then shared. */
export function openUnicode(): UnicodeTables {
  tables ??= expand();
  return tables;
}

function expand(): UnicodeTables {
  const kinds = new Uint8Array(0x110000);
  const shifts = [0, 0];
  for (const [runs, kind] of [
    [WORD_RUNS, 1],
    [BLANK_RUNS, BLANK],
  ] as const) {
    let from = 0;
    for (const [i, count] of decode(runs).entries()) {
      if (i % 2) kinds.fill(kind, from, from + count);
      from += count;
    }
  }
  const runs = decode(SHIFT_RUNS);
  for (let i = 0, point = 0; i < runs.length; i += 3) {
    const shape = runs[i + 1] as number;
    const zigzag = runs[i + 2] as number;
    const shift = zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
    let at = shifts.indexOf(shift);
    if (at < 0) at = shifts.push(shift) - 1;
    point += runs[i] as number;
    for (let left = shape >> 1; ; left--) {
      kinds[point] = ((kinds[point] as number) & 1) | (at << 1);
      if (left === 0) break;
      point += 1 + (shape & 1);
    }
    point++;
  }
  return { kinds, shifts };
}

/** Whole numbers: leading digits of base 34 from `]`, then a last digit of base 52 from `(` to `[`. */
function decode(text: string): number[] {
  const numbers: number[] = [];
  for (let i = 0, high = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 92) high = high * 34 + code - 93;
    else {
      numbers.push(high * 52 + code - 40);
      high = 0;
    }
  }
  return numbers;
}
