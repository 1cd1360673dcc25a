// Lists of names as text: a,b. A name with a comma, or with blanks or a double quote at an end, is in double quotes; a
// double quote in it is doubled.
import { DebkdError, quote } from '../io/errors.ts';

/** An entry of a list. */
export interface ListEntry {
  readonly name: string;
  /** Whether it is in double quotes, so that no mark in it has a meaning. */
  readonly isQuoted: boolean;
}

/** Parses a list; an entry without a name is left out. @throws DebkdError `usage` for quotes that do not end or text after them */
export function parseList(text: string): ListEntry[] {
  return entriesOf(text).filter(({ name, isQuoted }) => name !== '' || isQuoted);
}

/** Whether a list has an entry without a name, as after the last comma of `a,`. */
export function hasEmptyEntry(text: string): boolean {
  return entriesOf(text).some(({ name, isQuoted }) => name === '' && !isQuoted);
}

/** The text that parseList reads as these names. */
export function formatList(names: readonly string[]): string {
  return names.map(formatName).join(',');
}

/** A name as an entry of a list: in double quotes where it needs them. */
export function formatName(name: string): string {
  const isPlain = name !== '' && name === name.trim() && !name.includes(',') && !name.startsWith('"');
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

function entriesOf(text: string): ListEntry[] {
  const entries: ListEntry[] = [];
  const quoted = /\s*"((?:[^"]|"")*)"\s*/y;
  for (let at = 0; at <= text.length; at++) {
    quoted.lastIndex = at;
    const [whole, inner] = quoted.exec(text) ?? [];
    const end = whole === undefined ? (text.indexOf(',', at) + 1 || text.length + 1) - 1 : at + whole.length;
    const name = inner?.replaceAll('""', '"') ?? text.slice(at, end).trim();
    if (inner === undefined && name.startsWith('"')) fail(text, `the double quotes of ${quote(name)} do not end`);
    if (end < text.length && text[end] !== ',')
      fail(text, `${quote(text.slice(end, end + 20))} follows the double quotes of ${quote(name)}`);
    entries.push({ name, isQuoted: inner !== undefined });
    at = end;
  }
  return entries;
}

function fail(text: string, seen: string): never {
  throw new DebkdError('usage', {
    subject: `list ${quote(text, 100)}`,
    seen,
    expected: 'names separated by commas, such as age,"Income, yearly"',
    remedy: 'double each double quote within a quoted name',
  });
}
