// Opens the earlier student of --from, with its rows to replay, and checks the options that it decides.
import { type Dataset, encode } from '../data/dataset.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { deferralOf } from '../settings/training.ts';
import { text, type Values } from '../settings/values.ts';
import { checkClasses } from '../student/check-classes.ts';
import type { Student } from '../student/student.ts';
import { withEarlierStudent } from '../student/student-teacher.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note } from './messages.ts';
import { readStudent, withClasses } from './student-input.ts';
import { readTable } from './table-input.ts';
import { type OpenedModels, openModels, openTeachers } from './teachers-input.ts';

/** Options that the earlier student decides. */
const DECIDED = [
  'student',
  'activation',
  'residual',
  'features',
  'exclude',
  'withhold',
  'text',
  'pixels',
  'colour',
  'augment',
];

/**
 * The student of --from, and the options with its label; undefined without --from.
 * @throws DebkdError `usage` for an option that the student decides; as readStudent
 */
export async function openFrom(values: Values): Promise<{ from: Student; values: Values } | undefined> {
  if (values['from'] === undefined) {
    if (values['replay'] === undefined) return undefined;
    throw new DebkdError('usage', {
      subject: 'option --replay',
      seen: 'without --from there is no earlier student',
      remedy: 'give --from DIR, or leave out --replay',
    });
  }
  const contrary = DECIDED.find((name) => values[name] !== undefined);
  if (contrary)
    throw new DebkdError('usage', {
      subject: `option --${contrary}`,
      seen: 'the student of --from decides this',
      remedy: `leave out --${contrary}, or distil without --from`,
    });
  const from = await readStudent(text(values, 'from') as string);
  if (from.defer && !deferralOf(values))
    note('note: the deferral band of the earlier student is not kept: new rows have to show it (--defer)');
  const kept = keptGroups(values, from);
  const target = text(values, 'target') ?? from.target?.name;
  return { from, values: withClasses(target === undefined ? kept : { ...kept, target }, from) };
}

/** The options, with the column of the earlier student's thresholds of groups: the new student has some, too. */
function keptGroups(values: Values, { groupThresholds, provenance }: Student): Values {
  if (!groupThresholds || values['threshold-per'] !== undefined || deferralOf(values)) return values;
  const { column } = groupThresholds;
  const { thresholdPer } = provenance as { thresholdPer?: { readonly for?: string } };
  note(`note: thresholds by column ${quote(column)} are chosen again, as the earlier student has some`);
  const goal = values['threshold-for'] ?? thresholdPer?.for;
  return { ...values, 'threshold-per': column, ...(goal !== undefined && { 'threshold-for': goal }) };
}

/** No model where --from alone is the teacher. */
export async function openModelsFor(values: Values, from: Student | undefined): Promise<OpenedModels> {
  const isAlone = from && values['teacher'] === undefined && values['soft-labels'] === undefined;
  return isAlone
    ? { models: [], preprocessings: [], preprocessing: from.preprocessing, [dispose]: () => undefined }
    : openModels(values);
}

/** The teachers of the command line, and the earlier student as the last of them. */
export async function openTeachersFor(
  models: OpenedModels,
  values: Values,
  table: Parameters<typeof openTeachers>[2],
  from: Student | undefined,
): Promise<{ teacher: Teacher; teachers: readonly (Preprocessing | undefined)[] }> {
  if (!from) return openTeachers(models, values, table);
  if (models.models.length === 0 && values['soft-labels'] === undefined)
    return { teacher: withEarlierStudent(undefined, from), teachers: [from.preprocessing] };
  const { teacher, teachers } = await openTeachers(models, values, table);
  return { teacher: withEarlierStudent(teacher, from), teachers: [...teachers, from.preprocessing] };
}

/**
 * The new rows, read with the student's spellings of a missing value.
 * @throws DebkdError `target` where the label has other values than the student's classes; otherwise as readTable
 */
export async function readNewRows(values: Values, from: Student): Promise<Table> {
  try {
    const table = await readTable(values, { student: from });
    checkClasses(table.target, from);
    return table;
  } catch (error) {
    const { target } = from;
    if (!(error instanceof DebkdError) || error.code !== 'target' || !target) throw error;
    const { subject, seen } = error;
    throw new DebkdError('target', {
      subject,
      seen,
      expected: `the classes of the student of --from: class 1 is ${quote(target.positive)}, class 0 ${quote(target.negative)}`,
      remedy: 'give rows with the same classes',
    });
  }
}

/** The rows of --replay, encoded for the student; undefined without it. */
export async function readReplay(values: Values, from: Student): Promise<Dataset | undefined> {
  const data = text(values, 'replay');
  if (data === undefined) return undefined;
  const { weights: _, labels: __, ...rest } = values;
  const table = await readTable({ ...rest, data }, { student: from, mayLackLabels: true });
  return encode(table, from.preprocessing);
}
