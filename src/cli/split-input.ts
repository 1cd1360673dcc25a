// Splits a table into parts by --split, --split-by and --train-rows.

import { isStored } from '../data/row-source.ts';
import { readSplit, type Split, split } from '../data/split.ts';
import { PART_NAMES } from '../data/split-parts.ts';
import type { AnyTable } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { splitSettings } from '../settings/split.ts';
import { number, text, type Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { readOptionFile } from './option-file.ts';

/** The rows of each part: of --split and --split-by, or of the default split. Notes the parts of any but the default. */
export async function readParts(values: Values, table: AnyTable): Promise<Split> {
  const { file, ...settings } = splitSettings(values);
  if (file !== undefined) return split(table, { by: await readOptionFile('split', readSplit(file)) });
  const parts = splitByOption(table, settings);
  if (parts.train.length === 0 || parts.validation.length === 0) refuseEqualRows(table);
  if (Object.keys(settings).length > 0) noteParts(values, parts);
  return parts;
}

/** Refuses a table whose rows are all equal, such as one of empty texts: a split by hash keeps equal rows together. */
function refuseEqualRows(table: AnyTable): void {
  if (isStored(table) || table.columns.length === 0 || !table.columns.every(({ texts }) => texts.length === 1)) return;
  const [first] = table.columns;
  throw new DebkdError('rows', {
    subject: `data ${quote(table.name, 200)}`,
    seen: `all ${table.rows} rows have the same features (column ${quote(first?.name ?? '')} is ${first?.texts[0]?.trim() ? `${quote(first.texts[0])}` : 'empty'} everywhere)`,
    expected: 'rows that differ',
    remedy: 'check the columns of the file',
  });
}

/** Adds the name of the option to the errors of a column. */
function splitByOption(table: AnyTable, settings: Parameters<typeof split>[1]): Split {
  try {
    return split(table, settings);
  } catch (error) {
    const inColumn = settings?.group !== undefined || settings?.time !== undefined;
    throw error instanceof DebkdError && inColumn ? error.within('option --split-by') : error;
  }
}

/** The split in words, for notes. */
export function describeSplit(values: Values): string {
  const { file, group, time, shares } = splitSettings(values);
  if (file !== undefined) return file;
  const ratio = shares ? `${shares.join('/')} ` : '';
  if (group !== undefined) return `the ${ratio}split by group ${quote(group)}`;
  if (time !== undefined) return `the ${ratio}split by time ${quote(time)}`;
  return `the ${ratio}split by hash`;
}

/** Whether the rows' hashes alone decide the parts. */
export function isSplitByHash(values: Values): boolean {
  const { file, group, time } = splitSettings(values);
  return text(values, 'split') !== undefined && file === undefined && group === undefined && time === undefined;
}

function noteParts(values: Values, { train, validation, test, groups, times }: Split): void {
  const ofPart = (name: string, rows: Uint32Array, part: 'train' | 'validation' | 'test'): string => {
    const range = times?.[part];
    const from = range ? (range[0] === range[1] ? ` of ${range[0]}` : ` from ${range[0]} to ${range[1]}`) : '';
    return `${rows.length} ${name} rows${from}${groups ? ` in ${groups[part]} group${groups[part] === 1 ? '' : 's'}` : ''}`;
  };
  const { alone = 0 } = groups ?? {};
  note(
    `note: ${describeSplit(values)}: ${ofPart('training', train, 'train')}, ${ofPart('validation', validation, 'validation')}, ${ofPart('test', test, 'test')}${alone > 0 ? `; ${alone} rows have no value, and each is a group of its own` : ''}`,
  );
  if (!groups) return;
  const few = (['train', 'validation', 'test'] as const).filter(
    (part) => groups[part] > 0 && groups[part] < FEW_GROUPS,
  );
  if (few.length > 0)
    note(
      `warning: the split by group leaves fewer than ${FEW_GROUPS} groups for ${few.map((part) => PART_NAMES[part]).join(', ')}: they say little about other groups, and the intervals of the figures are too narrow`,
    );
}

/** With fewer groups in a part, its figures depend on few groups. */
const FEW_GROUPS = 10;

/** Says that the column of --split-by is a feature of the student. */
export function noteSplitColumn(values: Values, student: readonly string[]): void {
  const { group, time } = splitSettings(values);
  const column = group ?? time;
  if (column === undefined || !student.includes(column)) return;
  const why =
    group !== undefined
      ? 'new rows belong to other groups than the training rows'
      : 'in new rows its values lie beyond those of the training rows';
  note(
    `note: ${quote(column)}, the column of --split-by, is a feature of the student, but ${why}; withhold it (--exclude), or drop it (--drop)`,
  );
}

/** The number of training rows to use, with a note where there are fewer than --train-rows. */
export function trainRows(values: Values, { train }: Split): number {
  const wanted = number(values, 'train-rows');
  if (wanted !== undefined && train.length < wanted)
    note(`note: the split has only ${train.length} training rows, fewer than --train-rows ${wanted}; all are used`);
  return Math.min(wanted ?? train.length, train.length);
}
