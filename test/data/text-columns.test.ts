// Which columns hold running text.
import { describe, expect, test } from 'vitest';
import { encodeColumn } from '../../src/data/chunks.ts';
import { readCsv } from '../../src/data/csv.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { onlyTextColumn, textColumns } from '../../src/data/text-columns.ts';

const tableOf = (texts: readonly string[]) => ({
  name: 'rows.csv',
  columns: [
    encodeColumn(
      'a',
      texts.map((text) => [text]),
      0,
    ),
  ],
});
const rows = (of: (i: number) => string, n = 200): string[] => Array.from({ length: n }, (_, i) => of(i));

describe('are text', () => {
  test.each([
    ['sentences', rows((i) => `the lamp number ${i} broke`)],
    ['two words', rows((i) => `lamp broke${i}`)],
    ['Chinese without blanks', rows((i) => `今天天气很好我们去公园散步吧${i}`)],
    ['Thai without blanks', rows((i) => `วันนี้อากาศดีมาก${i}`)],
    ['Arabic', rows((i) => `هذا نص عربي ${i}`)],
    ['half of them missing', rows((i) => (i % 2 ? '' : `the lamp ${i}`))],
    ['up to half of them repeated', rows((i) => `the lamp ${i % 100}`)],
    ['up to half of them one word', rows((i) => (i % 2 ? `word${i}` : `the lamp ${i}`))],
    ['one row', ['the lamp broke']],
  ])('%s', (_, texts) => expect(textColumns(tableOf(texts))).toEqual(['a']));
});

describe('are no text', () => {
  test.each([
    ['numbers', rows((i) => `${i}.5`)],
    ['dates and times', rows((i) => `2024-01-01 10:${i % 60}:${i}`)],
    ['categories of several words', rows((i) => ['very good', 'quite bad', 'so so'][i % 3] as string)],
    ['codes', rows((i) => `AB-${i}`)],
    ['addresses of pages', rows((i) => `https://example.org/page/${i}`)],
    ['short Chinese names', rows((i) => `王${String.fromCharCode(0x4e00 + i)}`)],
    ['nothing', rows(() => '')],
    ['no rows', []],
  ])('%s', (_, texts) => expect(textColumns(tableOf(texts))).toEqual([]));
});

test('a table in a file has the same columns of text', async () => {
  const csv = `id,body,group,label\n${rows((i) => `${i},the lamp ${i} broke,${i % 2 ? 'a b' : 'c d'},${i % 2}\n`, 20_000).join('')}`;
  const bytes = new TextEncoder().encode(csv);
  expect(textColumns(await readCsv(bytes, { target: 'label' }))).toEqual(['body']);
  using stored = await storeTable(bytes, { target: 'label' });
  expect(textColumns(stored)).toEqual(['body']);
  expect(onlyTextColumn(stored, 'it')).toBe('body');
});
