// Finds the columns of running text in a table, and checks those that the caller names.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { isImageColumn } from './image-columns.ts';
import { similarColumn } from './locate-columns.ts';
import { missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import type { Column, StoredTable, Table } from './table.ts';

/** A table in memory, raw columns, or a table in a file. */
export type TextTable = Pick<Table, 'name' | 'missing'> &
  (Pick<Table, 'columns'> | Pick<StoredTable, 'columns' | 'chunks' | 'chunk'>);

/** Rows that decide what a column holds; a chunk of a stored table has as many. */
const DECIDING = 16384;
/** Share of the known rows that must have a text of their own. */
const DISTINCT = 0.5;
/** Share of the distinct texts that must look like running text. */
const RUNNING = 0.5;
/** Fewest characters of running text in a script without blanks, such as Chinese or Thai. */
const LONG = 12;

/** The columns in memory: those of the table, or of the first chunk of a table in a file. */
function columnsOf(table: TextTable): readonly Column[] {
  return 'chunk' in table ? (table.chunks > 0 ? table.chunk(0).columns : []) : table.columns;
}

/**
 * The names of a table's columns of running text: columns whose first 16,384 rows mostly have texts of their own, which mostly are
 * several words, or long in a script without blanks. Columns of numbers, dates, short codes and paths of images are none.
 */
export function textColumns(table: TextTable): string[] {
  const isMissing = missingTest(table.missing);
  return columnsOf(table)
    .filter((column) => isRunningText(column, isMissing) && !isImageColumn(column))
    .map(({ name }) => name);
}

function isRunningText({ codes, texts }: Column, isMissing: (text: string) => boolean): boolean {
  const seen = new Set<string>();
  let known = 0;
  for (let i = 0; i < Math.min(DECIDING, codes.length); i++) {
    const text = texts[codes[i] as number] as string;
    if (isMissing(text)) continue;
    known++;
    seen.add(text);
  }
  if (known === 0 || seen.size < DISTINCT * known) return false;
  let running = 0;
  for (const text of seen) if (looksLikeText(text)) running++;
  return running >= RUNNING * seen.size;
}

/** Characters of a text that are looked at. */
const LOOKED_AT = 1000;

/** Whether a text is two words with letters or more, or long and mostly outside ASCII. */
function looksLikeText(text: string): boolean {
  let [words, other, length] = [0, 0, 0];
  let inWord = false;
  for (let i = 0; i < Math.min(text.length, LOOKED_AT); i++) {
    const code = text.charCodeAt(i);
    const isBlank = code <= 0x20 || code === 0xa0 || code === 0x3000;
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0xaa;
    if (isBlank) inWord = false;
    else {
      length++;
      if (code >= 0xaa) other++;
      if (isLetter && !inWord) {
        words++;
        inWord = true;
      }
    }
  }
  return words >= 2 || (length >= LONG && other >= length / 2);
}

/**
 * Checks that named columns exist and hold texts.
 * @returns their places among the table's columns
 * @throws DebkdError `column`
 */
export function checkTextColumns(table: TextTable, names: readonly string[]): number[] {
  const columns = columnsOf(table);
  const isMissing = missingTest(table.missing);
  const all = table.columns.map((column) => (typeof column === 'string' ? column : column.name));
  return names.map((name) => {
    const place = all.indexOf(name);
    const subject = `data ${quote(table.name, 200)}`;
    if (place < 0) {
      const similar = similarColumn(name, all, 'text');
      throw new DebkdError('column', {
        subject,
        seen: `no column ${quote(name)}, which should hold the texts${typeof similar === 'string' ? ` (${similar})` : ''}`,
        expected: similar ? undefined : `one of ${namesOf(all)}`,
        remedy: typeof similar === 'object' ? similar : { id: 'name-text' },
      });
    }
    const column = columns[place];
    if (column && holdsNumbers(column, isMissing)) {
      const example = column.texts.find((text) => !isMissing(text)) as string;
      throw new DebkdError('column', {
        subject: `${subject}, column ${quote(name)}`,
        seen: `its values are numbers, such as ${quote(example)}`,
        expected: 'texts',
        remedy: { id: 'name-text' },
      });
    }
    return place;
  });
}

/** Whether several values are all numbers; a single one may be a text. */
function holdsNumbers({ texts }: Column, isMissing: (text: string) => boolean): boolean {
  let numbers = 0;
  for (const text of texts) {
    if (isMissing(text)) continue;
    if (Number.isNaN(parseNumber(text))) return false;
    numbers++;
  }
  return numbers > 1;
}

/**
 * The only column of text: the only one of textColumns, or the table's only column.
 * @param use says in messages what takes it
 * @throws DebkdError `column` if there is none or several
 */
export function onlyTextColumn(table: TextTable, use: string): string {
  const all = table.columns.map((column) => (typeof column === 'string' ? column : column.name));
  const found = textColumns(table);
  const [only] = found.length > 0 ? found : all;
  if (only !== undefined && (found.length === 1 || all.length === 1)) {
    checkTextColumns(table, [only]);
    return only;
  }
  throw new DebkdError('column', {
    subject: `data ${quote(table.name, 200)}`,
    seen:
      found.length > 1
        ? `${found.length} columns hold texts (${namesOf(found)}), and ${use} takes one`
        : `no column clearly holds texts, which ${use} takes`,
    ...(found.length <= 1 && all.length > 0 && { expected: `one of ${namesOf(all)}` }),
    remedy: { id: 'name-text' },
  });
}

function namesOf(names: readonly string[]): string {
  return listed(
    names.map((name) => quote(name)),
    12,
  );
}
