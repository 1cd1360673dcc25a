// The rows of distill and compare: read for the teacher and the student, split, with the groups of --groups.
import { columnNames } from '../data/column-values.ts';
import { withLookGroups } from '../data/look-groups.ts';
import type { EncodeOptions } from '../data/parts.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { featureNames } from '../data/row-source.ts';
import type { Split } from '../data/split.ts';
import type { AnyTable, Table } from '../data/table.ts';
import type { LabelCache } from '../io/cache.ts';
import { columnChoice } from '../settings/split.ts';
import { text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { openCache } from './cache-input.ts';
import { teacherFor } from './class-notes.ts';
import { openTeachersFor } from './from-input.ts';
import { type GivenGroups, readGroups, withGroups } from './groups-input.ts';
import { studentImages } from './image-options.ts';
import { withTeacherImages } from './images-input.ts';
import { onProgress } from './messages.ts';
import { readParts } from './split-input.ts';
import { noteRows } from './table-notes.ts';
import { allTeacherColumns, type OpenedModels } from './teachers-input.ts';
import { studentTexts, textNames } from './text-columns.ts';

/** What readRows needs. */
interface Rows<T extends AnyTable> {
  /** The earlier student of --from. */
  readonly from?: Student | undefined;
  /** Reads --data. */
  readonly read: () => Promise<T>;
}

/** Rows with what was found about them. */
export interface RowsRead<T extends AnyTable> {
  /** With a column for each list of words and each look of --groups. */
  readonly table: T;
  readonly parts: Split;
  /** The teacher as it reads these rows. */
  readonly assigned: Teacher;
  /** The preprocessing of each teacher. */
  readonly teachers: readonly (Preprocessing | undefined)[];
  /** The preprocessing of the teacher and the student; undefined where the student's is to be fitted. */
  readonly preprocessing: Preprocessing | undefined;
  /** The columns of texts that the student takes. */
  readonly texts: readonly string[];
  readonly groups: GivenGroups;
  readonly cache: LabelCache | undefined;
}

/** Reads the rows of --data, and splits them. @throws DebkdError as the readers of each option */
export async function readRows(values: Values, models: OpenedModels, rows: Rows<Table>): Promise<RowsRead<Table>>;
export async function readRows(values: Values, models: OpenedModels, rows: Rows<AnyTable>): Promise<RowsRead<AnyTable>>;
export async function readRows(
  values: Values,
  models: OpenedModels,
  { from, read }: Rows<AnyTable>,
): Promise<RowsRead<AnyTable>> {
  const preprocessing = from?.preprocessing ?? models.preprocessing;
  const opened = models.models.map(({ teacher }) => teacher);
  const plain = await withTeacherImages(values, opened, await read());
  const groups = await readGroups(values, columnNames(plain));
  const { teacher, teachers } = await openTeachersFor(models, values, plain, from);
  const assigned = teacherFor(teacher, plain);
  const texts = from ? textNames(from.preprocessing) : studentTexts(values, assigned, plain);
  const grouped = withGroups(plain, groups, texts);
  noteRows(grouped, preprocessing, columnChoice(values).features);
  const parts = await readParts(values, grouped);
  const cache = await openCache(values);
  const looks = { ...studentImages(values), rows: parts.train, cache, onProgress };
  const table = await withLookGroups(grouped, groups.names, looks);
  return { table, parts, assigned, teachers, preprocessing, texts, groups, cache };
}

/** How the rows are encoded (encodeParts). */
export function encodingOf(
  values: Values,
  { table, assigned, teachers, texts, groups, cache }: RowsRead<AnyTable>,
): EncodeOptions {
  return {
    optional: allTeacherColumns(assigned, featureNames(table)),
    teachers,
    ...columnChoice(values),
    text: texts,
    image: studentImages(values),
    cache,
    groups: groups.names,
    weights: text(values, 'weights'),
    onProgress,
  };
}
