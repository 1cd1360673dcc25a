// One raw record to encoded columns, as encode() does for tables.
import { missingTest } from '../data/missing.ts';
import { type Preprocessing, parseNumber, standardise } from '../data/preprocessing.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';

/** Fields by column name; null, undefined, NaN, '' and the preprocessing's other spellings are missing values. */
export type RawRecord = { readonly [column: string]: string | number | boolean | null | undefined };

/** Dense encoded columns, float32 [F]. `subject` names the record in messages. @throws DebkdError `column` */
export function encodeRecord(
  record: RawRecord,
  preprocessing: Preprocessing,
  subject: string = 'record',
): Float32Array {
  if (typeof record !== 'object' || record === null)
    throw new DebkdError(
      'column',
      `${subject}: ${record === null ? 'null' : typeof record}, expected an object of fields by column name`,
    );
  const x = new Float32Array(preprocessing.F);
  const missing = missingTest(preprocessing.missing);
  for (const column of preprocessing.columns) {
    if (!Object.hasOwn(record, column.name)) {
      const near = nearest(column.name, Object.keys(record));
      throw new DebkdError(
        'column',
        `${subject}: no field ${quote(column.name)}${near ? `; is it ${quote(near)}?` : ', which the student needs'}; give null where the value is missing`,
      );
    }
    const value = record[column.name];
    const text = value === null || value === undefined ? '' : String(value);
    if (column.kind === 'categorical') {
      const listed = column.categories.indexOf(text);
      const at = listed < 0 && missing(text) ? column.categories.indexOf('') : listed;
      if (at >= 0) x[column.offset + at] = 1;
    } else if (!missing(text)) {
      const number = typeof value === 'string' ? parseNumber(value) : Number(value);
      if (!Number.isFinite(number)) {
        throw new DebkdError(
          'column',
          `${subject}: field ${quote(column.name)} is ${quote(text)}, expected a finite number; give null where the value is missing`,
        );
      }
      x[column.offset] = standardise(column, number, preprocessing.clip);
    }
  }
  return x;
}
