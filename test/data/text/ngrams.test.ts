// Hashed features of texts: against scikit-learn's hash and a Python analyzer (test/golden/texts.py), and on random texts
// against a plain reference.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { murmur3 } from '../../../src/data/text/murmur.ts';
import { openHasher, type TextForm } from '../../../src/data/text/ngrams.ts';
import { occurrencesOf } from '../../../src/data/text/occurrences.ts';
import { BLANK, openUnicode } from '../../../src/data/text/unicode.ts';
import { wordsOf } from '../../../src/data/text/words.ts';

interface Golden {
  readonly hashes: readonly { readonly text: string; readonly hash: number }[];
  readonly forms: readonly {
    readonly form: TextForm;
    readonly texts: readonly {
      readonly text: string;
      readonly buckets: readonly number[];
      readonly places?: readonly (readonly number[])[];
    }[];
  }[];
}

// read here: an import of JSON refuses the lone surrogates
const golden = JSON.parse(readFileSync(new URL('../../golden/texts.json', import.meta.url), 'utf8')) as Golden;
const FORM: TextForm = { buckets: 16384, words: [1, 2], characters: [3, 5] };
const encoder = new TextEncoder();

test.each(golden.hashes)('the hash of $text', ({ text, hash }) => {
  expect(murmur3(encoder.encode(text))).toBe(hash);
  const padded = encoder.encode(`xyz${text}xyz`);
  expect(murmur3(padded, 3, padded.length - 3)).toBe(hash);
});

describe.each(golden.forms)('$form', ({ form, texts }) => {
  const hasher = openHasher(form);
  test.each(texts)('$text', ({ text, buckets, places }) => {
    expect([...hasher.buckets(text)]).toEqual(buckets);
    const found = occurrencesOf(form, text);
    if (places) expect([...found.buckets].map((b, i) => [b, found.starts[i], found.ends[i]])).toEqual(places);
    else expect([...new Set(found.buckets)]).toEqual(buckets);
  });
});

