// --groups: names of columns, and lists of words as NAME=FILE.
import { shownGroup } from '../data/shown-group.ts';
import type { AnyTable, Table } from '../data/table.ts';
import { type WordGroup, withWordGroups } from '../data/word-groups.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { textOf } from '../io/source.ts';
import { parseList } from '../settings/lists.ts';
import { text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';

/** The groups of --groups. */
export interface GivenGroups {
  /** Names of columns, those of word lists included. */
  readonly names: readonly string[];
  readonly words: readonly WordGroup[];
}

/**
 * Reads --groups and its files, one word or phrase a line. The name of a column may have an equals sign.
 * @param columns names of the table's columns
 * @throws DebkdError `usage`, `source`
 */
export async function readGroups(values: Values, columns: readonly string[]): Promise<GivenGroups> {
  const names: string[] = [];
  const words: WordGroup[] = [];
  for (const { name: entry, isQuoted } of parseList(text(values, 'groups') ?? '')) {
    const at = isQuoted || columns.includes(entry) ? -1 : entry.indexOf('=');
    const name = at < 0 ? entry : entry.slice(0, at);
    if (at >= 0 && (name === '' || at === entry.length - 1))
      throw new DebkdError('usage', {
        subject: 'option --groups',
        seen: quote(entry),
        expected: 'the name of a column, or NAME=FILE for a list of words',
      });
    if (names.includes(name))
      throw new DebkdError('usage', {
        subject: 'option --groups',
        seen: `${quote(name)} is given twice`,
        expected: 'different names',
      });
    names.push(name);
    if (at < 0) continue;
    const content = await textOf(entry.slice(at + 1));
    words.push({ name, words: content.split(/\r?\n/) });
  }
  return { names, words };
}

/** The table with a column for each list of words. */
export function withGroups(table: Table, groups: GivenGroups, texts: readonly string[]): Table;
export function withGroups(table: AnyTable, groups: GivenGroups, texts: readonly string[]): AnyTable;
export function withGroups(table: AnyTable, { words }: GivenGroups, texts: readonly string[]): AnyTable {
  return withWordGroups(table, words, texts);
}

/** Warns of groups to measure by that are all one. @param groups the group of each row, one list for each name */
export function noteSingleGroups({ names, words }: GivenGroups, groups: readonly (readonly string[])[]): void {
  for (const [k, name] of names.entries()) {
    const [first] = groups[k] as readonly string[];
    if (first === undefined || groups[k]?.some((group) => group !== first)) continue;
    const list = words.find((group) => group.name === name)?.words.filter((word) => word.trim() !== '');
    const why = list
      ? `${first.endsWith('=yes') ? 'every text has' : 'no text has'} one of ${listed(
          list.map((word) => quote(word)),
          5,
        )}`
      : 'nothing can be compared';
    note(`warning: groups ${quote(name)}: all measured rows are in one group, ${quote(shownGroup(first))}: ${why}`);
  }
}
