// Opens the teachers of --teacher and --soft-labels, as one teacher for distill and compare.
import type { Preprocessing } from '../data/preprocessing.ts';
import type { AnyTable } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { teacherColumns } from '../teacher/binding.ts';
import { combineTeachers } from '../teacher/combine-teachers.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { IMAGE_OPTIONS } from './image-options.ts';
import { noteIgnored } from './messages.ts';
import { openSoftLabels } from './soft-labels-input.ts';
import { teacherFiles } from './teacher-files.ts';
import { type OpenedTeacher, openTeacher, teacherOptions } from './teacher-input.ts';

export { type TeacherFile, teacherFiles } from './teacher-files.ts';

/** The models of --teacher. */
export interface OpenedModels extends Disposable {
  readonly models: readonly OpenedTeacher[];
  /** The preprocessing of each model; undefined for one that takes raw columns. */
  readonly preprocessings: readonly (Preprocessing | undefined)[];
  /** The student's preprocessing: that of --preprocessing, else the first teacher's; undefined: to be fitted. */
  readonly preprocessing: Preprocessing | undefined;
}

/** Options that only models have. */
const OF_MODELS = [
  'inputs',
  'tokenizer',
  'max-length',
  ...IMAGE_OPTIONS,
  'output',
  'positive-class',
  'class',
  'provider',
  'teacher-limit',
];

/** Opens the models of --teacher; none where only --soft-labels is given. @throws DebkdError as loadTeacher; `usage` */
export async function openModels(values: Values): Promise<OpenedModels> {
  const files = teacherFiles(values);
  const bySoftLabels = values['soft-labels'] !== undefined;
  if (files.length > 0 && bySoftLabels && values['convention'] !== undefined)
    throw new DebkdError('usage', {
      subject: 'option --convention',
      seen: 'both --teacher and --soft-labels are given, and it could be that of either',
      remedy: { id: 'omit-setting', setting: 'convention' },
    });
  if (files.length === 0)
    noteIgnored(
      OF_MODELS.filter((name) => values[name] !== undefined),
      'soft labels have no model',
    );
  const { preprocessing: shared } = await teacherOptions(values);
  const models: OpenedTeacher[] = [];
  const preprocessings: (Preprocessing | undefined)[] = [];
  const close = (): void => {
    for (const { teacher } of models) teacher[dispose]();
  };
  try {
    for (const { path, preprocessing: own } of files) {
      const opened = await openTeacher(path, values, own);
      models.push(opened);
      // the same object, so that teachers with the same preprocessing share their encoded rows
      preprocessings.push((own === undefined ? shared : undefined) ?? opened.preprocessing);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { models, preprocessings, preprocessing: shared ?? preprocessings[0], [dispose]: close };
}

/** The teacher: the only model, the only soft labels, or all combined. @returns the preprocessing of each, for encodeParts */
export async function openTeachers(
  { models, preprocessings, preprocessing }: OpenedModels,
  values: Values,
  table: AnyTable,
): Promise<{ teacher: Teacher; teachers: readonly (Preprocessing | undefined)[] }> {
  const given = await openSoftLabels(values, table);
  const opened = models.map(({ teacher }) => teacher);
  const all = given ? [...opened, given] : opened;
  return {
    teacher: all.length === 1 ? (all[0] as Teacher) : combineTeachers(all),
    // given soft labels take no inputs: the student's need no further encoding
    teachers: given ? [...preprocessings, preprocessing] : preprocessings,
  };
}

/** The columns that the teachers take by name. */
export function allTeacherColumns(teacher: Teacher, names: readonly string[]): string[] {
  return [...new Set((teacher.parts ?? [teacher]).flatMap((part) => teacherColumns(part, names)))];
}
