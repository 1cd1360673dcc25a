// Encodes one raw record as encode() encodes a table's rows.
import { MISSING, missingTest } from '../data/missing.ts';
import type { PlainColumn, Preprocessing } from '../data/preprocessing.ts';
import { sameValue } from '../data/same-value.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { parseNumber, standardise } from '../kernels/numbers.ts';
import { type SparseRow, sparseRow, writeDense } from '../kernels/single-row.ts';

/**
 * The pixels of an image in a record: 8 bits per channel, row by row from the top, the channels of a pixel together. An `ImageData` is one.
 * @example
 * const image: RawImage = context.getImageData(0, 0, canvas.width, canvas.height);
 */
export interface RawImage {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Bytes, [height x width x channels]: 1 channel is grey, 3 are red, green and blue, 4 also alpha, which is dropped. */
  readonly pixels?: Uint8Array | Uint8ClampedArray | undefined;
  /** The same under the name that `ImageData` has. */
  readonly data?: Uint8Array | Uint8ClampedArray | undefined;
  /** Default: as many as the bytes give. */
  readonly channels?: 1 | 3 | 4 | undefined;
}

/**
 * A raw record: values by column name. null, undefined, NaN, '' and the preprocessing's spellings are missing values.
 * @example
 * const record: RawRecord = { age: 41, job: 'nurse', income: null };
 */
export type RawRecord = { readonly [column: string]: string | number | boolean | null | undefined | RawImage };

/** Adds one column's value to a row. Returns whether the student knows the value. */
export type FieldEncoder = (value: unknown, row: SparseRow, subject: Subject) => boolean;

/** The record's name in messages; a function delays building it until there is an error. */
export type Subject = string | (() => string);

/** The encoders of a preprocessing's columns. */
export interface RecordPlan {
  /** Number of encoded columns. */
  readonly width: number;
  readonly names: readonly string[];
  readonly fields: readonly FieldEncoder[];
  /** Makes a row with room for an image; absent without an image column. */
  readonly row?: () => SparseRow;
  /** The image's first encoded column. */
  readonly offset?: number;
}

/** Makes the plan of a preprocessing whose columns are all of the first form; record-plan.ts takes both. */
export function planRecords(preprocessing: Preprocessing): RecordPlan {
  return {
    width: preprocessing.encodedWidth,
    names: preprocessing.columns.map(({ name }) => name),
    fields: preprocessing.columns.map((column) => fieldEncoder(column as PlainColumn, preprocessing)),
  };
}

/**
 * Writes a record's nonzero encoded columns into `row`.
 * @param subject the record's name in messages
 * @param unknown called with the name of each field whose category the student does not know; such fields encode to 0
 * @throws DebkdError `column`
 */
export function encodeRecord(
  { names, fields }: RecordPlan,
  record: RawRecord,
  row: SparseRow,
  subject: Subject = 'record',
  unknown?: (name: string) => void,
): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw notRecord(record, subject);
  row.count = 0;
  for (let i = 0; i < fields.length; i++) {
    const name = names[i] as string;
    if (!Object.hasOwn(record, name)) throw absent(name, record, subject);
    if (!(fields[i] as FieldEncoder)(record[name], row, subject)) unknown?.(name);
  }
}

/** Encodes a table row: texts[places[i]] is the value of column i. @throws DebkdError `column` */
export function encodeFields(
  { names, fields }: RecordPlan,
  texts: readonly string[],
  places: readonly number[],
  row: SparseRow,
  subject: Subject,
  unknown: (name: string, value: string) => void,
): void {
  row.count = 0;
  for (let i = 0; i < fields.length; i++) {
    const text = texts[places[i] as number] as string;
    if (!(fields[i] as FieldEncoder)(text, row, subject)) unknown(names[i] as string, text);
  }
}

/** Returns a record as dense encoded columns, float32 [width]. @throws DebkdError `column` */
export function denseRecord(plan: RecordPlan, record: RawRecord, subject?: Subject): Float32Array {
  const row = plan.row?.() ?? sparseRow(plan.width);
  encodeRecord(plan, record, row, subject);
  const x = new Float32Array(plan.width);
  writeDense(row, x);
  if (row.pixels) x.set(row.pixels, plan.offset);
  return x;
}

/** Returns the names of fields whose category the student does not know. @throws DebkdError `column` */
export function unknownFields(plan: RecordPlan, record: RawRecord): string[] {
  const names: string[] = [];
  encodeRecord(plan, record, sparseRow(plan.width), 'record', (name) => names.push(name));
  return names;
}

/** Makes the encoder of a column of the first form. */
export function fieldEncoder(column: PlainColumn, { missing, clip }: Preprocessing): FieldEncoder {
  const isMissing = missingTest(missing);
  const { name, offset } = column;
  if (column.kind === 'categorical') {
    const places = new Map(column.categories.map((text, i) => [text, offset + i]));
    const none = places.get('');
    const same = sameValue(column.categories);
    return (value, row, subject) => {
      const text = typeof value === 'string' ? value : textOf(name, value, subject);
      const at = places.get(text) ?? (isMissing(text) ? none : places.get(same(value) as string));
      if (at === undefined) return false;
      addValue(row, at, 1);
      return true;
    };
  }
  // compare numbers as text only when some spelling of a missing value is a number
  const plain = !(missing ?? MISSING).some((text) => Number.isFinite(parseNumber(text)));
  return (value, row, subject) => {
    let number = value as number;
    if (!plain || typeof value !== 'number' || !Number.isFinite(value)) {
      const text = textOf(name, value, subject);
      if (isMissing(text)) return true;
      number = typeof value === 'boolean' ? Number.NaN : parseNumber(text);
      if (!Number.isFinite(number)) throw notNumber(name, text, subject);
    }
    addValue(row, offset, standardise(column, number, clip));
    return true;
  };
}

/** Appends a column to a row. */
export function addValue(row: SparseRow, column: number, value: number): void {
  row.columns[row.count] = column;
  row.values[row.count++] = value;
}

/** Returns a value as a table stores it. @throws DebkdError `column` when it is a list, an object or a function */
export function textOf(name: string, value: unknown, subject: Subject): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return String(value);
  const seen = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  throw wrongField(name, subject, seen, 'text, a number, true, false or null');
}

const GIVE_NULL = 'give null for a missing value';

export function wrongField(
  name: string,
  subject: Subject,
  seen: string,
  expected: string,
  remedy?: string,
): DebkdError {
  return new DebkdError('column', {
    subject: nameOf(subject),
    seen: `field ${quote(name)} is ${seen}`,
    expected,
    remedy,
    field: name,
  });
}

function notNumber(name: string, text: string, subject: Subject): DebkdError {
  return wrongField(name, subject, quote(text), 'a finite number', GIVE_NULL);
}

function notRecord(record: unknown, subject: Subject): DebkdError {
  const seen = record === null ? 'null' : Array.isArray(record) ? 'a list' : typeof record;
  return new DebkdError('column', {
    subject: nameOf(subject),
    seen,
    expected: 'an object of fields by column name, such as { "age": 41 }',
  });
}

/** The error of a field that is absent. @param use what the field is for */
export function absent(name: string, record: RawRecord, subject: Subject, use: string = ''): DebkdError {
  const near = nearest(name, Object.keys(record));
  return new DebkdError('column', {
    subject: nameOf(subject),
    seen: `no field ${quote(name)}${use}`,
    remedy: near ? `did you mean ${quote(near)}? Give null for a missing value` : GIVE_NULL,
    field: name,
  });
}

const nameOf = (subject: Subject): string => (typeof subject === 'string' ? subject : subject());
