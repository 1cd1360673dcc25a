// The first rows of --data as they enter a teacher, and its answers.
import { encodeColumn } from '../data/chunks.ts';
import { encodeForTeacher } from '../data/dataset.ts';
import type { TeacherTable } from '../data/encode-matrix.ts';
import { absentColumn } from '../data/locate-columns.ts';
import type { RawRows } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { sigmoid } from '../kernels/elementary.ts';
import type { Values } from '../settings/values.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { TracedInput } from '../teacher/trace.ts';
import { streamImages } from './images-input.ts';
import { readyForStream, streamLabels } from './stream-labels.ts';
import { openStream, tableOptions } from './table-input.ts';
import type { OpenedTeacher } from './teacher-input.ts';

/** Rows to show. */
const SHOWN = 5;
/** Rows that decide which columns are numbers, and which values the label has. */
const READ = 4096;
/** Images that are opened. */
const IMAGES = 512;
/** Values of a row that the text shows for each input. */
const MAX_VALUES = 12;

/** One row. */
interface TracedRow {
  /** Its number in the data, from 1. */
  readonly row: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly columns: readonly string[] | null;
    readonly values: readonly (number | string)[];
  }[];
  /** The tensor that is read, and its values. */
  readonly output: { readonly tensor: string; readonly values: readonly number[] };
  /** Log-odds of class 1; null while class 1 is open. */
  readonly margin: number | null;
  readonly probability: number | null;
  /** The text in the label column; absent without one. */
  readonly label?: string;
}

/** Rows, and the teacher as it is read for their label and columns. */
export interface TracedRows {
  readonly teacher: Teacher;
  readonly data: string;
  readonly rows: readonly TracedRow[];
}

/** Traces the first rows of --data through a teacher. @throws DebkdError as label */
export async function traceRows(
  { teacher: opened, preprocessing }: OpenedTeacher,
  values: Values,
): Promise<TracedRows> {
  const { name, rows } = await openStream(values);
  const first = await firstRows(rows);
  const { header } = rows;
  const { drop = [], missing, target = 'label' } = tableOptions(values);
  for (const column of [...drop, ...(values['target'] === undefined ? [] : [target])]) {
    if (!header.includes(column))
      throw absentColumn({
        subject: `data ${quote(name, 200)}`,
        name: column,
        columns: header,
        use: ' to leave out',
        setting: 'drop',
      });
  }
  if (first.length === 0)
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'a header without rows',
      expected: 'at least one row',
    });
  const features = header.flatMap((column, j) => (column === target || drop.includes(column) ? [] : [j]));
  const tableOf = (fields: readonly (readonly string[])[]): TeacherTable => ({
    name,
    rows: fields.length,
    ...(missing && { missing }),
    columns: features.map((j) => encodeColumn(header[j] as string, fields, j)),
  });
  const at = header.indexOf(target);
  const deciding = opened.image ? spread(first) : first;
  const labels = streamLabels(values, name, at < 0 ? [] : [encodeColumn(target, deciding, at)]);
  const all = opened.image ? await streamImages(values, rows)(tableOf(deciding)) : tableOf(deciding);
  const teacher = await readyForStream(opened, all, labels);
  const shown = first.slice(0, SHOWN);
  const few = opened.image
    ? {
        ...all,
        rows: shown.length,
        columns: all.columns.map((one) => ({ ...one, codes: one.codes.subarray(0, SHOWN) })),
      }
    : tableOf(shown);
  const encoded = encodeForTeacher(few, preprocessing);
  const { inputs, tensor, output } = await teacher.trace(encoded);
  const margins = teacher.refusal ? undefined : (await teacher.margins(encoded)).margins;
  return {
    teacher,
    data: name,
    rows: shown.map((fields, i) => ({
      row: i + 1,
      inputs: inputs.map((input) => ({
        name: input.name,
        type: input.type,
        columns: input.columns ?? null,
        values: input.values[i] as TracedInput['values'][number],
      })),
      output: { tensor, values: output[i] as readonly number[] },
      margin: margins ? (margins[i] as number) : null,
      probability: margins ? sigmoid(margins[i] as number) : null,
      ...(at >= 0 && { label: fields[at] as string }),
    })),
  };
}

/** The rows to show, and others spread evenly. Opening every image would take long. */
function spread<T>(rows: readonly T[]): T[] {
  const rest = rows.slice(SHOWN);
  const step = Math.max(1, rest.length / (IMAGES - SHOWN));
  const others = Array.from(
    { length: Math.min(rest.length, IMAGES - SHOWN) },
    (_, i) => rest[Math.floor(i * step)] as T,
  );
  return [...rows.slice(0, SHOWN), ...others];
}

/** The first rows of a stream; the rest is not read. */
async function firstRows({ chunks }: RawRows): Promise<(readonly string[])[]> {
  const first: (readonly string[])[] = [];
  for await (const chunk of chunks) {
    for (const row of chunk) if (first.length < READ) first.push(row);
    if (first.length >= READ) break;
  }
  return first;
}

/** The rows as lines of text. */
export function traceLines({ rows, data, teacher }: TracedRows): string[] {
  const { classes } = teacher.reading;
  const answer = ({ output, margin, probability, label }: TracedRow): string[] => {
    const named = output.values.map((value, k) =>
      classes?.length === output.values.length ? `${quote(classes[k] as string)} ${rounded(value)}` : rounded(value),
    );
    const logOdds =
      margin === null ? 'open, without a class 1' : `${rounded(margin)}, probability ${rounded(probability as number)}`;
    return [
      `${quotedName(output.tensor)} ${shortened(named)}`,
      `margin ${logOdds}${label === undefined ? '' : `, label ${quote(label)}`}`,
    ];
  };
  return [
    '',
    `the first ${rows.length} rows of ${data} as they enter the teacher`,
    ...rows.flatMap((row) =>
      [...row.inputs.map(inputLine), ...answer(row)].map(
        (line, i) => `${(i === 0 ? `row ${row.row}` : '').padEnd(13)}${line}`,
      ),
    ),
  ];
}

function inputLine({ name, type, columns, values }: TracedRow['inputs'][number]): string {
  const texts = values.map((value) => (typeof value === 'number' ? rounded(value) : quote(value)));
  const named = texts.map((value, k) => (columns ? `${columns[k]} ${value}` : value));
  const head = `${quotedName(name)} ${type}[${values.length}]`;
  if (values.length <= MAX_VALUES) return `${head} ${named.join(', ')}`;
  // of a wide row, the values that are not 0 say most
  const telling = named.filter((_, k) => values[k] !== 0);
  const zeros = values.length - telling.length;
  const shown = zeros > 0 ? telling : named;
  const more = shown.length > MAX_VALUES ? `, ... and ${shown.length - MAX_VALUES} more` : '';
  return `${head} ${shown.slice(0, MAX_VALUES).join(', ')}${more}${zeros > 0 ? `; ${zeros} are 0` : ''}`;
}

function shortened(values: readonly string[]): string {
  const more = values.length > MAX_VALUES ? `, ... and ${values.length - MAX_VALUES} more` : '';
  return values.slice(0, MAX_VALUES).join(', ') + more;
}

const quotedName = (name: string): string => (/^[\w./-]+$/.test(name) ? name : quote(name));

/** A number with about six digits. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
