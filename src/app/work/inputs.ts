// The inputs of a check and of a run.
import { textColumn } from '../../data/column-values.ts';
import { textFeatures } from '../../data/fit-text.ts';
import type { EncodeOptions } from '../../data/parts.ts';
import type { Preprocessing } from '../../data/preprocessing.ts';
import { type Split, split } from '../../data/split.ts';
import type { Table } from '../../data/table.ts';
import { DebkdError, quote } from '../../io/errors.ts';
import type { Values } from '../../settings/values.ts';
import { teacherColumns } from '../../teacher/binding.ts';
import { combineTeachers } from '../../teacher/combine-teachers.ts';
import { type ModelColumns, modelColumns } from '../../teacher/model-columns.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Choice, RowFiles } from '../input-messages.ts';
import { readRowFiles } from './rows.ts';

/** The open models. */
export interface Models {
  readonly models: readonly Teacher[];
  /** The preprocessing of each; undefined for one that takes raw columns. */
  readonly preprocessings: readonly (Preprocessing | undefined)[];
  /** The student's; undefined: to be fitted. */
  readonly preprocessing: Preprocessing | undefined;
  /** How they were opened, as command-line options. */
  readonly settings: Values;
  /** The file of the only model. */
  readonly teacherFile?: { readonly name: string; readonly bytes: number } | undefined;
}

/** A teacher and a table with a chosen label. */
export interface Inputs extends Pick<Models, 'preprocessing' | 'settings' | 'teacherFile'> {
  /** All models and soft labels as one teacher, read for the label and the columns of the table. */
  readonly teacher: Teacher;
  /** The preprocessing of each of them. */
  readonly teachers: readonly (Preprocessing | undefined)[];
  readonly choice: Choice;
  readonly files: RowFiles;
  /** Without the dropped columns as features. */
  readonly table: Table;
  /** The columns of texts that the student may be given. */
  readonly texts: readonly string[];
}

/**
 * Reads the table, and combines the models with the soft labels in it.
 * @throws DebkdError as readTable and givenSoftLabels; `target` if a model takes the label as a feature; `convention` while class 1 is open
 */
export async function openInputs(opened: Models, files: RowFiles, given: Choice): Promise<Inputs> {
  const { models, preprocessings, preprocessing, settings } = opened;
  const { softLabels, weights, target } = given;
  const isFeature = (name: string): boolean => name !== softLabels && name !== weights;
  const groups = given.groups?.filter(isFeature);
  const choice = { ...given, exclude: given.exclude.filter(isFeature), ...(groups && { groups }) };
  checkTarget(opened, target);
  const table = await readRows(files, choice, opened);
  const labels = softLabels === undefined ? [] : [await readSoftLabels(table, choice, opened)];
  const all = [...models, ...labels];
  if (all.length === 0)
    throw new DebkdError('usage', {
      subject: 'inputs',
      seen: 'no teacher is open',
      remedy: 'choose one, or a column of soft labels',
    });
  const teacher = (all.length === 1 ? (all[0] as Teacher) : combineTeachers(all)).forTarget(table.target);
  if (teacher.refusal) throw teacher.refusal;
  const ready = teacher.forTable(table);
  return {
    teacher: ready,
    // given soft labels take no inputs: the student's need no further encoding
    teachers: labels.length > 0 ? [...preprocessings, preprocessing] : preprocessings,
    texts: studentTexts(table, choice, ready),
    ...{ preprocessing, settings, choice, files, table },
    teacherFile: labels.length === 0 ? opened.teacherFile : undefined,
  };
}

/** The stated columns; else those that the teachers read, and further columns of free text. */
function studentTexts(table: Table, { text }: Choice, teacher: Teacher): string[] {
  if (text) return textFeatures(table, text);
  const read = (teacher.parts ?? [teacher]).flatMap((part) => part.text?.columns ?? []);
  return [...new Set([...textFeatures(table, undefined), ...read])];
}

function checkTarget({ models, preprocessings }: Models, target: string): void {
  const isTaken = models.some((model, k) =>
    (preprocessings[k]?.columns.map(({ name }) => name) ?? model.inputs).includes(target),
  );
  if (!isTaken) return;
  throw new DebkdError('target', {
    subject: `column ${quote(target)}`,
    seen: 'the teacher takes it as a feature',
    expected: 'a label',
    remedy: { id: 'choose-target' },
  });
}

