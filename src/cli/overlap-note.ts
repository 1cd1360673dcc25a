// The note about rows that the student was trained on, among those that it is measured on.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countKnownRows, parseRowFilter, type RowFilter } from '../data/row-filter.ts';
import type { Table } from '../data/table.ts';
import { text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { columnNames, sameNames } from './table-notes.ts';

/** Which rows are measured, and how many of them the student was trained on, as the record in its folder says. */
export async function noteTrainedOn(values: Values, table: Table, rows: Uint32Array): Promise<void> {
  const by = text(values, 'split');
  const which =
    by === undefined
      ? `all ${rows.length} rows`
      : `the ${rows.length} test rows of ${by === 'hash' ? 'the split by hash' : by}`;
  const filter = await trainedOn(text(values, 'student') as string);
  if (!filter) return note(`note: measured on ${which}; no record says which rows the student was trained on`);
  const names = columnNames(table);
  if (!sameNames(names, filter.columns) || names.some((name, j) => name !== filter.columns[j]))
    return note(
      by === 'hash'
        ? `warning: measured on ${which}, which is another split than that of the student, whose table had other columns or another order of them; it was probably trained on some of these rows. Give the same columns, or rows that it has not seen`
        : `note: measured on ${which}; whether the student was trained on some cannot be told, since it was trained on a table of other columns`,
    );
  const known = countKnownRows(filter, table.hashes, rows);
  const share = rows.length > 0 ? known / rows.length : 0;
  if (known === 0) note(`note: measured on ${which}; none of them is written as a row that the student was trained on`);
  else
    note(
      `${share > MAX_KNOWN ? 'warning' : 'note'}: measured on ${which}; the student was trained on ${known} of them${share > MAX_KNOWN ? ', so that the figures are too good. Give rows that it has not seen (--split)' : ''}`,
    );
}

/** Share of known rows that may be chance: a filter takes one in some thousand for another. */
const MAX_KNOWN = 0.01;

async function trainedOn(student: string): Promise<RowFilter | undefined> {
  const folder = (await stat(student).catch(() => undefined))?.isDirectory() ? student : dirname(student);
  const record = await readFile(join(folder, 'result.json'), 'utf8').catch(() => undefined);
  try {
    return record === undefined ? undefined : parseRowFilter((JSON.parse(record) as { trainedOn?: unknown }).trainedOn);
  } catch {
    return undefined;
  }
}
