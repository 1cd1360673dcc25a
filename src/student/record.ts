// One raw record to encoded columns, as encode() does for tables.
import { MISSING, missingTest } from '../data/missing.ts';
import { type Preprocessing, type PreprocessingColumn, parseNumber, standardise } from '../data/preprocessing.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { type SparseRow, sparseRow, writeDense } from '../kernels/single-row.ts';

/** Fields by column name; null, undefined, NaN, '' and the preprocessing's other spellings are missing values. */
export type RawRecord = { readonly [column: string]: string | number | boolean | null | undefined };

/** How one column's value is added to a row. Returns whether it is one that the student knows. */
type FieldEncoder = (value: unknown, row: SparseRow, subject: Subject) => boolean;

/** What a record is called in a message; a function where it is made for errors alone. */
export type Subject = string | (() => string);

/** How records of one preprocessing are encoded. */
export interface RecordPlan {
  /** Encoded columns. */
  readonly width: number;
  readonly names: readonly string[];
  readonly fields: readonly FieldEncoder[];
}

/** A plan is made once for each preprocessing. */
const plans: WeakMap<Preprocessing, RecordPlan> = /* @__PURE__ */ new WeakMap();

/** The plan of a preprocessing that may be used again. */
export function recordPlan(preprocessing: Preprocessing): RecordPlan {
  const cached = plans.get(preprocessing);
  if (cached) return cached;
  const plan = planRecords(preprocessing);
  plans.set(preprocessing, plan);
  return plan;
}

export function planRecords(preprocessing: Preprocessing): RecordPlan {
  return {
    width: preprocessing.encodedWidth,
    names: preprocessing.columns.map(({ name }) => name),
    fields: preprocessing.columns.map((column) => fieldEncoder(column, preprocessing)),
  };
}

/**
 * Puts a record's encoded columns that are not 0 into `row`.
 * @param subject names the record in messages
 * @param unknown is told the names of fields whose value is no category that the student knows: they count for nothing
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

/** The same of a table's fields: places[i] is where the field of column i is. @throws DebkdError `column` */
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

/** A record as dense encoded columns, float32 [F]. @throws DebkdError `column` */
export function denseRecord(plan: RecordPlan, record: RawRecord, subject?: Subject): Float32Array {
  const row = sparseRow(plan.width);
  encodeRecord(plan, record, row, subject);
  const x = new Float32Array(plan.width);
  writeDense(row, x);
  return x;
}

/** Names of the fields whose value is no category that the student knows. @throws DebkdError `column` */
export function unknownFields(plan: RecordPlan, record: RawRecord): string[] {
  const names: string[] = [];
  encodeRecord(plan, record, sparseRow(plan.width), 'record', (name) => names.push(name));
  return names;
}

function fieldEncoder(column: PreprocessingColumn, { missing, clip }: Preprocessing): FieldEncoder {
  const isMissing = missingTest(missing);
  const { name, offset } = column;
  if (column.kind === 'categorical') {
    const places = new Map(column.categories.map((text, i) => [text, offset + i]));
    const none = places.get('');
    return (value, row, subject) => {
      const text = typeof value === 'string' ? value : textOf(name, value, subject);
      const at = places.get(text) ?? (isMissing(text) ? none : undefined);
      if (at === undefined) return false;
      add(row, at, 1);
      return true;
    };
  }
  // numbers are looked up as texts only where a number stands for a missing value
  const plain = !(missing ?? MISSING).some((text) => Number.isFinite(parseNumber(text)));
  return (value, row, subject) => {
    let number = value as number;
    if (!plain || typeof value !== 'number' || !Number.isFinite(value)) {
      const text = textOf(name, value, subject);
      if (isMissing(text)) return true;
      number = typeof value === 'boolean' ? Number.NaN : parseNumber(text);
      if (!Number.isFinite(number)) throw notNumber(name, text, subject);
    }
    add(row, offset, standardise(column, number, clip));
    return true;
  };
}

function add(row: SparseRow, column: number, value: number): void {
  row.columns[row.count] = column;
  row.values[row.count++] = value;
}

/** A field as a table would hold it. @throws DebkdError `column` when it is a list or an object */
function textOf(name: string, value: unknown, subject: Subject): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return String(value);
  const seen = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  throw wrongField(name, subject, `${seen}, expected text, a number, true, false or null; give one value`);
}

function wrongField(name: string, subject: Subject, what: string): DebkdError {
  return new DebkdError('column', { subject: nameOf(subject), seen: `field ${quote(name)} is ${what}`, field: name });
}

function notNumber(name: string, text: string, subject: Subject): DebkdError {
  return wrongField(name, subject, `${quote(text)}, expected a finite number; give null where the value is missing`);
}

function notRecord(record: unknown, subject: Subject): DebkdError {
  const seen = record === null ? 'null' : Array.isArray(record) ? 'a list' : typeof record;
  return new DebkdError('column', {
    subject: nameOf(subject),
    seen: seen,
    expected: 'an object of fields by column name, such as { "age": 41 }',
  });
}

function absent(name: string, record: RawRecord, subject: Subject): DebkdError {
  const near = nearest(name, Object.keys(record));
  return new DebkdError('column', {
    subject: nameOf(subject),
    seen: `no field ${quote(name)}${near ? `; did you mean ${quote(near)}? Give` : ', which the student needs; give'} null where the value is missing`,
    field: name,
  });
}

const nameOf = (subject: Subject): string => (typeof subject === 'string' ? subject : subject());
