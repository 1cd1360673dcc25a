// Datasets: rows encoded for the teacher and the student, with labels and folds.
import { checkRows } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { encodeMatrix, type TeacherTable } from './encode-matrix.ts';
import { bucketOf } from './folds.ts';
import { concatMatrixRows, type Matrix, type StoredMatrix, selectMatrixRows } from './matrix.ts';
import type { Placeholder } from './placeholders.ts';
import type { PointThousands } from './point-thousands.ts';
import type { Preprocessing } from './preprocessing.ts';
import { type RawColumns, rawColumns, type StoredRaw } from './raw-columns.ts';
import { allRows, matrixRows, teacherRows } from './row-source.ts';
import { checkNoFeature, checkWeightTotals, readWeights, withoutFeature } from './row-weights.ts';
import type { Table } from './table.ts';
import type { UnknownCount } from './unknown-values.ts';
import type { WithheldColumn } from './withheld-columns.ts';

/** Encoded rows in memory. */
export interface Dataset {
  /** Number of rows. */
  readonly rows: number;
  /** The student's inputs. */
  readonly features: Matrix;
  /** The teacher's inputs: encoded (the same object as `features` if both share a preprocessing) or raw columns. */
  readonly teacherInputs: Matrix | RawColumns;
  /** The inputs of the second and further teachers; absent if they take those of the first. */
  readonly otherInputs?: readonly (Matrix | RawColumns)[];
  /** The student's preprocessing. */
  readonly preprocessing: Preprocessing;
  /** 1, 0, or -1 for an unlabelled row; [rows]. */
  readonly labels: Int8Array;
  /**
   * Bucket of cross-fitting, 0 .. 249; its remainder by 5 is the row's fold. Rows with equal features, or of one group of the split,
   * share a bucket; [rows].
   */
  readonly folds: Uint8Array;
  /** Weights of the rows, from 0, float64 [rows]; absent where all rows have the same. */
  readonly weights?: Float64Array;
  /** Name of the column of the weights. */
  readonly weightColumn?: string;
  /** Name of the label column and its values of class 1 and class 0; absent without a label column. */
  readonly target?: Table['target'];
  /** Each row's number in the table, from 0; [rows]. Given soft labels are found by it. Absent for rows of no table. */
  readonly rowNumbers?: Uint32Array;
  /** Number of rows of the table; absent if it is not known. */
  readonly tableRows?: number;
  /**
   * Groups of the rows that label de-biasing corrects each by itself, one-hot; `preprocessing` of the groups. Their columns may be among
   * the student's inputs, too. Absent if there are none.
   */
  readonly groups?: { readonly matrix: Matrix; readonly preprocessing: Preprocessing };
  /**
   * Factors of a logistic student's ridge penalty, float64 [encoded columns]; default all 1. Rare n-grams of texts are penalised
   * less (rarityFactors).
   */
  readonly penaltyFactors?: Float64Array;
  /** Features of the student that the teacher's preprocessing lacks; absent if there are none. */
  readonly studentOnly?: readonly string[];
  /** The rows' groups by columns that are withheld from the student and measured (`withhold` of encodeParts); absent without any. */
  readonly withheld?: readonly WithheldColumn[];
  /** Names of the student's columns whose encoding was fitted on these rows; absent if there are none. */
  readonly fitted?: readonly string[];
  /** Numbers of those columns that may stand for missing values, such as -999; absent if there are none. */
  readonly placeholders?: readonly Placeholder[];
  /** Those columns whose points may separate thousands, such as 1.381 next to 409; absent if there are none. */
  readonly pointThousands?: readonly PointThousands[];
  /** Values that the student's or the teacher's preprocessing does not list, by column; absent if not counted. */
  readonly unknown?: readonly UnknownCount[];
}

/** Encoded rows in a file, for data larger than memory. Dispose of it after use. */
export interface StoredDataset extends Omit<Dataset, 'features' | 'teacherInputs' | 'otherInputs'>, Disposable {
  /** The student's inputs. */
  readonly features: StoredMatrix;
  /** The teacher's inputs: encoded or raw columns. */
  readonly teacherInputs: StoredMatrix | StoredRaw;
  /** The inputs of the second and further teachers; absent if they take those of the first. */
  readonly otherInputs?: readonly (StoredMatrix | StoredRaw)[];
}

