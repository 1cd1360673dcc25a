// Rows ready for the teacher and the student: encoded, labelled, each with its fold.
import { refuseText } from './fit-preprocessing.ts';
import { concatMatrixRows, type Matrix, type StoredMatrix } from './matrix.ts';
import { countCodes, missingTest } from './missing.ts';
import { locateColumns, type Preprocessing, parseNumber, standardise } from './preprocessing.ts';
import { type RawColumns, rawColumns, type StoredRaw } from './raw-columns.ts';
import { allRows, matrixRows, teacherRows } from './row-source.ts';
import type { Column, Table } from './table.ts';
import { type UnknownCount, unknownOf } from './unknown-values.ts';

/** Folds of cross-fitting. */
export const FOLDS = 5;

/** Encoded rows in memory. */
export interface Dataset {
  /** How many. */
  readonly rows: number;
  /** What the student sees. */
  readonly features: Matrix;
  /** What the teacher sees: encoded, the same object where the preprocessing is the same; or raw. */
  readonly teacherInputs: Matrix | RawColumns;
  /** The student's. */
  readonly preprocessing: Preprocessing;
  /** 1, 0, or -1 for unlabelled; [rows]. */
  readonly labels: Int8Array;
  /** 0 .. 4 by feature hash, so that equal rows share a fold; [rows]. */
  readonly folds: Uint8Array;
  /** What the label is called, and its values of class 1 and class 0; absent without a label column. */
  readonly target?: Table['target'];
  /** Values that a preprocessing, the student's or the teacher's, does not list, by column; absent where that was not counted. */
  readonly unknown?: readonly UnknownCount[];
}

/** Encoded rows in a file, for rows that memory does not hold. Dispose of it when it is no longer needed. */
export interface StoredDataset extends Omit<Dataset, 'features' | 'teacherInputs'>, Disposable {
  /** Encoded for the student. */
  readonly features: StoredMatrix;
  /** Encoded for the teacher, or its raw columns. */
  readonly teacherInputs: StoredMatrix | StoredRaw;
}

/** Encoded rows in memory or in a file. */
export type AnyDataset = Dataset | StoredDataset;

/**
 * Encodes rows of a table.
 * @param preprocessing the student's
 * @param options.rows which rows; default all
 * @param options.teacher the teacher's preprocessing; `raw`: columns go in as they are; default: the student's
 * @throws DebkdError `column` when a column is missing or a value does not fit
 */
export function encode(
  table: Table,
  preprocessing: Preprocessing,
  options: { rows?: Uint32Array; teacher?: Preprocessing | 'raw' } = {},
): Dataset {
  const own = withMissing(preprocessing, table);
  const rows = options.rows ?? allRows(table);
  const unknown: UnknownCount[] = [];
  const features = encodeMatrix(table, own, rows, unknown);
  const { teacher = preprocessing } = options;
  const same = teacher === preprocessing;
  const teacherInputs = same
    ? features
    : teacher === 'raw'
      ? rawColumns(table, rows)
      : encodeMatrix(table, withMissing(teacher, table), rows, unknown);
  return {
    rows: rows.length,
    features,
    teacherInputs,
    preprocessing: own,
    labels: Int8Array.from(rows, (row) => table.labels[row] as number),
    folds: Uint8Array.from(rows, (row) => (table.hashes[2 * row + 1] as number) % FOLDS),
    ...(table.target && { target: table.target }),
    unknown: [...new Map(unknown.map((one) => [one.column, one])).values()],
  };
}

/** What Table has that a teacher's rows are made of. */
export type TeacherTable = Pick<Table, 'name' | 'rows' | 'columns' | 'missing' | 'before'>;

/**
 * All rows as a teacher takes them, without a student's encoding beside.
 * @param preprocessing the teacher's; undefined: columns go in as they are
 * @param unknown gets the values that the preprocessing does not list
 * @throws DebkdError `column`
 */
export function encodeForTeacher(
  table: TeacherTable,
  preprocessing: Preprocessing | undefined,
  unknown?: UnknownCount[],
): Matrix | RawColumns {
  const rows = allRows(table);
  return preprocessing
    ? encodeMatrix(table, withMissing(preprocessing, table), rows, unknown)
    : rawColumns(table, rows);
}

/** The given rows of a dataset, in that order, in memory. */
export function selectRows(data: AnyDataset, rows: Uint32Array): Dataset {
  const features = matrixRows(data.features).select(rows);
  const same = data.teacherInputs === data.features;
  return {
    rows: rows.length,
    features,
    teacherInputs: same ? features : teacherRows(data.teacherInputs).select(rows),
    preprocessing: data.preprocessing,
    labels: Int8Array.from(rows, (row) => data.labels[row] as number),
    folds: Uint8Array.from(rows, (row) => data.folds[row] as number),
    ...(data.target && { target: data.target }),
  };
}

/** What the table calls missing, the student will call so, too. */
function withMissing(preprocessing: Preprocessing, { missing }: TeacherTable): Preprocessing {
  return preprocessing.missing || !missing ? preprocessing : { ...preprocessing, missing };
}

/** The rows of two parts of one table, one after the other, without what the teacher sees of them. */
export function concatRows(a: Dataset, b: Dataset): Dataset {
  const features = concatMatrixRows([a.features, b.features]);
  return {
    ...{ rows: a.rows + b.rows, features, teacherInputs: features, preprocessing: a.preprocessing },
    labels: Int8Array.from([...a.labels, ...b.labels]),
    folds: Uint8Array.from([...a.folds, ...b.folds]),
  };
}

function encodeMatrix(
  table: TeacherTable,
  preprocessing: Preprocessing,
  rows: Uint32Array,
  unknown: UnknownCount[] = [],
): Matrix {
  const places = locateColumns(
    preprocessing,
    table.columns.map((c) => c.name),
    table.name,
  );
  const fields = places.length;
  const words = new Int32Array(rows.length * fields);
  const fieldColumns = new Int32Array(fields);
  const missing = missingTest(preprocessing.missing);
  preprocessing.columns.forEach((spec, s) => {
    const column = table.columns[places[s] as number] as Column;
    fieldColumns[s] = spec.kind === 'numeric' ? spec.offset : -1;
    let code: Int32Array;
    let bad: Uint8Array | undefined;
    if (spec.kind === 'numeric') {
      const values = new Float32Array(column.texts.length);
      const wrong = new Uint8Array(column.texts.length);
      column.texts.forEach((text, c) => {
        if (missing(text)) return;
        const x = parseNumber(text);
        if (Number.isFinite(x)) values[c] = standardise(spec, x, preprocessing.clip);
        else wrong[c] = 1;
      });
      bad = wrong;
      code = new Int32Array(values.buffer);
    } else {
      const index = new Map(spec.categories.map((text, i) => [text, spec.offset + i]));
      const none = index.get('') ?? -1;
      code = Int32Array.from(column.texts, (text) => index.get(text) ?? (missing(text) ? none : -1));
      const found = unknownOf(spec, column, countCodes(column, rows), missing);
      if (found) unknown.push(found);
    }
    for (let i = 0; i < rows.length; i++) {
      const c = column.codes[rows[i] as number] as number;
      if (bad?.[c]) refuseText(column, c, table);
      words[i * fields + s] = code[c] as number;
    }
  });
  return {
    rows: rows.length,
    fields: fields,
    width: preprocessing.encodedWidth,
    fieldColumns: fieldColumns,
    data: words,
  };
}
