// Splits a table into parts by --split and --train-rows.
import { readSplit, type Split, split } from '../data/split.ts';
import type { AnyTable } from '../data/table.ts';
import { number, text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { readOptionFile } from './option-file.ts';

/** The rows of each part: of --split, or of the default split. */
export async function readParts(values: Values, table: AnyTable): Promise<Split> {
  const by = text(values, 'split');
  return by === undefined || by === 'hash'
    ? split(table)
    : split(table, { by: await readOptionFile('split', readSplit(by)) });
}

/** The number of training rows to use, with a note where there are fewer than --train-rows. */
export function trainRows(values: Values, { train }: Split): number {
  const wanted = number(values, 'train-rows');
  if (wanted !== undefined && train.length < wanted)
    note(`note: the split has only ${train.length} training rows, fewer than --train-rows ${wanted}; all are used`);
  return Math.min(wanted ?? train.length, train.length);
}
