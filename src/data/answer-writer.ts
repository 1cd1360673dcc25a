// Writes one line per row, the kept columns and then the answers: NDJSON for NDJSON rows, otherwise CSV.
import Papa from 'papaparse';
import type { TableFormat } from './read-table.ts';
import type { RawRows } from './table.ts';

/** Cells that a spreadsheet would run as a formula: they begin with one of these characters and are not numbers. */
const FORMULA = /^(?![+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

/** Writes rows with answers as text. */
export interface RowWriter {
  /** The first line; empty for NDJSON. */
  readonly header: string;
  /** The names of the answers; all get a prefix where a kept column has one of them. */
  readonly names: readonly string[];
  /** @param answers numbers, and texts: in NDJSON the JSON of a value */
  line(fields: readonly string[], answers: readonly (number | string)[]): string;
}

/** What is written. */
export interface Written {
  readonly format: TableFormat;
  readonly rows: RawRows;
  /** The names of the answers. */
  readonly names: readonly string[];
  /** The positions of the columns that are kept. */
  readonly kept: readonly number[];
  /** Whether a CSV has no header. */
  readonly headless?: boolean;
  /** Whether cells that a spreadsheet would run get an apostrophe. */
  readonly escapeFormulas?: boolean;
}

/** Opens the writer of some rows. */
export function openAnswerWriter({ format, rows, names, kept, headless, escapeFormulas }: Written): RowWriter {
  const columns = kept.map((j) => rows.header[j] as string);
  let prefix = '';
  while (names.some((name) => columns.includes(`${prefix}${name}`))) prefix += 'predicted_';
  const own = names.map((name) => `${prefix}${name}`);
  if (format === 'ndjson') {
    const keys = columns.map((name) => JSON.stringify(name));
    return {
      header: '',
      names: own,
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
    header: headless ? '' : unparse([...columns, ...own]),
    names: own,
    line: (fields, answers) =>
      kept.length === 0 && answers.every((answer) => typeof answer === 'number')
        ? `${answers.join(',')}\n`
        : unparse([...kept.map((j) => fields[j] as string), ...answers]),
  };
}
