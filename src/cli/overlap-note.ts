// The note on how many of the measured rows the student was trained on.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countKnownRows, parseRowFilter, type RowFilter } from '../data/row-filter.ts';
import type { AnyTable } from '../data/table.ts';
import { text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { describeSplit, isSplitByHash } from './split-input.ts';
import { columnNames, sameNames } from './table-notes.ts';

/** Says which rows are measured, and how many of them the student was trained on by the record in its folder. */
export async function noteTrainedOn(values: Values, table: AnyTable, rows: Uint32Array): Promise<void> {
  const isPart = text(values, 'split') !== undefined || text(values, 'split-by') !== undefined;
  const which = isPart ? `the ${rows.length} test rows of ${describeSplit(values)}` : `all ${rows.length} rows`;
  const filter = await trainedOn(text(values, 'student') as string);
  if (!filter)
    return note(`note: measured on ${which}; there is no record of the rows that the student was trained on`);
  const names = columnNames(table);
  if (!sameNames(names, filter.columns) || names.some((name, j) => name !== filter.columns[j]))
    return note(
      isSplitByHash(values)
        ? `warning: measured on ${which}; the student was trained on a table with other columns or another order, which is split differently, and so probably on some of these rows. Give the same columns, or rows that it has not seen`
        : `note: measured on ${which}; it is unknown whether the student was trained on some of them, because it was trained on a table with other columns or another order`,
    );
  const known = countKnownRows(filter, table.hashes, rows);
  const share = rows.length > 0 ? known / rows.length : 0;
  if (known === 0) note(`note: measured on ${which}; by its record, the student was trained on none of them`);
  else if (share > MAX_KNOWN)
    note(
      `warning: measured on ${which}; the student was trained on ${known} of them, which makes the figures too good. Give rows that it has not seen (--split)`,
    );
  else
    note(
      `note: measured on ${which}; by its record, the student was trained on at most ${known} of them (about one in a thousand rows matches by chance)`,
    );
}

/** Above this share, matches are not chance: the filter matches about one in a thousand other rows. */
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
