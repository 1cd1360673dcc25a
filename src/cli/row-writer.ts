// Writes one line per row, the kept columns and then the answers: NDJSON for NDJSON rows, otherwise CSV.
import Papa from 'papaparse';
import type { TableFormat } from '../data/read-table.ts';
import type { RawRows } from '../data/table.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { list, text, type Values } from '../settings/values.ts';
import { noteIgnored } from './messages.ts';

/** Cells that a spreadsheet would run as a formula: they begin with one of these characters and are not numbers. */
const FORMULA = /^(?![+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

export interface RowWriter {
  readonly header: string;
  /** @param answers numbers, and texts: in NDJSON the JSON of a value */
  line(fields: readonly string[], answers: readonly (number | string)[]): string;
}

/**
 * Applies --keep and --escape-formulas. Rows without a header (--columns) get answers without one.
 * @param names the names of the answers; all get a prefix where a kept column has one of them
 * @throws DebkdError `column`
 */
export function openRowWriter(values: Values, format: TableFormat, rows: RawRows, names: readonly string[]): RowWriter {
  const kept = keptColumns(values, rows.header, rows.name);
  const escapeFormulas = values['escape-formulas'] === true;
  if (escapeFormulas && format === 'ndjson') noteIgnored(['escape-formulas'], 'it applies only to CSV');
  const columns = kept.map((j) => rows.header[j] as string);
  let prefix = '';
  while (names.some((name) => columns.includes(`${prefix}${name}`))) prefix += 'predicted_';
  const own = names.map((name) => `${prefix}${name}`);
  if (format === 'ndjson') {
    const keys = columns.map((name) => JSON.stringify(name));
    return {
      header: '',
      line(fields, answers) {
        const originals = kept.length > 0 ? rows.valuesOf?.(fields) : undefined;
        const items = columns.map((name, k) => `${keys[k]}:${originals?.get(name) ?? 'null'}`);
        return `{${[...items, ...own.map((name, k) => `"${name}":${answers[k]}`)].join(',')}}\n`;
      },
    };
  }
  const options = { escapeFormulae: escapeFormulas ? FORMULA : false, newline: '\n' };
  const unparse = (cells: readonly (string | number)[]): string => `${Papa.unparse([[...cells]], options)}\n`;
  return {
    header: values['columns'] === undefined ? unparse([...columns, ...own]) : '',
    line: (fields, answers) =>
      kept.length === 0 && answers.every((answer) => typeof answer === 'number')
        ? `${answers.join(',')}\n`
        : unparse([...kept.map((j) => fields[j] as string), ...answers]),
  };
}

/** Positions of the columns of --keep. @throws DebkdError `column` */
function keptColumns(values: Values, header: readonly string[], name: string): number[] {
  if (text(values, 'keep') === 'all') return header.map((_, j) => j);
  return [...new Set(list(values, 'keep'))].map((column) => {
    const at = header.indexOf(column);
    if (at >= 0) return at;
    const near = nearest(column, header);
    throw new DebkdError('column', {
      subject: 'option --keep',
      seen: `data ${quote(name, 200)} has no column ${quote(column)}`,
      remedy: near === undefined ? 'keep some of its columns, or all' : `did you mean ${quote(near)}?`,
    });
  });
}
