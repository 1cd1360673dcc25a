// Every n-gram of a text with its place, for explanations. The order and the buckets are those of ngrams.ts.
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
  const add = (ngram: string, start: number, end: number): void => {
    if (used === rows.length) {
      const larger = new Uint32Array(2 * used);
      larger.set(rows);
      rows = larger;
    }
    rows[used++] = murmur3(encoder.encode(ngram)) & (form.buckets - 1);
    rows[used++] = start;
    rows[used++] = end;
  };
  for (const [i, word] of words.entries()) {
    addWords(form.words, words, i, add);
    addCharacters(form.characters, word, add);
  }
  const column = (place: number): Uint32Array =>
    Uint32Array.from({ length: used / 3 }, (_, i) => rows[3 * i + place] as number);
  return { buckets: column(0), starts: column(1), ends: column(2) };
}

type Add = (ngram: string, start: number, end: number) => void;

function addWords([fewest, most]: readonly [number, number], words: readonly Word[], last: number, add: Add): void {
  for (let n = fewest; n > 0 && n <= most && n <= last + 1; n++) {
    const ngram = words.slice(last + 1 - n, last + 1);
    add(`w${ngram.map(({ text }) => text).join(' ')}`, (ngram[0] as Word).start, (words[last] as Word).end);
  }
}

function addCharacters([fewest, most]: readonly [number, number], word: Word, add: Add): void {
  const marked = `<${word.text}>`;
  // the text's unit at marked[i] is i - 1 units into the word
  const place = (unit: number): number => Math.min(Math.max(word.start + unit - 1, word.start), word.end);
  const after = (unit: number): number => unit + ((marked.codePointAt(unit) as number) > 0xffff ? 2 : 1);
  for (let from = 0; from < marked.length; from = after(from)) {
    for (let n = 1, to = from; n <= most && to < marked.length; n++) {
      to = after(to);
      if (n >= fewest) add(`c${marked.slice(from, to)}`, place(from), place(to));
    }
  }
}
