// Groups of texts that contain a listed word or phrase.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textColumn } from '../../src/data/column-values.ts';
import { readTable } from '../../src/data/read-table.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { withWordGroups } from '../../src/data/word-groups.ts';
import { groupRows } from '../../src/metrics/groups.ts';
import { temporary } from '../cli/run.ts';

const NOTES = [
  'A red Kite over the hill',
  'a kite, red',
  'redkite',
  'The KITES of Kent',
  'kite-flying',
  'ÄPFEL und Birnen',
  'no fruit',
  '今天天气',
  '',
  "don't",
];
const csv = `note,title,x\n${NOTES.map((note, i) => `"${note}",${i === 6 ? 'red kite' : 'none'},${i}`).join('\n')}\n`;
const table = await readTable(new TextEncoder().encode(csv));
const valuesOf = (words: readonly string[], texts: readonly string[] = ['note']): string[] =>
  textColumn(withWordGroups(table, [{ name: 'has', words }], texts), 'has');
const rowsOf = (words: readonly string[], texts?: readonly string[]): number[] =>
  valuesOf(words, texts).flatMap((value, i) => (value === 'yes' ? [i] : []));

test.each<[string, string[], number[]]>([
  ['a word, in any case, and not as a part of another', ['kite'], [0, 1, 4]],
  ['a phrase: its words in order, one after the other', ['Red  kite'], [0]],
  ['letters outside ASCII', ['äpfel'], [5]],
  ['a script without blanks is one word', ['今天天气'], [7]],
  ['several words, and empty lines', ['', 'kites', ' fruit ', ''], [3, 6]],
  ['signs are words', ["don't"], [9]],
  ['two phrases with one first word', ['red kite', 'red'], [0, 1]],
  ['a word that no text has', ['absent'], []],
])('%s', (_, words, expected) => {
  expect(rowsOf(words)).toEqual(expected);
});

test('any of the texts may contain it; the column is dropped, the others stay', () => {
  expect(rowsOf(['kite'], ['note', 'title'])).toEqual([0, 1, 4, 6]);
  const added = withWordGroups(table, [{ name: 'has', words: ['kite'] }], ['note']);
  expect(added.columns).toBe(table.columns);
  expect(new Set(valuesOf(['kite']))).toEqual(new Set(['yes', 'no']));
  expect(withWordGroups(table, [], [])).toBe(table);
});

test('a table in a file gives the same groups', async () => {
  const path = join(temporary(), 'notes.csv');
  writeFileSync(
    path,
    `note,x\n${Array.from({ length: 20000 }, (_, i) => `"${NOTES[i % NOTES.length]} ${i}",${i}`).join('\n')}\n`,
  );
  const groups = [
    { name: 'birds', words: ['kite', 'kites'] },
    { name: 'fruit', words: ['fruit', 'birnen'] },
  ];
  const memory = withWordGroups(await readTable(path), groups, ['note']);
  using stored = await storeTable(path);
  const file = withWordGroups(stored, groups, ['note']);
  const rows = Uint32Array.from({ length: 20000 }, (_, i) => i);
  for (const { name } of groups) {
    expect(textColumn(file, name).join()).toBe(textColumn(memory, name).join());
    expect(groupRows(file, name, rows)).toEqual(groupRows(memory, name, rows));
  }
});

test('what cannot be a group', () => {
  const add = (name: string, words: readonly string[], texts: readonly string[] = ['note']): (() => unknown) => {
    return () => withWordGroups(table, [{ name, words }], texts);
  };
  expect(add('x', ['kite'])).toThrow(/groups "x": the table has a column of this name/);
  expect(add('has', [])).toThrow(/groups "has": no words, expected a word or phrase on each line/);
  expect(add('has', ['', '  '])).toThrow(/no words/);
  expect(add('has', ['kite'], [])).toThrow(/the table has no column of texts to look for words in/);
});

test('two groups of one name are refused', () => {
  const twice = [
    { name: 'has', words: ['kite'] },
    { name: 'has', words: ['fruit'] },
  ];
  expect(() => withWordGroups(table, twice, ['note'])).toThrow(/groups "has": two lists of words have this name/);
});
