// Datasets: rows encoded for the teacher and the student, with labels and folds.
import { refuseText } from './fit-preprocessing.ts';
import { locateColumns } from './locate-columns.ts';
import { concatMatrixRows, type Matrix, type StoredMatrix } from './matrix.ts';
import { countCodes, missingTest } from './missing.ts';
import { type Preprocessing, parseNumber, standardise } from './preprocessing.ts';
import { type RawColumns, rawColumns, type StoredRaw } from './raw-columns.ts';
import { allRows, matrixRows, teacherRows } from './row-source.ts';
import type { Column, Table } from './table.ts';
import { type UnknownCount, unknownOf } from './unknown-values.ts';

/** Number of folds of cross-fitting. */
export const FOLDS = 5;

/** Encoded rows in memory. */
export interface Dataset {
  /** Number of rows. */
  readonly rows: number;
  /** The student's inputs. */
  readonly features: Matrix;
  /** The teacher's inputs: encoded (the same object as `features` if both share a preprocessing) or raw columns. */
  readonly teacherInputs: Matrix | RawColumns;
  /** The student's preprocessing. */
  readonly preprocessing: Preprocessing;
  /** 1, 0, or -1 for an unlabelled row; [rows]. */
  readonly labels: Int8Array;
  /** Fold of cross-fitting, 0 .. 4; rows with equal features, or of one group of the split, share a fold; [rows]. */
  readonly folds: Uint8Array;
  /** Name of the label column and its values of class 1 and class 0; absent without a label column. */
  readonly target?: Table['target'];
  /** Features of the student that the teacher's preprocessing lacks; absent if there are none. */
  readonly studentOnly?: readonly string[];
  /** Values that the student's or the teacher's preprocessing does not list, by column; absent if not counted. */
  readonly unknown?: readonly UnknownCount[];
}

/** Encoded rows in a file, for data larger than memory. Dispose of it after use. */
export interface StoredDataset extends Omit<Dataset, 'features' | 'teacherInputs'>, Disposable {
  /** The student's inputs. */
  readonly features: StoredMatrix;
  /** The teacher's inputs: encoded or raw columns. */
  readonly teacherInputs: StoredMatrix | StoredRaw;
}

/** Encoded rows in memory or in a file. */
export type AnyDataset = Dataset | StoredDataset;

/**
 * Encodes rows of a table for the student and the teacher.
 * @param preprocessing the student's preprocessing
 * @param options.rows row numbers; default all
 * @param options.teacher the teacher's preprocessing, or `raw` if it takes the columns as they are; default the
 * student's
 * @param options.folds fold of each row of the table, of a split by group; default by the row hashes
 * @throws DebkdError `column` if a column is missing or a value does not fit
 * @example
 * const data = encode(table, fitPreprocessing(table, { rows: split(table).train }));
 */
export function encode(
  table: Table,
  preprocessing: Preprocessing,
  options: { rows?: Uint32Array; teacher?: Preprocessing | 'raw'; folds?: Uint8Array | undefined } = {},
): Dataset {
  const studentPreprocessing = withMissing(preprocessing, table);
  const rows = options.rows ?? allRows(table);
  const unknown: UnknownCount[] = [];
  const features = encodeMatrix(table, studentPreprocessing, rows, unknown);
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
    preprocessing: studentPreprocessing,
    labels: Int8Array.from(rows, (row) => table.labels[row] as number),
    folds: foldsOf(table, rows, options.folds),
    ...(table.target && { target: table.target }),
    unknown: [...new Map(unknown.map((one) => [one.column, one])).values()],
  };
}

/** The fold of each row: given, or by the second word of its hash. */
export function foldsOf({ hashes }: Pick<Table, 'hashes'>, rows: Uint32Array, folds?: Uint8Array): Uint8Array {
  return Uint8Array.from(rows, (row) => folds?.[row] ?? (hashes[2 * row + 1] as number) % FOLDS);
}

/** The members of Table that the teacher's inputs need. */
export type TeacherTable = Pick<Table, 'name' | 'rows' | 'columns' | 'missing' | 'before'>;

/**
 * Encodes all rows for the teacher only.
 * @param preprocessing the teacher's preprocessing; undefined: the teacher takes the columns as they are
 * @param unknown receives the values that the preprocessing does not list
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

/**
 * Copies the given rows of a dataset into memory, in the given order.
 * @example
 * const firstRows = selectRows(data, Uint32Array.of(0, 1, 2));
 */
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

/** Adds the table's spellings of a missing value, unless the preprocessing has its own. */
function withMissing(preprocessing: Preprocessing, { missing }: TeacherTable): Preprocessing {
  return preprocessing.missing || !missing ? preprocessing : { ...preprocessing, missing };
}

/** Concatenates the rows of two parts of one table; both inputs become the student's. */
export function concatRows(a: Dataset, b: Dataset): Dataset {
  const features = concatMatrixRows([a.features, b.features]);
  return {
    rows: a.rows + b.rows,
    features,
    teacherInputs: features,
    preprocessing: a.preprocessing,
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
  const columnIndices = locateColumns(
    preprocessing,
    table.columns.map((c) => c.name),
    table.name,
  );
  const fields = columnIndices.length;
  const words = new Int32Array(rows.length * fields);
  const fieldColumns = new Int32Array(fields);
  const missing = missingTest(preprocessing.missing);
  preprocessing.columns.forEach((spec, s) => {
    const column = table.columns[columnIndices[s] as number] as Column;
    fieldColumns[s] = spec.kind === 'numeric' ? spec.offset : -1;
    let code: Int32Array;
    let isText: Uint8Array | undefined;
    if (spec.kind === 'numeric') {
      const values = new Float32Array(column.texts.length);
      const texts = new Uint8Array(column.texts.length);
      column.texts.forEach((text, c) => {
        if (missing(text)) return;
        const x = parseNumber(text);
        if (Number.isFinite(x)) values[c] = standardise(spec, x, preprocessing.clip);
        else texts[c] = 1;
      });
      isText = texts;
      code = new Int32Array(values.buffer);
    } else {
      const index = new Map(spec.categories.map((text, i) => [text, spec.offset + i]));
      const emptyCategory = index.get('') ?? -1;
      code = Int32Array.from(column.texts, (text) => index.get(text) ?? (missing(text) ? emptyCategory : -1));
      const found = unknownOf(spec, column, countCodes(column, rows), missing);
      if (found) unknown.push(found);
    }
    for (let i = 0; i < rows.length; i++) {
      const c = column.codes[rows[i] as number] as number;
      if (isText?.[c]) refuseText(column, c, table);
      words[i * fields + s] = code[c] as number;
    }
  });
  return {
    rows: rows.length,
    fields,
    width: preprocessing.encodedWidth,
    fieldColumns,
    data: words,
  };
}
