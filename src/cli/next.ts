// debkd next: names the unlabelled rows whose labels would improve the correction most.
import { columnNames, findColumn } from '../data/column-values.ts';
import { type Dataset, encode } from '../data/dataset.ts';
import { withLookGroups } from '../data/look-groups.ts';
import { encodeParts } from '../data/parts.ts';
import { decodeImages } from '../data/rasters.ts';
import { allRows, featureNames } from '../data/row-source.ts';
import type { Table } from '../data/table.ts';
import { sigmoid } from '../kernels/elementary.ts';
import type { LabelledPart } from '../labels/debias-parts.ts';
import { checkUnlabelled, type NextRows, nextRows } from '../labels/next-rows.ts';
import { groupRows } from '../metrics/groups.ts';
import { number, text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import type { Features } from '../teacher/features.ts';
import { type SoftLabels, softLabels } from '../teacher/soft-labels.ts';
import { teacherAnswers } from '../teacher/teacher-answers.ts';
import { checkOverwrite, openAtomic } from './atomic-write.ts';
import { openCache } from './cache-input.ts';
import { teacherFor, teacherForRows } from './class-notes.ts';
import { readGroups, withGroups } from './groups-input.ts';
import { studentImages } from './image-options.ts';
import { withStudentImages, withTeacherImages } from './images-input.ts';
import { note, noteIgnored, onProgress, print } from './messages.ts';
import { checkRowOutput, openRowWriter, type RowWriter } from './row-writer.ts';
import { openStudent, withClasses } from './student-input.ts';
import { readTable } from './table-input.ts';
import { noteRows, noteUnknown } from './table-notes.ts';
import { allTeacherColumns, openModels, openTeachers } from './teachers-input.ts';
import { studentTexts, textNames } from './text-columns.ts';

const DEFAULT_COUNT = 50;

/** The rows of the table with what the choice needs. */
interface NextInputs {
  readonly table: Table;
  readonly part: LabelledPart;
  /** The group of each row, by each of --groups. */
  readonly groups: readonly (readonly string[])[];
  /** Log-odds of each row by the teacher and by the student, where there is one. */
  readonly answers: Readonly<Partial<Record<'teacher' | 'student', Float64Array>>>;
}

export async function nextCommand(values: Values): Promise<void> {
  checkRowOutput(values);
  if (values['json'])
    noteIgnored(
      ['keep', 'escape-formulas'].filter((name) => values[name] !== undefined),
      'JSON has the numbers of the rows',
    );
  const out = text(values, 'out');
  if (out !== undefined) await checkOverwrite(out, async () => values['force'] === true);
  const student = values['student'] === undefined ? undefined : await openStudent(values);
  const isTaught = values['teacher'] !== undefined || values['soft-labels'] !== undefined;
  const inputs = isTaught ? await teacherInputs(values, student) : await studentInputs(values, student as Student);
  const { part, groups } = inputs;
  const next = await nextRows(part, countOf(values), {
    groups,
    onProgress,
    seed: number(values, 'seed') ?? 1,
  });
  noteUnknown(part.data.unknown ?? []);
  noteChoice(next);
  const content = values['json'] ? jsonOf(inputs, next) : csvOf(values, inputs, next);
  if (out === undefined) return print(content);
  const file = await openAtomic(out);
  await file.write(content);
  await file.finish();
}

/** The rows with the answers of --teacher or --soft-labels, encoded for the student if there is one. */
async function teacherInputs(values: Values, student: Student | undefined): Promise<NextInputs> {
  using models = await openModels(values);
  const known = student && withClasses(values, student);
  const plain = await readTable(known ?? values, { student, mayLackLabels: true });
  checkTable(values, plain);
  const given = await readGroups(values, columnNames(plain));
  const read = await withTeacherImages(
    values,
    models.models.map(({ teacher }) => teacher),
    plain,
  );
  const { teacher: opened, teachers } = await openTeachers(models, values, read);
  const assigned = teacherFor(opened, read);
  const texts = student ? textNames(student.preprocessing) : studentTexts(values, assigned, read);
  const grouped = withGroups(read, given, texts);
  const preprocessing = student?.preprocessing ?? models.preprocessing;
  noteRows(grouped, preprocessing);
  const [rows, none] = [allRows(grouped), new Uint32Array(0)];
  const cache = await openCache(values);
  const image = studentImages(values);
  const table = await withLookGroups(grouped, given.names, { ...image, rows, cache, onProgress });
  const groups = given.names.map((name) => groupRows(table, name, rows, preprocessing));
  const { train: data } = await encodeParts(table, { train: rows, validation: none, test: none }, preprocessing, {
    teachers,
    text: texts,
    image,
    cache,
    groups: given.names,
    weights: text(values, 'weights'),
    onProgress,
    optional: allTeacherColumns(assigned, featureNames(table)),
  });
  const teacher = await teacherForRows(assigned, data);
  // rows of a table are described by their columns, texts and images by the teacher's hidden layer
  const found = teacher.hiddenLayer();
  const isPlain = !data.preprocessing.columns.some(({ kind }) => kind === 'text' || kind === 'image');
  const watch = { cache, onProgress };
  const answers: { soft: SoftLabels; features?: Features } =
    isPlain || 'why' in found
      ? { soft: await softLabels(teacher, data, watch) }
      : await teacherAnswers(teacher, data, { ...watch, layer: found.layer });
  const { margins } = answers.soft;
  const own = student?.margins(await encodeFor(values, student, table));
  return {
    table,
    part: { data, margins, features: answers.features },
    groups,
    answers: { teacher: margins, ...(own && { student: own }) },
  };
}

/** The rows with the student's own answers. */
async function studentInputs(values: Values, student: Student): Promise<NextInputs> {
  const { preprocessing } = student;
  const plain = await readTable(withClasses(values, student), { student, mayLackLabels: true });
  checkTable(values, plain);
  const given = await readGroups(values, columnNames(plain));
  const read = await withStudentImages(values, preprocessing, plain);
  const grouped = withGroups(read, given, textNames(preprocessing));
  noteRows(grouped, preprocessing);
  const rows = allRows(grouped);
  const table = await withLookGroups(grouped, given.names, { rows, onProgress });
  const groups = given.names.map((name) => groupRows(table, name, rows, preprocessing));
  const data = await encodeFor(values, student, table);
  const margins = student.margins(data);
  return { table, part: { data, margins }, groups, answers: { student: margins } };
}

/** All rows, encoded for the student. */
async function encodeFor(values: Values, { preprocessing }: Student, table: Table): Promise<Dataset> {
  const decoded = await decodeImages(table, preprocessing, { rows: allRows(table), onProgress });
  return encode(decoded, preprocessing, { weights: text(values, 'weights') });
}

const countOf = (values: Values): number => number(values, 'count') ?? DEFAULT_COUNT;

/** Checks what does not need the teacher's answers. @throws DebkdError `rows`, `column` */
function checkTable(values: Values, table: Table): void {
  checkUnlabelled(table.labels.filter((y) => y < 0).length, table.rows, countOf(values));
  writerFor(values, table, []);
}

/** Writes rows of a table. @param names of the answers */
function writerFor(values: Values, table: Table, names: readonly string[]): RowWriter {
  const source = { name: table.name, header: columnNames(table), chunks: (async function* () {})() };
  return openRowWriter(values, 'csv', source, names);
}

function noteChoice({ rows, labelled, unlabelled, expectedLoss: { before, after } }: NextRows): void {
  note(
    `note: ${labelled} labelled rows, ${unlabelled} without a label; the labels of these ${rows.length} should reduce the log-loss of the corrected labels by about ${(before - after).toFixed(4)}, of ${before.toFixed(4)} that further labels can gain`,
  );
}

/** What the output says about each row. */
function answersOf({ groups, answers }: NextInputs, next: NextRows, k: number) {
  const row = next.rows[k] as number;
  const named = Object.entries(answers).map(([name, margins]) => [name, sigmoid(margins[row] as number)] as const);
  return {
    place: k + 1,
    row: row + 1,
    ...Object.fromEntries(named),
    corrected: sigmoid(next.margins[k] as number),
    reduction: next.reductions[k] as number,
    reason: next.atRandom[k] ? 'random' : 'variance',
    ...(groups.length > 0 && { groups: groups.map((list) => list[row] as string) }),
  };
}

function jsonOf(inputs: NextInputs, next: NextRows): string {
  const { labelled, unlabelled, expectedLoss } = next;
  const rows = [...next.rows.keys()].map((k) => answersOf(inputs, next, k));
  return `${JSON.stringify({ schema: 'debkd/next@1', labelled, unlabelled, expectedLoss, rows }, null, 2)}\n`;
}

function csvOf(values: Values, inputs: NextInputs, next: NextRows): string {
  const { table } = inputs;
  const columns = columnNames(table).map((name) => findColumn(table, name));
  const all = [...next.rows.keys()].map((k) => answersOf(inputs, next, k));
  const writer = writerFor(values, table, Object.keys(all[0] ?? {}));
  const lines = all.map((answer) => {
    const fields = columns.map((column) => column?.texts[column.codes[answer.row - 1] as number] ?? '');
    return writer.line(
      fields,
      Object.values(answer).map((value) => (Array.isArray(value) ? value.join('; ') : value)) as (string | number)[],
    );
  });
  return writer.header + lines.join('');
}
