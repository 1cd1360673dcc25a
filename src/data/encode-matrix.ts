// Encodes rows of a table as a matrix.

import { DebkdError, quote } from '../io/errors.ts';
import { textAt } from './byte-texts.ts';
import { columnNumbers, numberForm } from './column-numbers.ts';
import { openSegmentWriter, weighTexts } from './encode-texts.ts';
import { refuseText } from './fit-preprocessing.ts';
import type { ImageColumn } from './image-column.ts';
import { formOf, type ImageForm, type ImageRows, type Rasters } from './image-rows.ts';
import { locateColumns } from './locate-columns.ts';
import { IMAGE_FIELD, type Matrix, TEXT_FIELD } from './matrix.ts';
import { countCodes, missingTest } from './missing.ts';
import { type Preprocessing, type PreprocessingColumn, standardise } from './preprocessing.ts';
import { encodeTexts, refuseValue, unlistedOf } from './steps/encode-column.ts';
import { oneHotOf } from './steps/step.ts';
import type { Problem } from './steps/value.ts';
import type { Column, Table } from './table.ts';
import { type UnknownCount, unknownOf } from './unknown-values.ts';

/** The members of Table that the teacher's inputs need. */
export type TeacherTable = Pick<Table, 'name' | 'rows' | 'columns' | 'missing' | 'before'>;

/**
 * Encodes rows of a table, one field for each column of the preprocessing.
 * @param rows row numbers
 * @param unknown receives the values that the preprocessing does not list
 * @throws DebkdError `column` if a column is missing or a value does not fit
 */
export function encodeMatrix(
  table: TeacherTable,
  preprocessing: Preprocessing,
  rows: Uint32Array,
  unknown: UnknownCount[] = [],
): Matrix {
  const columnIndices = locateColumns(
    preprocessing,
    table.columns.map((c) => c.name),
    table.name,
  );
  const fields = columnIndices.length;
  const words = new Int32Array(rows.length * fields);
  const fieldColumns = new Int32Array(fields);
  const missing = missingTest(preprocessing.missing);
  const segments = openSegmentWriter();
  const writer = openFieldWriter(words, rows, fields);
  let images: ImageRows | undefined;
  preprocessing.columns.forEach((spec, s) => {
    const given = table.columns[columnIndices[s] as number] as Column;
    const column = spec.kind === 'numeric' ? numberForm(given, preprocessing.missing) : given;
    if (spec.kind === 'text') {
      fieldColumns[s] = TEXT_FIELD;
      const codes = rows.map((row) => column.codes[row] as number);
      segments.add(spec, column, codes).forEach((segment, i) => {
        words[i * fields + s] = segment;
      });
      return;
    }
    if (spec.kind === 'image') {
      fieldColumns[s] = IMAGE_FIELD;
      images = imagesOf(spec, column, table.name);
      const { places } = column.rasters as Rasters;
      rows.forEach((row, i) => {
        const place = places[column.codes[row] as number] as number;
        if (place < 0) throw notDecoded(spec, table.name, (table.before ?? 0) + row + 1);
        words[i * fields + s] = place;
      });
      return;
    }
    fieldColumns[s] = isNumber(spec) ? spec.offset : -1;
    let code: Int32Array;
    let isText: Uint8Array | undefined;
    let problems: ReadonlyMap<number, Problem> | undefined;
    if (spec.kind === 'steps') {
      const encoded = encodeTexts(spec, column, preprocessing);
      const { values } = encoded;
      problems = encoded.problems;
      code = isNumber(spec)
        ? new Int32Array(Float32Array.from(values).buffer)
        : Int32Array.from(values, (place) => (place < 0 ? -1 : spec.offset + place));
      const counts = countCodes(column, rows);
      const found = unlistedOf(spec, column, encoded, { counts, missing: preprocessing.missing });
      if (found) addCount(unknown, found);
    } else if (spec.kind === 'numeric') {
      const numbers = columnNumbers(column, preprocessing.missing);
      const values = new Float32Array(numbers.length);
      const texts = new Uint8Array(numbers.length);
      for (let c = 0; c < numbers.length; c++) {
        const x = numbers[c] as number;
        if (Number.isFinite(x)) values[c] = standardise(spec, x, preprocessing.clip);
        else if (!missing(textAt(column, c))) texts[c] = 1;
      }
      isText = texts;
      code = new Int32Array(values.buffer);
    } else {
      const index = new Map(spec.categories.map((text, i) => [text, spec.offset + i]));
      const emptyCategory = index.get('') ?? -1;
      code = Int32Array.from(column.texts, (text) => index.get(text) ?? (missing(text) ? emptyCategory : -1));
      const found = unknownOf(spec, column, countCodes(column, rows), missing);
      if (found) unknown.push(found);
    }
    const { codes } = column;
    if (isText?.includes(1) || problems?.size) {
      for (const row of rows) {
        const c = codes[row] as number;
        if (isText?.[c]) refuseText(given, given.codes[row] as number, table);
        const problem = problems?.get(c);
        if (problem) refuseValue(column, c, problem, table);
      }
    }
    writer.add(s, codes, code);
  });
  writer.end();
  const shape = { rows: rows.length, fields, width: preprocessing.encodedWidth, fieldColumns, data: words };
  const matrix = { ...shape, ...(images && { images }) };
  return fieldColumns.includes(TEXT_FIELD)
    ? weighTexts({ ...matrix, texts: segments.finish() }, preprocessing)
    : matrix;
}

