// The note on how many of the measured rows the student was trained on.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countKnownRows, parseRowFilter, type RowFilter } from '../data/row-filter.ts';
import { featureNames } from '../data/row-source.ts';
import type { AnyTable } from '../data/table.ts';
import { withFeatures } from '../data/with-features.ts';
import { text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { describeSplit, isSplitByHash } from './split-input.ts';
import { named } from './table-notes.ts';

/**
 * The table with the features of the table that the student was trained on, in their order, by the record in its folder: others, such as
 * soft labels, are dropped. Only then have its rows the same hashes, and the same parts of a split. Unchanged where one is absent.
 */
export async function withTrainedColumns<T extends AnyTable>(values: Values, table: T): Promise<T> {
  const filter = await trainedOn(text(values, 'student') as string);
  const names = featureNames(table);
  if (!filter || isEqual(names, filter.columns) || !filter.columns.every((name) => names.includes(name))) return table;
  const more = names.filter((name) => !filter.columns.includes(name));
  if (more.length > 0)
    note(
      `note: ${named(more)}: not in the table that the student was trained on, and therefore no ${more.length > 1 ? 'features' : 'feature'} here (--drop)`,
    );
  return withFeatures(table, filter.columns);
}

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, j) => name === b[j]);

/** Says which rows are measured, and how many of them the student was trained on by the record in its folder. */
export async function noteTrainedOn(values: Values, table: AnyTable, rows: Uint32Array): Promise<void> {
  const isPart = text(values, 'split') !== undefined || text(values, 'split-by') !== undefined;
  const which = isPart ? `the ${rows.length} test rows of ${describeSplit(values)}` : `all ${rows.length} rows`;
  const filter = await trainedOn(text(values, 'student') as string);
  if (!filter)
    return note(`note: measured on ${which}; there is no record of the rows that the student was trained on`);
  const names = featureNames(table);
  const absent = filter.columns.filter((name) => !names.includes(name));
  if (!isEqual(names, filter.columns)) {
    const other = absent.length > 0 ? `with ${named(absent)}, too` : 'with other columns or another order';
    return note(
      isSplitByHash(values)
        ? `warning: measured on ${which}; the student was trained on a table ${other}, which is split differently, and so probably on some of these rows. Give the same columns, or rows that it has not seen`
        : `note: measured on ${which}; it is unknown whether the student was trained on some of them, because it was trained on a table ${other}`,
    );
  }
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
