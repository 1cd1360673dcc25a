// Hashed features of a text: words, word n-grams, character n-grams. A student's exported predictor carries this file.
import { eachCharacterNgram } from './characters.ts';
import { murmur3 } from './murmur.ts';
import { BLANK, openUnicode } from './unicode.ts';

/** What a text's features are. Whoever reads a form checks it: these functions trust it. */
export interface TextForm {
  /** How many buckets there are: a power of two from 2^10 to 2^18. */
  readonly buckets: number;
  /** The least and the greatest n of word n-grams; [0, 0]: none. */
  readonly words: readonly [number, number];
  /** The least and the greatest n of character n-grams; [0, 0]: none. */
  readonly characters: readonly [number, number];
}

/** Work memory of one thread for the texts of one form. */
export interface Hasher {
  /** The distinct buckets of a text, in the order of their first n-gram: a view that is valid until the next call. */
  buckets(text: string): Uint32Array;
}

/** Bytes of work memory kept between texts; one long text does not hold its memory for ever. */
const KEPT = 1 << 16;

/**
 * Opens a hasher.
 *
 * Every code point is lowered by its simple mapping. A word is a maximal run of letters, marks and decimal digits; every
 * other code point that is not blank is a word of its own, a lone surrogate as U+FFFD. N-grams come word by word: first
 * the word n-grams that end with this word, by n (the words joined by one blank, after the letter `w`), then the
 * character n-grams of `<word>`, by start, then by n (n code points, after the letter `c`). A word of fewer code points
 * than n has no n-gram of that n. The bucket is MurmurHash3 (x86 32, seed 0) of the UTF-8 bytes modulo `buckets`.
 *
 * @example
 * const hasher = openHasher({ buckets: 16384, words: [1, 2], characters: [3, 5] });
 * for (const bucket of hasher.buckets('A good film')) sum += weights[bucket];
 */
export function openHasher(form: TextForm): Hasher {
  const { kinds, shifts } = openUnicode();
  const mask = form.buckets - 1;
  const [fewestWords, mostWords] = form.words;
  // a bucket is known if its place in `found` holds it: neither array needs clearing between texts
  const found = new Uint32Array(form.buckets);
  const places = new Uint32Array(form.buckets);
  let count = 0;
  // the last words, each after one separator byte; starts[i]: the first byte of the i-th of them
  let bytes = new Uint8Array(KEPT);
  let end = 0;
  let starts: number[] = [];

  const add = (hash: number): void => {
    const bucket = hash & mask;
    const place = places[bucket] as number;
    if (place < count && found[place] === bucket) return;
    places[bucket] = count;
    found[count++] = bucket;
  };

  /** Makes room for one more code point and the closing separator. */
  const makeRoom = (): void => {
    const from = (starts[0] as number) - 1;
    if (from > bytes.length >> 1) bytes.copyWithin(0, from, end);
    else {
      const larger = new Uint8Array(2 * bytes.length);
      larger.set(bytes.subarray(from, end));
      bytes = larger;
    }
    starts = starts.map((start) => start - from);
    end -= from;
  };

  const write = (point: number): void => {
    if (end + 8 > bytes.length) makeRoom();
    if (point < 0x80) bytes[end++] = point;
    else {
      if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6);
      else {
        if (point < 0x10000) bytes[end++] = 0xe0 | (point >> 12);
        else {
          bytes[end++] = 0xf0 | (point >> 18);
          bytes[end++] = 0x80 | ((point >> 12) & 0x3f);
        }
        bytes[end++] = 0x80 | ((point >> 6) & 0x3f);
      }
      bytes[end++] = 0x80 | (point & 0x3f);
    }
  };

  const openWord = (): void => {
    if (starts.length >= mostWords) starts.shift();
    starts.push(end + 1);
    bytes[end++] = 0x20;
  };

  const closeWord = (): void => {
    const known = starts.length;
    for (let n = fewestWords; n > 0 && n <= known; n++) {
      const before = (starts[known - n] as number) - 1;
      bytes[before] = 0x77;
      add(murmur3(bytes, before, end));
      bytes[before] = 0x20;
    }
    const before = (starts[known - 1] as number) - 1;
    bytes[before] = 0x3c;
    bytes[end] = 0x3e;
    bytes[end + 1] = 0;
    eachCharacterNgram(bytes, before, end + 1, form.characters, add);
    bytes[before] = 0x20;
  };

  return {
    buckets(text) {
      count = 0;
      end = 0;
      starts = [];
      if (bytes.length > KEPT) bytes = new Uint8Array(KEPT);
      let inWord = false;
      for (let i = 0; i < text.length; i++) {
        let point = text.charCodeAt(i);
        if (point >= 0xd800 && point < 0xe000) {
          point = text.codePointAt(i) as number;
          if (point > 0xffff) i++;
          else point = 0xfffd;
        }
        const kind = kinds[point] as number;
        const wordCharacter = (kind & 1) === 1;
        if (inWord && !wordCharacter) closeWord();
        if (kind !== BLANK) {
          if (!inWord || !wordCharacter) openWord();
          write(point + (shifts[kind >> 1] as number));
          if (!wordCharacter) closeWord();
        }
        inWord = wordCharacter;
      }
      if (inWord) closeWord();
      return found.subarray(0, count);
    },
  };
}
