// The writer of rows with answers, by --keep and --escape-formulas.

import { openAnswerWriter, type RowWriter } from '../data/answer-writer.ts';
import { similarColumn } from '../data/locate-columns.ts';
import type { TableFormat } from '../data/read-table.ts';
import type { RawRows } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { list, text, type Values } from '../settings/values.ts';
import { noteIgnored } from './messages.ts';

export type { RowWriter };

/**
 * Applies --keep and --escape-formulas. Rows without a header (--columns) get answers without one.
 * @param names the names of the answers; all get a prefix where a kept column has one of them
 * @throws DebkdError `column`
 */
export function openRowWriter(values: Values, format: TableFormat, rows: RawRows, names: readonly string[]): RowWriter {
  const kept = keptColumns(values, rows.header, rows.name);
  const escapeFormulas = values['escape-formulas'] === true;
  if (escapeFormulas && format === 'ndjson') noteIgnored(['escape-formulas'], 'it applies only to CSV');
  return openAnswerWriter({ format, rows, names, kept, headless: values['columns'] !== undefined, escapeFormulas });
}

/**
 * Checks the options of the output of rows before any work, and names those without an effect.
 * @throws DebkdError `usage` for a file whose name promises another format
 */
export function checkRowOutput(values: Values): void {
  if (values['keep'] === undefined && values['escape-formulas'])
    noteIgnored(['escape-formulas'], 'no columns are kept (--keep)');
  const out = text(values, 'out');
  if (out === undefined || !OTHER_FORMATS.test(out)) return;
  throw new DebkdError('usage', {
    subject: `option --out ${quote(out, 200)}`,
    seen: 'answers are written as text',
    expected: 'a name such as answers.csv',
  });
}

/** Endings of files that are no text. */
const OTHER_FORMATS = /\.(gz|tgz|zip|zst|bz2|xz|parquet|npy|npz|xlsx?|ods|feather|arrow)$/i;

/** Positions of the columns of --keep. @throws DebkdError `column` */
function keptColumns(values: Values, header: readonly string[], name: string): number[] {
  if (text(values, 'keep') === 'all') return header.map((_, j) => j);
  return [...new Set(list(values, 'keep'))].map((column) => {
    const at = header.indexOf(column);
    if (at >= 0) return at;
    throw new DebkdError('column', {
      subject: 'option --keep',
      seen: `data ${quote(name, 200)} has no column ${quote(column)}`,
      remedy: similarColumn(column, header, 'keep') ?? 'keep some of its columns, or all',
    });
  });
}