/** Fields that are written together: their words of a row share a line of the processor's cache. */
const FIELDS_AT_ONCE = 16;

interface FieldWriter {
  /** Writes a field. @param codes of the table's rows @param words the word of each code */
  add(field: number, codes: Uint32Array, words: Int32Array): void;
  end(): void;
}

/** Writes fields into the rows of a matrix, several at a time: one alone takes a line of the cache for each word. */
function openFieldWriter(to: Int32Array, rows: Uint32Array, fields: number): FieldWriter {
  let waiting: { readonly field: number; readonly codes: Uint32Array; readonly words: Int32Array }[] = [];
  const write = (): void => {
    // few rows at a time, so that all fields of a block stay in the cache
    for (let from = 0; from < rows.length; from += 1024) {
      const end = Math.min(rows.length, from + 1024);
      for (const { field, codes, words } of waiting)
        for (let i = from; i < end; i++) to[i * fields + field] = words[codes[rows[i] as number] as number] as number;
    }
    waiting = [];
  };
  return {
    add(field, codes, words) {
      waiting.push({ field, codes, words });
      if (waiting.length === FIELDS_AT_ONCE) write();
    },
    end: write,
  };
}

/** The decoded images of a column. @throws DebkdError `column` if they are not decoded at its size */
function imagesOf(spec: ImageColumn, { rasters }: Column, data: string): ImageRows {
  const { size, channels, mean, std, offset } = spec;
  if (rasters && rasters.channels === channels && rasters.size.every((n, k) => n === size[k]))
    return imageRowsOf(rasters, { size, channels, mean, std, offset });
  throw notDecoded(spec, data);
}

/** @param row number of the row whose image is not decoded; undefined: none is */
function notDecoded({ name }: ImageColumn, data: string, row?: number): DebkdError {
  return new DebkdError('column', {
    subject: `data ${quote(data, 200)}, column ${quote(name)}`,
    seen: row === undefined ? 'its images are not decoded' : `the image of row ${row} is not decoded`,
    expected: 'a table of decodeImages with the same preprocessing and rows',
  });
}

/** The images of each decoded column: parts that are encoded from one column share them. */
const rowsOf: WeakMap<Rasters, ImageRows> = /* @__PURE__ */ new WeakMap();

function imageRowsOf(rasters: Rasters, form: ImageForm): ImageRows {
  const { pixels, looks, lookScale } = rasters;
  const known = rowsOf.get(rasters);
  if (known && JSON.stringify(formOf(known)) === JSON.stringify(formOf(form))) return known;
  const rows = { ...form, pixels, looks, ...(lookScale && { lookScale }) };
  rowsOf.set(rasters, rows);
  return rows;
}

/** Whether a column is encoded as one number. */
function isNumber(spec: PreprocessingColumn): boolean {
  return spec.kind === 'numeric' || (spec.kind === 'steps' && oneHotOf(spec) === undefined);
}

/** Adds a count; of two of one column, made from the same rows, the larger stays. */
function addCount(counts: UnknownCount[], found: UnknownCount): void {
  const at = counts.findIndex(({ column }) => column === found.column);
  if (at < 0) counts.push(found);
  else if (found.count > (counts[at] as UnknownCount).count) counts[at] = found;
}
