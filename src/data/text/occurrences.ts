// Every n-gram of a text with its place, for explanations. The order and the buckets are those of ngrams.ts.
import { eachCharacterNgram } from './characters.ts';
import { murmur3 } from './murmur.ts';
import type { TextForm } from './ngrams.ts';
import { type Word, wordsOf } from './words.ts';

/** The n-grams of a text, [n-grams] each. */
export interface Occurrences {
  /** The bucket of each n-gram. */
  readonly buckets: Uint32Array;
  /** The place of its first UTF-16 unit in the text. */
  readonly starts: Uint32Array;
  /** The place after its last UTF-16 unit. */
  readonly ends: Uint32Array;
}

/**
 * Every n-gram of a text in the hasher's order, repeated ones too. The marks `<` and `>` around a word have no place in
 * the text: an n-gram spans the characters between them that it covers, and none where it is a mark alone.
 *
 * @example
 * const { buckets, starts, ends } = occurrencesOf({ buckets: 16384, words: [1, 2], characters: [3, 5] }, text);
 * for (const [i, bucket] of buckets.entries()) console.log(text.slice(starts[i], ends[i]), weights[bucket]);
 */
export function occurrencesOf(form: TextForm, text: string): Occurrences {
  const encoder = new TextEncoder();
  const words = wordsOf(text);
  let rows = new Uint32Array(3 * 256);
  let used = 0;
  const add = (hash: number, start: number, end: number): void => {
    if (used === rows.length) {
      const larger = new Uint32Array(2 * used);
      larger.set(rows);
      rows = larger;
    }
    rows[used++] = hash & (form.buckets - 1);
    rows[used++] = start;
    rows[used++] = end;
  };
  for (const [i, word] of words.entries()) {
    addWords(form.words, words, i, encoder, add);
    addCharacters(form.characters, word, encoder, add);
  }
  const column = (place: number): Uint32Array => {
    const values = new Uint32Array(used / 3);
    for (let i = 0; i < values.length; i++) values[i] = rows[3 * i + place] as number;
    return values;
  };
  return { buckets: column(0), starts: column(1), ends: column(2) };
}

type Add = (hash: number, start: number, end: number) => void;

function addWords(
  [fewest, most]: readonly [number, number],
  words: readonly Word[],
  last: number,
  encoder: TextEncoder,
  add: Add,
): void {
  for (let n = fewest; n > 0 && n <= most && n <= last + 1; n++) {
    const ngram = words.slice(last + 1 - n, last + 1);
    add(
      murmur3(encoder.encode(`w${ngram.map(({ text }) => text).join(' ')}`)),
      (ngram[0] as Word).start,
      (words[last] as Word).end,
    );
  }
}

function addCharacters(range: readonly [number, number], word: Word, encoder: TextEncoder, add: Add): void {
  const bytes = encoder.encode(`<${word.text}>\0`);
  const to = bytes.length - 1;
  // the places in the text of the code points that begin at `from` and at `done`: an n-gram begins no earlier than the last
  let from = 0;
  let start = word.start - 1;
  let done = 0;
  let end = start;
  const within = (place: number): number => Math.min(Math.max(place, word.start), word.end);
  eachCharacterNgram(bytes, 0, to, range, (hash, first, after) => {
    for (; from < first; from++) start += unitsOf(bytes[from] as number);
    if (done > after) {
      done = from;
      end = start;
    }
    for (; done < after; done++) end += unitsOf(bytes[done] as number);
    add(hash, within(start), within(end));
  });
}

/** The UTF-16 units of the code point that a byte of UTF-8 begins. */
function unitsOf(byte: number): number {
  if ((byte & 0xc0) === 0x80) return 0;
  return byte < 0xf0 ? 1 : 2;
}
