// Groups of texts that contain a listed word or phrase, as a dropped column with the values yes and no.
import { DebkdError, quote } from '../io/errors.ts';
import { columnBuilder } from './build-table.ts';
import { columnNames } from './column-values.ts';
import { isStored } from './row-source.ts';
import type { AnyTable, Column, StoredTable, Table } from './table.ts';
import { wordsOf } from './text/words.ts';

/** A group of texts. */
export interface WordGroup {
  /** Name of the column to add. */
  readonly name: string;
  /** Words and phrases; case does not matter. */
  readonly words: readonly string[];
}

/**
 * A table with a dropped column for each group: `yes` in a row whose texts contain one of the words.
 * @param texts names of the columns of texts
 * @throws DebkdError `column` if the table or another group has this name, or the table no texts; `value` for a list without words
 */
export function withWordGroups(table: AnyTable, groups: readonly WordGroup[], texts: readonly string[]): AnyTable {
  if (groups.length === 0) return table;
  const names = groups.map(({ name }) => name);
  const phrases = groups.map((group, k) => {
    if (names.indexOf(group.name) < k)
      throw new DebkdError('column', {
        subject: `groups ${quote(group.name)}`,
        seen: 'two lists of words have this name',
        expected: 'a name of its own for each list',
      });
    return checkGroup(table, group, texts);
  });
  const add = (whole: Table): Table => ({
    ...whole,
    dropped: [...whole.dropped, ...groups.map(({ name }, k) => groupColumn(whole, name, phrases[k] as Phrases, texts))],
  });
  if (!isStored(table)) return add(table);
  const view: StoredTable = {
    ...table,
    dropped: [...table.dropped, ...names],
    chunk: (k) => add(table.chunk(k)),
  };
  return view;
}

/** Phrases by their first word, each as a list of lower-case words. */
type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

function checkGroup(table: AnyTable, { name, words }: WordGroup, texts: readonly string[]): Phrases {
  const subject = `groups ${quote(name)}`;
  if (columnNames(table).includes(name))
    throw new DebkdError('column', {
      subject,
      seen: 'the table has a column of this name',
      expected: 'a new name for the group of words',
    });
  if (texts.length === 0)
    throw new DebkdError('column', {
      subject,
      seen: 'the table has no column of texts to look for words in',
      expected: 'at least one',
      remedy: { id: 'name-text' },
    });
  const phrases = new Map<string, string[][]>();
  for (const word of words) {
    const parts = wordsOf(word).map(({ text }) => text);
    const [first] = parts;
    if (first === undefined) continue;
    phrases.set(first, [...(phrases.get(first) ?? []), parts]);
  }
  if (phrases.size === 0)
    throw new DebkdError('value', { subject, seen: 'no words', expected: 'a word or phrase on each line' });
  return phrases;
}

function groupColumn(table: Table, name: string, phrases: Phrases, texts: readonly string[]): Column {
  const found = texts.map((text) => {
    const column = [...table.columns, ...table.dropped].find((one) => one.name === text) as Column;
    const has = column.texts.map((one) => contains(one, phrases));
    return { codes: column.codes, has };
  });
  const builder = columnBuilder(name);
  for (let row = 0; row < table.rows; row++)
    builder.add(found.some(({ codes, has }) => has[codes[row] as number]) ? 'yes' : 'no');
  return builder.finish();
}

function contains(text: string, phrases: Phrases): boolean {
  const words = wordsOf(text).map((word) => word.text);
  return words.some((word, at) =>
    (phrases.get(word) ?? []).some((phrase) => phrase.every((part, k) => words[at + k] === part)),
  );
}
