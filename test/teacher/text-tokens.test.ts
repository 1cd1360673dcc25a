// Token ids, cuts and pairs equal those of Hugging Face's tokenizers (test/golden/tokens.py).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assembleRow, sharedRoom, specialTokens } from '../../src/teacher/token-layout.ts';
import { openTokenizer, type Tokenizer } from '../../src/teacher/tokenizer.ts';

interface Kind {
  readonly tokenizer: Record<string, unknown>;
  readonly ids: readonly (readonly number[])[];
  readonly cut: readonly (readonly number[])[];
  readonly pairs: readonly { readonly ids: readonly number[]; readonly types: readonly number[] }[];
}
interface Golden {
  readonly texts: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly maxLength: number;
  readonly kinds: Readonly<Record<string, Kind>>;
}

const golden = JSON.parse(readFileSync(new URL('../golden/tokens.json', import.meta.url), 'utf8')) as Golden;
const ids = (tokenizer: Tokenizer, texts: readonly string[], maxLength: number) => {
  const own = texts.map((text) => tokenizer.idsOf(text, 2 ** 18).ids);
  const row = assembleRow(tokenizer.layout, own, maxLength, false);
  return { ids: [...row.ids], types: [...row.types] };
};

describe.each(Object.entries(golden.kinds))('%s', (_, kind) => {
  const opened = openTokenizer(kind.tokenizer, undefined, 'tokenizer.json');

  test.each(golden.texts.map((text, k) => [JSON.stringify(text).slice(0, 40), text, k] as const))(
    '%s',
    async (_shown, text, k) => {
      const tokenizer = await opened;
      expect(ids(tokenizer, [text], 1000).ids).toEqual(kind.ids[k]);
      expect(ids(tokenizer, [text], golden.maxLength).ids).toEqual(kind.cut[k]);
    },
  );

  test.each(golden.pairs.map((pair, k) => [...pair, k] as const))('pair %s | %s', async (first, second, k) => {
    expect(ids(await opened, [first, second], golden.maxLength)).toEqual(kind.pairs[k]);
  });

  test('a long text is split only as far as needed, with the same ids', async () => {
    const tokenizer = await opened;
    const sentence = `${golden.texts.slice(0, 6).join(' ')} `;
    const whole = tokenizer.idsOf(sentence.repeat(40), 2 ** 18).ids;
    for (const room of [5, 62, 200]) {
      const { ids: part, isPart } = tokenizer.idsOf(sentence.repeat(40_000), room);
      expect(isPart).toBe(true);
      expect(part.length).toBeLessThan(40 * (room + 100));
      expect(part.slice(0, room + 1)).toEqual(whole.slice(0, room + 1));
    }
  });
});

// the cases of the unit test of tokenizers/src/utils/truncation.rs: lengths of both texts, what stays of each of 7
test.each([
  [0, 0, 0, 0],
  [0, 2, 0, 2],
  [0, 4, 0, 4],
  [0, 8, 0, 7],
  [2, 0, 2, 0],
  [2, 2, 2, 2],
  [2, 4, 2, 4],
  [2, 8, 2, 5],
  [4, 0, 4, 0],
  [4, 2, 4, 2],
  [4, 4, 3, 4],
  [4, 8, 3, 4],
  [8, 0, 7, 0],
  [8, 2, 5, 2],
  [8, 4, 4, 3],
  [8, 8, 3, 4],
])('texts of %d and %d tokens share room for 7: %d and %d', (a, b, first, second) => {
  expect(sharedRoom(a, b, 7)).toEqual([first, second]);
});

describe('texts of extreme length', () => {
  const opened = openTokenizer((golden.kinds['word_piece'] as Kind).tokenizer, undefined, 'tokenizer.json');
  test.each([
    ['words', 'lamp '.repeat(2_000_000)],
    ['one word', 'x'.repeat(10_000_000)],
    ['blanks', ' '.repeat(10_000_000)],
    ['emoji', '😀'.repeat(2_500_000)],
    ['lone surrogates', '\ud800'.repeat(5_000_000)],
  ])('10 MB of %s take less than 5 seconds', async (_, text) => {
    const tokenizer = await opened;
    const started = performance.now();
    const { ids: found, isPart } = tokenizer.idsOf(text, 62);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(isPart).toBe(true);
    expect(specialTokens(tokenizer.layout.single)).toBe(2);
    expect(found.length).toBeLessThan(2000);
  });

  test('a lone surrogate gets the ids of the replacement character, which this normalizer drops', async () => {
    const tokenizer = await opened;
    expect(tokenizer.idsOf('the \ud800lamp\udc00', 9).ids).toEqual(tokenizer.idsOf('the lamp', 9).ids);
  });
});
