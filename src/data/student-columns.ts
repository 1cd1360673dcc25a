// The student's columns: all that it may take, or those that it is given. The teacher takes what it takes.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import type { ImageColumn } from './image-column.ts';
import { absentColumn } from './locate-columns.ts';
import type { Preprocessing } from './preprocessing.ts';
import { rawNames } from './raw-inputs.ts';
import { featureNames } from './row-source.ts';
import { joinColumns, selectColumns, selectFeatures } from './select-columns.ts';
import { standardiseSteps } from './standardise-steps.ts';
import type { AnyTable } from './table.ts';
import { checkWithheld } from './withheld-columns.ts';

/** Which columns of a table the student is given; one of both. The teacher may still take the others. */
export interface ColumnChoice {
  /** Names of the features that the student is given; default all. */
  readonly features?: readonly string[] | undefined;
  /** Names of the features that are withheld from the student, such as sex, a leak or an identifier; default none. */
  readonly exclude?: readonly string[] | undefined;
  /**
   * Names of columns that are withheld from the student, such as protected attributes: as `exclude`, and the record of measureDistillation
   * says how well the student's other columns still tell them. Dropped columns may be named too. Default none.
   */
  readonly withhold?: readonly string[] | undefined;
}

/** What the student's preprocessing is made from. */
interface StudentInputs extends ColumnChoice {
  /** Rows to fit on. */
  readonly rows: Uint32Array;
  /** The teacher's preprocessing, if it has one. */
  readonly preprocessing: Preprocessing | undefined;
  /** Columns to leave out if the student cannot take them. */
  readonly optional: readonly string[];
  /** Names of columns of texts; undefined: find them. */
  readonly text?: readonly string[] | undefined;
  /** The column of images; default none. */
  readonly image?: Omit<ImageColumn, 'offset'> | undefined;
}

/**
 * The preprocessing of the student. Without a choice it is the teacher's, or fitted on all features. With a choice it is
 * fitted on the given features, or has those columns of the teacher's; features that the teacher's lacks are fitted and
 * appended. Numbers from steps are standardised on the given rows (standardiseSteps).
 * @throws DebkdError `value` if both `features` and `exclude` are given; `column` for a name that is no feature, if no
 * column is left, and as fitPreprocessing
 */
export function studentPreprocessing(table: AnyTable, inputs: StudentInputs): Preprocessing {
  return standardiseSteps(table, chosenPreprocessing(table, inputs), inputs.rows);
}

function chosenPreprocessing(
  table: AnyTable,
  { rows, preprocessing, optional, text, image, ...choice }: StudentInputs,
): Preprocessing {
  const names = givenColumns(table, choice);
  if (names === undefined) return preprocessing ?? fitPreprocessing(table, { rows, optional, text, image });
  if (names.length === 0) throw nothingLeft(table, featureNames(table));
  // a column that is asked for is never left out
  const mayLeaveOut = choice.features ? [] : optional;
  const fitOn = (columns: readonly string[]): Preprocessing =>
    fitPreprocessing(
      { ...selectFeatures(table, columns), ...(preprocessing?.missing && { missing: preprocessing.missing }) },
      {
        rows,
        optional: mayLeaveOut,
        text: text?.filter((name) => columns.includes(name)),
        image: image && columns.includes(image.name) ? image : undefined,
      },
    );
  if (!preprocessing) return fitOn(names);
  const taken = new Set(rawNames(preprocessing.columns));
  const kept = selectColumns(preprocessing, names);
  const absent = choice.features ? names.filter((name) => !taken.has(name)) : [];
  // the same object, so that both share one matrix
  if (kept && absent.length === 0) return kept.columns.length === preprocessing.columns.length ? preprocessing : kept;
  if (absent.length === 0) throw nothingLeft(table, [...taken]);
  const fitted = fitOn(absent);
  return kept ? joinColumns(kept, fitted) : joinColumns({ ...preprocessing, columns: [] }, fitted);
}

/**
 * Names of the features that the student is given, in the table's order; undefined without a choice.
 * @throws DebkdError `value`, `column`
 */
export function givenColumns(
  table: AnyTable,
  { features, exclude = [], withhold = [] }: ColumnChoice,
): string[] | undefined {
  checkChoice({ features, exclude, withhold });
  for (const name of withhold) checkWithheld(table, name);
  if (!isChosen({ features, exclude, withhold })) return undefined;
  const all = featureNames(table);
  for (const name of features ?? exclude) checkFeature(table, name, features !== undefined);
  const named = new Set(features ?? [...exclude, ...withhold]);
  return all.filter((name) => named.has(name) === (features !== undefined));
}

/** @throws DebkdError `value` if both are given, or a feature of the student is withheld */
export function checkChoice({ features, exclude = [], withhold = [] }: ColumnChoice): void {
  for (const names of [features ?? [], exclude, withhold]) {
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) continue;
    throw new DebkdError('value', {
      subject: 'columns of the student',
      seen: quote(String(names)),
      expected: 'a list of names',
    });
  }
  if (features && exclude.length > 0) {
    throw new DebkdError('value', {
      subject: 'columns of the student',
      seen: 'both the features and those to exclude are given',
      expected: 'one of both',
      remedy: [
        { id: 'omit-setting', setting: 'features' },
        { id: 'omit-setting', setting: 'exclude' },
      ],
    });
  }
  const both = withhold.find((name) => features?.includes(name));
  if (both !== undefined) {
    throw new DebkdError('value', {
      subject: 'columns of the student',
      seen: `${quote(both)} is among the features and is withheld`,
      expected: 'one of both',
      remedy: 'leave it out of one of them',
    });
  }
}

/** Whether the student is given only some columns. */
export function isChosen({ features, exclude = [], withhold = [] }: ColumnChoice): boolean {
  return features !== undefined || exclude.length > 0 || withhold.length > 0;
}

/** Names to exclude that are no features in any case: the label and dropped columns. */
export function idleExclusions(table: AnyTable, { exclude = [] }: ColumnChoice): string[] {
  return exclude.filter((name) => notFeature(table, name) !== undefined);
}

/** Checks a name of `features` or `exclude`. The label or a dropped column may be excluded, which changes nothing. */
function checkFeature(table: AnyTable, name: string, given: boolean): void {
  const columns = featureNames(table);
  if (columns.includes(name)) return;
  const subject = `data ${quote(table.name, 200)}`;
  const why = notFeature(table, name);
  if (why === undefined)
    throw given
      ? absentColumn({ subject, name, columns, use: ' to give to the student', setting: 'features' })
      : absentColumn({ subject, name, columns, use: ' to exclude', setting: 'exclude' });
  if (!given) return;
  throw new DebkdError('column', {
    subject,
    seen: `column ${quote(name)} is ${why}`,
    expected: 'a feature',
    remedy: why === 'the label' ? 'leave it out' : { id: 'omit-setting', setting: 'drop' },
  });
}

function notFeature(table: AnyTable, name: string): 'the label' | 'dropped' | undefined {
  if (table.target?.name === name) return 'the label';
  return table.dropped.some((column) => (typeof column === 'string' ? column : column.name) === name)
    ? 'dropped'
    : undefined;
}

function nothingLeft(table: AnyTable, names: readonly string[]): DebkdError {
  return new DebkdError('column', {
    subject: `data ${quote(table.name, 200)}`,
    seen: 'no column is left for the student',
    expected: `at least one of ${listed(names.map((name) => quote(name)))}`,
    remedy: 'exclude or withhold fewer columns',
  });
}
