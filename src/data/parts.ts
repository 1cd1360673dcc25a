// Encodes the parts of a table for the teacher and the student.
import type { LabelCache } from '../io/cache.ts';
import { quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type AnyDataset, type Dataset, encode, type StoredDataset } from './dataset.ts';
import { type FittedImage, fitImage, type ImageOptions, imageColumnOf, studentImage } from './fit-image.ts';
import { textFeatures } from './fit-text.ts';
import { fitGroups, type GroupEncoder } from './group-features.ts';
import { findPlaceholders, type Placeholder } from './placeholders.ts';
import { findPointThousands, type PointThousands } from './point-thousands.ts';
import type { Preprocessing } from './preprocessing.ts';
import { decodeImages } from './rasters.ts';
import { rawNames } from './raw-inputs.ts';
import { featureNames, isStored } from './row-source.ts';
import { checkNoFeature, checkWeightTotals, readWeights, withoutFeature } from './row-weights.ts';
import type { Split } from './split.ts';
import { encodeToFiles } from './stored-dataset.ts';
import { type ColumnChoice, studentPreprocessing } from './student-columns.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';
import { withheldColumns } from './withheld-columns.ts';

/** Options of encodeParts. */
export interface EncodeOptions extends ProgressOptions, ColumnChoice {
  /** Columns to leave out if the student cannot take them (see fitPreprocessing); default none. */
  readonly optional?: readonly string[] | undefined;
  /**
   * Name of a column of row weights: numbers from 0, such as survey weights or exposure. It is no feature; name it in TableOptions too,
   * so that a split by hash also ignores it. Training, de-biasing and metrics use the weights. Default none.
   */
  readonly weights?: string | undefined;
  /** Whether `preprocessing` is that of an earlier student, which the new one takes as it is (DistillOptions.from); default false. */
  readonly fitted?: boolean | undefined;
  /** The preprocessing of each teacher, undefined for one that takes raw columns; default: one teacher with `preprocessing`. */
  readonly teachers?: readonly (Preprocessing | undefined)[] | undefined;
  /** Names of columns of texts; default: as fitPreprocessing finds them. */
  readonly text?: readonly string[] | undefined;
  /**
   * Names of columns whose groups label de-biasing looks at, features or dropped columns. With texts, the student is not given
   * them unless `features` names them. Default none.
   */
  readonly groups?: readonly string[] | undefined;
  /** How the student takes images, if the table has a column of them (openImages); default 32 x 32 pixels. */
  readonly image?: ImageOptions | undefined;
  /** Keeps decoded images by the SHA-256 of their files; default none. */
  readonly cache?: LabelCache | undefined;
}

/** One dataset per part. */
export type EncodedParts<Data> = Readonly<Record<'train' | 'validation' | 'test', Data>>;

/**
 * Encodes the parts of a table. With `features`, `exclude` or `withhold` the student is given only some columns, and the teacher
 * still takes what it takes. Columns of texts become hashed words and parts of words, for the student only. The parts of a stored table are in files: dispose of them after use, and then of the
 * table.
 * @param preprocessing of the teacher and the student, whose numbers from steps are standardised on the training rows;
 * undefined: the student's is fitted on the training rows, and the teacher takes raw columns. A feature that it lacks, named in `features`, is fitted on the training rows.
 * @param options.weights name of a column of row weights; default none. The statistics of the preprocessing do not use them
 * @throws DebkdError as encode and fitPreprocessing; `value` for both `features` and `exclude`; `column` for one that is
 * no feature, or if none is left; `source` if the folder of a stored table is full
 * @example
 * const { train, validation, test } = await encodeParts(table, split(table), undefined);
 * const withoutSex = await encodeParts(table, split(table), undefined, { exclude: ['sex'] });
 * const measured = await encodeParts(table, split(table), undefined, { withhold: ['sex'] }); // and measureDistillation says what tells it
 * const reviews = await encodeParts(table, split(table), undefined, { text: ['review'], groups: ['genre'] });
 */
