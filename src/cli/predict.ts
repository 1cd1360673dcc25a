// debkd predict: rows in, probability and label out, in order, as a stream.
import Papa from 'papaparse';
import { locateColumns } from '../data/preprocessing.ts';
import { openTable, type TableFormat } from '../data/read-table.ts';
import type { RawRows } from '../data/table.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { streamInput } from '../io/node.ts';
import { chunksOf, unzipped } from '../io/source.ts';
import { sparseRow, writeDense } from '../kernels/single-row.ts';
import { encodeFields, recordPlan } from '../student/record.ts';
import { openStudent } from './inputs.ts';
import { note, print } from './messages.ts';
import { list, text, type Values } from './values.ts';

/** What a spreadsheet would run: cells that begin so and are no number. */
const FORMULA = /^(?![+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

export async function predict(values: Values): Promise<void> {
  const student = await openStudent(values);
  const path = text(values, 'data');
  const name = path ?? 'standard input';
  const bytes = path === undefined ? unzipped(streamInput(), name) : chunksOf(path);
  const { format, rows } = await openTable(bytes, name);
  const { preprocessing, threshold } = student;
  const places = locateColumns(preprocessing, rows.header, name);
  const kept = keptColumns(values, rows.header, name);
  if (values['escape-formulas'] && format === 'ndjson')
    note('note: --escape-formulas is for CSV; NDJSON is no spreadsheet');
  const write = writer(format, rows, kept, values['escape-formulas'] === true);
  const plan = recordPlan(preprocessing);
  const width = preprocessing.F;
  const sparse = sparseRow(width);
  const unknown = new Map<string, number>();
  let row = 0;
  const subject = (): string => `data ${quote(name, 200)}, row ${row}`;
  const count = (column: string): void => {
    unknown.set(column, (unknown.get(column) ?? 0) + 1);
  };
  await print(write.header);
  for await (const chunk of rows.chunks) {
    const x = new Float32Array(chunk.length * width);
    chunk.forEach((fields, i) => {
      row++;
      encodeFields(plan, fields, places, sparse, subject, count);
      writeDense(sparse, x.subarray(i * width, (i + 1) * width));
    });
    if (chunk.length === 0) continue;
    const lines: string[] = [];
    student.predictProba(x).forEach((p, i) => {
      lines.push(write.line(chunk[i] as readonly string[], p, p >= threshold ? 1 : 0));
    });
    await print(lines.join(''));
  }
  const counted = [...unknown].map(([column, rowsOf]) => `${quote(column)} in ${rowsOf}`);
  if (counted.length > 0)
    note(`note: values the student does not know, and counts for nothing: of ${counted.join(', ')} of ${row} rows`);
}

/** Positions of the columns of --keep. @throws DebkdError `column` */
function keptColumns(values: Values, header: readonly string[], name: string): number[] {
  if (text(values, 'keep') === 'all') return header.map((_, j) => j);
  return [...new Set(list(values, 'keep'))].map((column) => {
    const at = header.indexOf(column);
    if (at >= 0) return at;
    const near = nearest(column, header);
    throw new DebkdError(
      'column',
      `option --keep: data ${quote(name, 200)} has no column ${quote(column)}${near ? `; did you mean ${quote(near)}?` : '; keep some of its columns, or all'}`,
    );
  });
}

interface Writer {
  readonly header: string;
  line(fields: readonly string[], probability: number, label: 0 | 1): string;
}

/** NDJSON where the rows came so, CSV otherwise; the kept columns first, as they were. */
function writer(format: TableFormat, rows: RawRows, kept: readonly number[], escapeFormulas: boolean): Writer {
  const names = kept.map((j) => rows.header[j] as string);
  // a kept column keeps its name: ours give way
  let prefix = '';
  while (names.includes(`${prefix}probability`) || names.includes(`${prefix}label`)) prefix += 'predicted_';
  const [probabilityName, labelName] = [`${prefix}probability`, `${prefix}label`];
  if (format === 'ndjson') {
    const keys = names.map((name) => JSON.stringify(name));
    return {
      header: '',
      line(fields, probability, label) {
        const originals = kept.length > 0 ? rows.valuesOf?.(fields) : undefined;
        const items = names.map((name, k) => `${keys[k]}:${originals?.get(name) ?? 'null'},`);
        return `{${items.join('')}"${probabilityName}":${probability},"${labelName}":${label}}\n`;
      },
    };
  }
  const options = { escapeFormulae: escapeFormulas ? FORMULA : false, newline: '\n' };
  const unparse = (cells: readonly (string | number)[]): string => `${Papa.unparse([[...cells]], options)}\n`;
  return {
    header: unparse([...names, probabilityName, labelName]),
    line: (fields, probability, label) =>
      kept.length === 0
        ? `${probability},${label}\n`
        : unparse([...kept.map((j) => fields[j] as string), probability, label]),
  };
}