/** MurmurHash3 x86 32 of whole blocks and a tail, as its author states it, on unsigned 64-bit integers. */
function plainHash(bytes: Uint8Array): number {
  const word = (value: bigint): bigint => value & 0xffffffffn;
  const turn = (value: bigint, by: bigint): bigint => word(value << by) | (value >> (32n - by));
  const scramble = (block: bigint): bigint => word(turn(word(block * 0xcc9e2d51n), 15n) * 0x1b873593n);
  const read = (from: number, to: number): bigint =>
    bytes.subarray(from, to).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0n;
  for (let i = 0; i < whole; i += 4) hash = word(turn(hash ^ scramble(read(i, i + 4)), 13n) * 5n + 0xe6546b64n);
  hash ^= scramble(read(whole, bytes.length)) ^ BigInt(bytes.length);
  hash = word((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = word((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}

/** The lower-case words of a text, each a list of code points as strings. */
function plainWords(text: string): string[][] {
  const { kinds, shifts } = openUnicode();
  const words: string[][] = [];
  let joins = false;
  for (const character of text) {
    const given = character.codePointAt(0) as number;
    const point = given >= 0xd800 && given < 0xe000 ? 0xfffd : given;
    const kind = kinds[point] as number;
    if (kind !== BLANK) {
      if (!joins || kind % 2 === 0) words.push([]);
      words.at(-1)?.push(String.fromCodePoint(point + (shifts[kind >> 1] as number)));
    }
    joins = kind % 2 === 1;
  }
  return words;
}

function plainNgrams(text: string, { words: [w0, w1], characters: [c0, c1] }: TextForm): string[] {
  const words = plainWords(text);
  return words.flatMap((word, i) => {
    const found: string[] = [];
    for (let n = Math.max(w0, 1); n <= Math.min(w1, i + 1); n++) {
      found.push(
        `w${words
          .slice(i + 1 - n, i + 1)
          .map((each) => each.join(''))
          .join(' ')}`,
      );
    }
    const marked = ['<', ...word, '>'];
    for (let from = 0; from < marked.length; from++) {
      for (let n = Math.max(c0, 1); n <= Math.min(c1, marked.length - from); n++) {
        found.push(`c${marked.slice(from, from + n).join('')}`);
      }
    }
    return found;
  });
}

const plainBuckets = (text: string, form: TextForm): number[] =>
  plainNgrams(text, form).map((ngram) => plainHash(encoder.encode(ngram)) % form.buckets);

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'c', '-', '\u00c9', '\u0301', '<', '>'), maxLength: 12 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0xd7ff, max: 0xe000 }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
);
const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const range = (most: number): fc.Arbitrary<readonly [number, number]> =>
  fc.oneof(
    fc.constant([0, 0] as const),
    fc
      .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  );
const forms = fc.record({
  buckets: fc.integer({ min: 10, max: 18 }).map((bits) => 2 ** bits),
  words: range(4),
  characters: range(7),
});

test('random texts and forms, one hasher a form: the buckets are those of the plain reference, places cut them out', () => {
  fc.assert(
    fc.property(forms, fc.array(texts, { minLength: 1, maxLength: 4 }), (form, several) => {
      const hasher = openHasher(form);
      for (const text of several) {
        const expected = plainBuckets(text, form);
        expect([...hasher.buckets(text)]).toEqual([...new Set(expected)]);
        const { buckets, starts, ends } = occurrencesOf(form, text);
        expect([...buckets]).toEqual(expected);
        const ngrams = plainNgrams(text, form);
        for (const [i, ngram] of ngrams.entries()) {
          const place = text.slice(starts[i], ends[i]);
          if (ngram[0] === 'w')
            expect(
              plainWords(place)
                .map((word) => word.join(''))
                .join(' '),
            ).toBe(ngram.slice(1));
          // a mark that is part of the text is covered like any other character
          else expect([0, 1, 2]).toContain(ngram.length - 1 - place.length);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('words have their places', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const words = wordsOf(text);
      expect(words.map((word) => word.text)).toEqual(plainWords(text).map((word) => word.join('')));
      let after = 0;
      for (const { text: lowered, start, end } of words) {
        expect(start).toBeGreaterThanOrEqual(after);
        expect(plainWords(text.slice(start, end)).map((word) => word.join(''))).toEqual([lowered]);
        expect(end - start).toBe(lowered.length);
        // whatever lies between two words is blank
        expect(plainWords(text.slice(after, start))).toEqual([]);
        after = end;
      }
      expect(plainWords(text.slice(after))).toEqual([]);
    }),
  );
});

describe('long texts', () => {
  const letters = (length: number, seed: number): string =>
    Array.from(
      { length },
      (_, i) => [...'abc\u00e9\u4eca\u{10400}XYZ'].at((Math.imul(i + seed, 0x9e3779b1) >>> 13) % 10) ?? 'q',
    ).join('');
  const mixed = Array.from({ length: 150 }, (_, i) => letters(1 + ((i * 7919) % 2100), i)).join(' ');

  test.each([
    ['one word', letters(150_000, 1)],
    ['words of all lengths', mixed],
    ['long after short', `a b ${letters(100_000, 2)} c ${letters(40_000, 3)} d ${letters(9, 4)}`],
    ['symbols', '\u{1f600}!'.repeat(20_000)],
  ])('%s: as in the plain reference, in a hasher that goes on', (_, text) => {
    for (const words of [
      [0, 0],
      [1, 1],
      [2, 3],
    ] as const) {
      const form: TextForm = { buckets: 2 ** 18, words, characters: [0, 0] };
      const hasher = openHasher(form);
      expect([...hasher.buckets(text)]).toEqual([...new Set(plainBuckets(text, form))]);
      expect([...hasher.buckets('a b c')]).toEqual([...new Set(plainBuckets('a b c', form))]);
    }
    const hasher = openHasher(FORM);
    expect([...hasher.buckets(text)]).toEqual([...new Set(occurrencesOf(FORM, text).buckets)]);
    expect([...hasher.buckets('A good film')]).toEqual([...openHasher(FORM).buckets('A good film')]);
  });

  test('a word may end at any byte of the work memory', () => {
    const hasher = openHasher({ ...FORM, words: [0, 0] });
    for (const last of ['z', '\u00e9', '\u4eca', '\u{10400}']) {
      // the distinct n-grams of a long run are those of a short one
      const expected = [...hasher.buckets(`aaaaaaaa${last}`)];
      for (let length = 65_520; length < 65_540; length++) {
        expect([...hasher.buckets(`${'a'.repeat(length)}${last}`)]).toEqual(expected);
      }
    }
  });

  test('two million letters in a row, and as many words, take time in proportion', () => {
    const hasher = openHasher(FORM);
    const time = (text: string): number => {
      const from = performance.now();
      hasher.buckets(text);
      return performance.now() - from;
    };
    time('warm '.repeat(100_000));
    for (const unit of ['x', 'Ab ']) {
      const short = time(unit.repeat(2e5 / unit.length));
      // a step per character squared would take a hundred times as long
      expect(time(unit.repeat(2e6 / unit.length))).toBeLessThan(40 * Math.max(short, 50));
    }
  });
});

test('work memory: many words need no more than a few, and that of a long word is given back', () => {
  const sizes: number[] = [];
  const construct = (of: typeof Uint8Array, [size]: [number]): Uint8Array => {
    sizes.push(size);
    return new of(size);
  };
  vi.stubGlobal('Uint8Array', new Proxy(Uint8Array, { construct }));
  try {
    const hasher = openHasher(FORM);
    hasher.buckets('many words '.repeat(100_000));
    expect(sizes).toEqual([2 ** 16]);
    hasher.buckets('x'.repeat(200_000));
    expect(sizes).toEqual([2 ** 16, 2 ** 17, 2 ** 18]);
    hasher.buckets('short');
    hasher.buckets('again');
    expect(sizes).toEqual([2 ** 16, 2 ** 17, 2 ** 18, 2 ** 16]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('the first and the last code points of each length in UTF-8', () => {
  const text = '\u007e \u00aa \u07ff \u0800 \ufffc \uffff \u{10000} \u{10ffff} x\u07ca\u0800y\uffdc\u{10000}';
  expect([...openHasher(FORM).buckets(text)]).toEqual([...new Set(plainBuckets(text, FORM))]);
});

test('the view holds until the next call; another hasher of the form does not touch it', () => {
  const one = openHasher(FORM);
  const view = one.buckets('A good film');
  const copy = [...view];
  openHasher(FORM).buckets('something else');
  expect([...view]).toEqual(copy);
  expect(one.buckets('')).toHaveLength(0);
});

test('the hasher with its tables stays small in an exported predictor', () => {
  const folder = fileURLToPath(new URL('../../../src/data/text', import.meta.url));
  const { outputFiles } = buildSync({
    stdin: { contents: "export { openHasher } from './ngrams.ts';", resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const code = outputFiles[0]?.contents as Uint8Array;
  expect(gzipSync(code).length).toBeLessThan(3100);
  // nothing of the engine's own Unicode data or locale
  expect(new TextDecoder().decode(code)).not.toMatch(/toLowerCase|toLocale|normalize|\\p\{|Intl/);
});