export async function encodeParts(
  table: StoredTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<StoredDataset> & Disposable>;
export async function encodeParts(
  table: Table,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<Dataset>>;
export async function encodeParts(
  table: AnyTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<AnyDataset> & Partial<Disposable>>;
export async function encodeParts(
  given: AnyTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options: EncodeOptions = {},
): Promise<EncodedParts<AnyDataset>> {
  const {
    optional = [],
    teachers = [preprocessing],
    weights,
    features,
    text,
    groups,
    cache,
    signal,
    onProgress,
  } = options;
  const byPart = weights === undefined ? undefined : partWeights(given, parts, weights, [preprocessing, ...teachers]);
  const table = weights === undefined ? given : withoutFeature(given, weights);
  const exclude = withholdGroups(table, options);
  const earlier = options.fitted ? preprocessing : undefined;
  const image = earlier ? undefined : await fitImages(table, parts.train, options);
  const choice = { features, exclude, withhold: options.withhold, text, image: image?.column };
  const ofStudent = earlier ?? studentPreprocessing(table, { rows: parts.train, preprocessing, optional, ...choice });
  const groupsOf = groupsFor(table, { groups, preprocessing: ofStudent, rows: parts.train });
  const { withhold = [] } = options;
  const withheldOf = withhold.length > 0 ? withheldColumns(given, withhold, parts.train) : undefined;
  const taken = new Set([preprocessing, ...teachers].flatMap((one) => (one ? rawNames(one.columns) : [])));
  const studentOnly =
    taken.size > 0 && !teachers.includes(undefined)
      ? rawNames(ofStudent.columns).filter((name) => !taken.has(name))
      : [];
  const [teacher = 'raw', ...others] = teachers.map((one) => one ?? ('raw' as const));
  const fitted = earlier ? [] : fittedColumns(ofStudent, preprocessing);
  const numeric = fitted.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const names = fitted.map(({ name }) => name);
  const found = {
    fitted: names,
    placeholders: findPlaceholders(table, numeric, parts.train),
    pointThousands: findPointThousands(table, numeric, parts.train),
  };
  if (isStored(table)) {
    const stored = await encodeToFiles(table, parts, ofStudent, {
      teachers: [teacher, ...others],
      lookScale: image?.lookScale,
      cache,
      signal,
      onProgress,
    });
    return withMembers(stored, { byPart, weights, studentOnly, parts, groupsOf, withheldOf, found });
  }
  const used = Uint32Array.from([...parts.train, ...parts.validation, ...parts.test]);
  const decoded = image
    ? await decodeImages(table, ofStudent, { rows: used, lookScale: image.lookScale, cache, signal, onProgress })
    : table;
  const encodePart = (rows: Uint32Array): Dataset =>
    encode(decoded, ofStudent, { rows, teacher, folds: parts.folds, ...(others.length > 0 && { others }) });
  const data = {
    train: encodePart(parts.train),
    validation: encodePart(parts.validation),
    test: encodePart(parts.test),
  };
  return withMembers(data, { byPart, weights, studentOnly, parts, groupsOf, withheldOf, found });
}

/** The student's columns that are not those of a given preprocessing. */
function fittedColumns(ofStudent: Preprocessing, given: Preprocessing | undefined): Preprocessing['columns'] {
  const known = new Set(given?.columns.map(({ name }) => name));
  return ofStudent.columns.filter(({ name }) => !known.has(name));
}

/** Fits the image column, if the student is given one. */
async function fitImages(
  table: AnyTable,
  rows: Uint32Array,
  { features, exclude = [], withhold = [], image, cache, signal, onProgress }: EncodeOptions,
): Promise<FittedImage | undefined> {
  const isGiven = (name: string): boolean =>
    !exclude.includes(name) && !withhold.includes(name) && (features?.includes(name) ?? true);
  const name = studentImage(table, isGiven);
  return name === undefined ? undefined : fitImage(table, name, { ...image, rows, cache, signal, onProgress });
}

/** The columns to withhold from the student: with texts or images, those of groups that are not asked for. */
function withholdGroups(
  table: AnyTable,
  { groups = [], features, exclude, text }: EncodeOptions,
): EncodeOptions['exclude'] {
  const names = groups.filter((name) => featureNames(table).includes(name));
  if (features || names.length === 0) return exclude;
  if (!imageColumnOf(table) && textFeatures(table, text).length === 0) return exclude;
  return [...new Set([...(exclude ?? []), ...names])];
}

/** The encoder of the groups; undefined if there are none. A column of numbers that the student is given is no group of its own. */
function groupsFor(
  table: AnyTable,
  {
    groups = [],
    preprocessing,
    rows,
  }: { groups: EncodeOptions['groups']; preprocessing: Preprocessing; rows: Uint32Array },
): GroupEncoder | undefined {
  const numbers = new Set(rawNames(preprocessing.columns.filter(({ width }) => width === 1)));
  const names = groups.filter((name) => !numbers.has(name));
  return names.length > 0 ? fitGroups(table, names, rows) : undefined;
}

const PARTS = ['train', 'validation', 'test'] as const;
type PartWeights = Readonly<Record<(typeof PARTS)[number], Float64Array>>;

/** Reads and checks the weights of each part. @throws DebkdError `column` or `rows` */
export function partWeights(
  table: AnyTable,
  parts: Split,
  name: string,
  preprocessings: readonly (Preprocessing | undefined)[],
): PartWeights {
  for (const preprocessing of preprocessings) checkNoFeature(name, preprocessing);
  const read = (part: (typeof PARTS)[number]): Float64Array => {
    const weights = readWeights(table, name, parts[part]);
    const labels = Int8Array.from(parts[part], (row) => table.labels[row] as number);
    const called = { train: 'training', validation: 'validation', test: 'test' }[part];
    checkWeightTotals(`weights ${quote(name)}, ${called} part`, weights, labels);
    return weights;
  };
  return { train: read('train'), validation: read('validation'), test: read('test') };
}

/** Adds row weights, groups, and the features that only the student takes, to encoded parts. */
function withMembers<T extends EncodedParts<AnyDataset>>(
  data: T,
  more: {
    readonly byPart: PartWeights | undefined;
    readonly weights: string | undefined;
    readonly studentOnly: readonly string[];
    readonly parts: Split;
    readonly groupsOf: GroupEncoder | undefined;
    readonly withheldOf: ReturnType<typeof withheldColumns> | undefined;
    readonly found: {
      readonly fitted: readonly string[];
      readonly placeholders: readonly Placeholder[];
      readonly pointThousands: readonly PointThousands[];
    };
  },
): T {
  const { byPart, weights: weightColumn, studentOnly, groupsOf, withheldOf, found } = more;
  if (!byPart && studentOnly.length === 0 && !groupsOf && !withheldOf && found.fitted.length === 0) return data;
  const parts = PARTS.map((part) => [
    part,
    {
      ...data[part],
      ...(byPart && { weights: byPart[part], weightColumn }),
      ...(studentOnly.length > 0 && { studentOnly }),
      ...(groupsOf && { groups: groupsOf(more.parts[part]) }),
      ...(part === 'train' && found.fitted.length > 0 && { fitted: found.fitted }),
      ...(part === 'train' && found.placeholders.length > 0 && { placeholders: found.placeholders }),
      ...(part === 'train' && found.pointThousands.length > 0 && { pointThousands: found.pointThousands }),
      ...(withheldOf && { withheld: withheldOf(more.parts[part]) }),
    },
  ]);
  return { ...data, ...Object.fromEntries(parts) };
}
