// Checks a text column in the JSON of a preprocessing.
import type { Problem } from './steps/value.ts';
import { type TextColumn, type TextWeights, widthOfSeen } from './text-column.ts';

/** The most buckets and the fewest, as powers of two. */
const BUCKETS = { least: 10, most: 18 };
/** The longest n-gram. */
const MOST_N = 8;

/**
 * Checks the members of a text column.
 * @param refuse throws the error of the column
 */
export function parseText(
  column: { readonly [member: string]: unknown; readonly name: string; readonly offset: number },
  refuse: (problem: Omit<Problem, 'remedy'>) => never,
): TextColumn {
  const { name, offset, buckets, words, characters, seen, idf } = column;
  const powers = Array.from({ length: BUCKETS.most - BUCKETS.least + 1 }, (_, k) => 2 ** (BUCKETS.least + k));
  if (!powers.includes(buckets as number))
    return refuse({ seen: `buckets is ${String(buckets)}`, expected: 'a power of two from 1024 to 262144' });
  for (const [member, range] of [
    ['words', words],
    ['characters', characters],
  ] as const)
    if (!isRange(range))
      return refuse({ seen: `${member} is ${JSON.stringify(range)}`, expected: `[least, most], from 0 to ${MOST_N}` });
  const width = typeof seen === 'string' ? widthOfSeen(seen, buckets as number) : undefined;
  if (width === undefined)
    return refuse({ seen: 'seen has the wrong form', expected: `base64 of ${(buckets as number) / 8} bytes` });
  if (column['width'] !== undefined && column['width'] !== width)
    return refuse({ seen: `width is ${String(column['width'])}`, expected: `${width}, the buckets that were seen` });
  if (idf !== undefined && !isWeights(idf, width))
    return refuse({ seen: 'idf has the wrong form', expected: `{ rows, levels: ${width} base-32 digits }` });
  return {
    name,
    kind: 'text',
    buckets: buckets as number,
    words: words as [number, number],
    characters: characters as [number, number],
    seen: seen as string,
    ...(idf !== undefined && { idf: idf as TextWeights }),
    offset,
    width,
  };
}

function isRange(range: unknown): boolean {
  if (!Array.isArray(range) || range.length !== 2) return false;
  const [least, most] = range as number[];
  if (least === 0 && most === 0) return true;
  return (
    [least, most].every((n) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= MOST_N) &&
    (least as number) <= (most as number)
  );
}

function isWeights(idf: unknown, width: number): boolean {
  const { rows, levels } = (idf ?? {}) as { rows?: unknown; levels?: unknown };
  return (
    Number.isSafeInteger(rows) &&
    (rows as number) > 0 &&
    typeof levels === 'string' &&
    levels.length === width &&
    /^[0-9a-v]*$/.test(levels)
  );
}