/** The soft labels of a column. The command line has one convention, of models or of soft labels. */
async function readSoftLabels(
  table: Table,
  { softLabels, softLabelsAre: convention }: Choice,
  { models, settings }: Models,
): Promise<Teacher> {
  const name = softLabels as string;
  if (models.length > 0 && settings['convention'] !== undefined)
    throw new DebkdError('usage', {
      subject: `soft labels ${quote(name)}`,
      seen: 'a teacher is given, too, and the convention could be that of either',
      remedy: { id: 'omit-setting', setting: 'convention' },
    });
  // load the code on demand: most runs have a model
  const { givenSoftLabels } = await import('../../teacher/given-soft-labels.ts');
  if (models.length === 0) return givenSoftLabels(textColumn(table, name), { name, convention });
  try {
    return givenSoftLabels(textColumn(table, name), { name });
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'convention') throw error;
    const { code, subject, seen, expected } = error;
    // the convention has one field, the models'
    const remedy = 'write them as probabilities from 0 to 1, or choose no teacher';
    throw new DebkdError(code, { subject, seen, expected, remedy });
  }
}

/**
 * Reads the table. The columns that are not for the student are dropped if the teachers take all columns in order, and
 * just as many as are left: they are not for them either, such as an identifier in front. Otherwise they take them.
 */
async function readRows(
  files: RowFiles,
  { target, positive, exclude, softLabels, weights }: Choice,
  { models, preprocessings }: Models,
): Promise<Table> {
  const others = softLabels === undefined ? [] : [softLabels];
  const options = { target, positive, ...(weights !== undefined && { weights }) };
  const table = await readRowFiles(files, { ...options, drop: others }, models);
  const left = table.columns.filter(({ name }) => !exclude.includes(name)).length;
  const takesRest = ({ takes, width }: Teacher, k: number): boolean =>
    !preprocessings[k] && takes === 'matrix' && width === left;
  const drops = left < table.columns.length && models.length > 0 && models.every(takesRest);
  return drops ? readRowFiles(files, { ...options, drop: [...exclude, ...others] }, models) : table;
}

/** Whether a teacher can answer a new record; given soft labels cannot. */
export const isAsked = (teacher: Teacher): boolean => (teacher.parts ?? [teacher]).every(({ given }) => !given);

/** Whether the columns that are not for the student were dropped. */
export const dropsExcluded = ({ table, choice: { exclude } }: Inputs): boolean =>
  exclude.length > 0 && exclude.every((name) => table.dropped.some((column) => column.name === name));

/** Options of encodeParts: the columns that the teachers take by name, and those that are not for the student. */
export function columnOptions(inputs: Inputs): EncodeOptions {
  const { teacher, teachers, table, choice, texts } = inputs;
  const names = table.columns.map(({ name }) => name);
  return {
    optional: [...new Set((teacher.parts ?? [teacher]).flatMap((part) => teacherColumns(part, names)))],
    exclude: dropsExcluded(inputs) ? [] : choice.exclude,
    ...(choice.withhold?.length && { withhold: choice.withhold }),
    ...(choice.groups?.length && { groups: choice.groups }),
    teachers,
    text: texts,
  };
}

/** The rows of each part. @throws DebkdError as split */
export function splitRows({ table, choice: { split: { by, column = '', shares } = {} } }: Inputs): Split {
  return split(table, {
    ...(by && { [by]: column }),
    ...(shares && { shares: shares.split('/').map((share) => (share.trim() === '' ? NaN : Number(share))) }),
  });
}

/** The columns that both models take. @param student its preprocessing */
export const columnsOf = ({ teacher, table, ...of }: Inputs, student: Preprocessing): ModelColumns =>
  modelColumns(teacher, table, { ...of, student });

/** Whether the student is given only some columns. */
export const isStudentLimited = ({ choice: { exclude, withhold = [] } }: Pick<Inputs, 'choice'>): boolean =>
  exclude.length + withhold.length > 0;

/** The command line's options of the choice. */
export function choiceSettings(inputs: Inputs): Values {
  const { target, positive, exclude, split: { by, column, shares } = {}, ...more } = inputs.choice;
  const columns = exclude.map((name) => name || '""').join(',');
  return {
    ...(more.softLabels !== undefined && { 'soft-labels': more.softLabels }),
    ...(more.softLabels !== undefined &&
      more.softLabelsAre &&
      !inputs.teacher.parts && { convention: more.softLabelsAre }),
    target,
    positive,
    ...(more.weights !== undefined && { weights: more.weights }),
    ...(more.text && { text: more.text.join(',') }),
    ...(columns && { [dropsExcluded(inputs) ? 'drop' : 'exclude']: columns }),
    ...(more.withhold?.length && { withhold: more.withhold.join(',') }),
    ...(more.groups?.length && { groups: more.groups.join(',') }),
    ...(shares && { split: shares }),
    ...(by && { 'split-by': `${by}:${column}` }),
  };
}
