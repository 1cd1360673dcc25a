// A numeric column with words for missing values is refused, whatever the number of words; columns of codes stay categories.
import { expect, test } from 'vitest';
import { nameOption } from '../../src/cli/name-option.ts';
import { readCsv } from '../../src/data/csv.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { allRows } from '../../src/data/row-source.ts';
import type { DebkdError } from '../../src/io/errors.ts';
import { dice } from '../random.ts';

const ROWS = 600;
const seeded = dice(7);
const random = (): number => seeded.real(0, 1);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const whole = (most: number): string => `${Math.floor(random() * most)}`;

async function fitted(value: () => string): Promise<string> {
  const rows = Array.from({ length: ROWS }, (_, i) => `"${value()}",${i % 2}`);
  const table = await readCsv(new TextEncoder().encode(`x,label\n${rows.join('\n')}\n`), { target: 'label' });
  try {
    return fitPreprocessing(table, { rows: allRows(table), text: [] }).columns[0]?.kind as string;
  } catch (error) {
    return (error as DebkdError).toSentence(nameOption);
  }
}
const mixed = (share: number, number: () => string, others: readonly string[]) => () =>
  random() < share ? number() : pick(others);

test.each<[string, () => string]>([
  ['whole numbers with three words', mixed(0.8, () => whole(80), ['None', 'unknown', 'refused'])],
  [
    'decimals with five words',
    mixed(0.6, () => random().toFixed(4), ['None', 'unknown', 'refused', 'n.d.', 'not given']),
  ],
  [
    'decimals with fifteen words',
    mixed(
      0.7,
      () => random().toFixed(2),
      [...'abcdefghijklmno'].map((c) => `no ${c}`),
    ),
  ],
  ['bounds', mixed(0.7, () => whole(90), ['<5', '90+', '>= 100'])],
  ['two words among few numbers', mixed(0.3, () => whole(60), ['None', 'unknown'])],
])('%s are refused', async (_, value) => {
  expect(await fitted(value)).toMatch(/^data "bytes", column "x": numbers in \d+ % of the values, and beside them "/);
});

test('the error names the words and how to list them', async () => {
  const message = await fitted(mixed(0.8, () => whole(80), ['None', 'unknown', 'refused']));
  expect(message).toContain("(--na-values 'na,n/a,#n/a,<na>,nan,null,?,");
  for (const word of ['none', 'unknown', 'refused']) expect(message).toMatch(new RegExp(`,${word}[,']`));
  expect(message).toMatch(/write numbers instead, or drop the column \(--drop x\)$/);
});

test.each<[string, () => string]>([
  ['diagnoses', mixed(0.8, () => `${200 + Math.floor(random() * 90)}`, ['V45', 'V57', 'E909', 'E888'])],
  ['diagnoses with decimals', mixed(0.8, () => `250.${whole(90)}`, ['V45.8', 'V57', 'E909', 'E888'])],
  ['postal codes', mixed(0.6, () => `${90200 + Math.floor(random() * 90)}`, ['K1A', 'M5V', 'H2X'])],
  ['aeroplanes', mixed(0.6, () => `${700 + Math.floor(random() * 60)}`, ['A320', 'A330', 'MD-11'])],
  ['bus lines', mixed(0.8, () => `${1 + Math.floor(random() * 60)}`, ['A', 'B', 'N', 'X'])],
  ['names that may be numbers', mixed(0.3, () => whole(60), ['Up', 'Alien', 'Heat'])],
  [
    'whole numbers with many words',
    mixed(
      0.6,
      () => whole(40),
      [...'abcdefghijklmno'].map((c) => `no ${c}`),
    ),
  ],
  ['a few numbers with words', mixed(0.8, () => whole(12), ['Kindergarten', 'College', 'None'])],
])('%s are categories', async (_, value) => {
  expect(await fitted(value)).toBe('categorical');
});