/** Encoded rows in memory or in a file. */
export type AnyDataset = Dataset | StoredDataset;

/** Options of encode. */
interface EncodeTableOptions {
  readonly rows?: Uint32Array;
  readonly teacher?: Preprocessing | 'raw';
  readonly others?: readonly (Preprocessing | 'raw')[];
  readonly folds?: Uint8Array | undefined;
  readonly weights?: string | undefined;
}

/**
 * Encodes rows of a table for the student and the teacher.
 * @param preprocessing the student's preprocessing
 * @param options.rows row numbers; default all
 * @param options.teacher the teacher's preprocessing, or `raw` if it takes the columns as they are; default the
 * student's
 * @param options.others the same for the second and further teachers; default none
 * @param options.folds bucket of each row of the table, of a split by group; default by the row hashes
 * @param options.weights name of a column of row weights, which is then no feature; default none
 * @throws DebkdError `column` if a column is missing or a value does not fit; `rows` if all rows of a class have weight 0
 * @example
 * const data = encode(table, fitPreprocessing(table, { rows: split(table).train }));
 */
export function encode(table: Table, preprocessing: Preprocessing, options: EncodeTableOptions = {}): Dataset {
  if (options.weights !== undefined)
    return encodeWeighted(table, preprocessing, { ...options, weights: options.weights });
  const studentPreprocessing = withMissing(preprocessing, table);
  const rows = options.rows ?? allRows(table);
  const unknown: UnknownCount[] = [];
  const features = encodeMatrix(table, studentPreprocessing, rows, unknown);
  // teachers with the same preprocessing share their inputs
  const encoded = new Map<Preprocessing | 'raw', Matrix | RawColumns>([[preprocessing, features]]);
  const inputsOf = (teacher: Preprocessing | 'raw'): Matrix | RawColumns => {
    const found =
      encoded.get(teacher) ??
      (teacher === 'raw' ? rawColumns(table, rows) : encodeMatrix(table, withMissing(teacher, table), rows, unknown));
    encoded.set(teacher, found);
    return found;
  };
  const { teacher = preprocessing, others } = options;
  const teacherInputs = inputsOf(teacher);
  return {
    rows: rows.length,
    features,
    teacherInputs,
    ...(others && { otherInputs: others.map(inputsOf) }),
    preprocessing: studentPreprocessing,
    labels: Int8Array.from(rows, (row) => table.labels[row] as number),
    folds: bucketsOf(table, rows, options.folds),
    ...(table.target && { target: table.target }),
    ...numbersOf(table, rows),
    unknown: [...new Map(unknown.map((one) => [one.column, one])).values()],
  };
}

/** The rows' numbers in the table. A chunk does not know how many rows its table has. */
function numbersOf({ rows: tableRows, before }: Table, rows: Uint32Array): Pick<Dataset, 'rowNumbers' | 'tableRows'> {
  return before === undefined ? { rowNumbers: rows, tableRows } : { rowNumbers: rows.map((row) => before + row) };
}

/** The bucket of each row: given, or by the second word of its hash. */
export function bucketsOf({ hashes }: Pick<Table, 'hashes'>, rows: Uint32Array, folds?: Uint8Array): Uint8Array {
  return Uint8Array.from(rows, (row) => folds?.[row] ?? bucketOf(hashes[2 * row + 1] as number));
}

/** Encodes rows with weights from a column. */
function encodeWeighted(
  table: Table,
  preprocessing: Preprocessing,
  { weights: name, ...options }: EncodeTableOptions & { readonly weights: string },
): Dataset {
  for (const known of [preprocessing, options.teacher, ...(options.others ?? [])]) checkNoFeature(name, known);
  const weights = readWeights(table, name, options.rows ?? allRows(table));
  const data = encode(withoutFeature(table, name), preprocessing, options);
  checkWeightTotals(`data ${quote(table.name, 200)}, weights ${quote(name)}`, weights, data.labels);
  return { ...data, weights, weightColumn: name };
}

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
 * @param rows indices from 0, uint32; a row may occur several times
 * @throws DebkdError `value` for an index that is not of a row
 * @example
 * const firstRows = selectRows(data, Uint32Array.of(0, 1, 2));
 */
export function selectRows(data: AnyDataset, rows: Uint32Array): Dataset {
  checkRows('selectRows', rows, data.rows);
  const features = matrixRows(data.features).select(rows);
  // inputs that are shared stay shared
  const selected = new Map<unknown, Matrix | RawColumns>([[data.features, features]]);
  const select = (inputs: AnyDataset['teacherInputs']): Matrix | RawColumns => {
    const found = selected.get(inputs) ?? teacherRows(inputs).select(rows);
    selected.set(inputs, found);
    return found;
  };
  return {
    ...pickMembers(data, rows),
    features,
    teacherInputs: select(data.teacherInputs),
    ...(data.otherInputs && { otherInputs: data.otherInputs.map(select) }),
  };
}

/** The members of some rows of a dataset, except their inputs. */
export function pickMembers(
  data: AnyDataset,
  rows: Uint32Array,
): Omit<Dataset, 'features' | 'teacherInputs' | 'otherInputs' | 'unknown'> {
  const { weights, weightColumn, target, rowNumbers, tableRows, groups, penaltyFactors, studentOnly, withheld } = data;
  return {
    rows: rows.length,
    preprocessing: data.preprocessing,
    labels: Int8Array.from(rows, (row) => data.labels[row] as number),
    folds: Uint8Array.from(rows, (row) => data.folds[row] as number),
    ...(weights && { weights: Float64Array.from(rows, (row) => weights[row] as number) }),
    ...(weights && weightColumn !== undefined && { weightColumn }),
    ...(target && { target }),
    ...(rowNumbers && { rowNumbers: Uint32Array.from(rows, (row) => rowNumbers[row] as number) }),
    ...(tableRows !== undefined && { tableRows }),
    ...(groups && { groups: { ...groups, matrix: selectMatrixRows(groups.matrix, rows) } }),
    ...(penaltyFactors && { penaltyFactors }),
    ...(studentOnly && { studentOnly }),
    ...(withheld && {
      withheld: withheld.map((one) => ({ ...one, codes: Int32Array.from(rows, (row) => one.codes[row] as number) })),
    }),
  };
}

/** Adds the table's spellings of a missing value, unless the preprocessing has its own. */
function withMissing(preprocessing: Preprocessing, { missing }: TeacherTable): Preprocessing {
  return preprocessing.missing || !missing ? preprocessing : { ...preprocessing, missing };
}

/**
 * Concatenates the rows of two parts of one table; both inputs become the student's.
 * @throws DebkdError `value` if only one part has weights
 */
export function concatRows(a: Dataset, b: Dataset): Dataset {
  if ((a.weights === undefined) !== (b.weights === undefined)) {
    throw new DebkdError('value', {
      subject: 'row weights',
      seen: 'one part of the data has weights, and another has none',
      expected: 'weights in both or in neither',
    });
  }
  const features = concatMatrixRows([a.features, b.features]);
  return {
    rows: a.rows + b.rows,
    features,
    teacherInputs: features,
    preprocessing: a.preprocessing,
    labels: Int8Array.from([...a.labels, ...b.labels]),
    folds: Uint8Array.from([...a.folds, ...b.folds]),
    ...(a.weights && b.weights && { weights: Float64Array.from([...a.weights, ...b.weights]) }),
    ...(a.rowNumbers && b.rowNumbers && { rowNumbers: Uint32Array.from([...a.rowNumbers, ...b.rowNumbers]) }),
    ...(a.tableRows !== undefined && { tableRows: a.tableRows }),
    ...(a.groups &&
      b.groups && { groups: { ...a.groups, matrix: concatMatrixRows([a.groups.matrix, b.groups.matrix]) } }),
  };
}
