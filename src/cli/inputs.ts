// What several commands read: a teacher, a table, a student, lists.
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openRows } from '../data/csv.ts';
import { type Dataset, encode } from '../data/dataset.ts';
import { readNpy } from '../data/npy.ts';
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { openTable, readTable as readAny, type TableFormat } from '../data/read-table.ts';
import { readSplit, type Split, split } from '../data/split.ts';
import { type StoredTable, storeTable } from '../data/stored-table.ts';
import type { RawRows, Table, TableOptions } from '../data/table.ts';
import type { LabelCache } from '../io/cache.ts';
import { openDiskCache } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { streamInput } from '../io/node.ts';
import { chunksOf, jsonOf, unzipped } from '../io/source.ts';
import { list, number, text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import { loadStudent } from '../student/student-file.ts';
import { loadTeacher, type Teacher, type TeacherOptions } from '../teacher/onnx.ts';
import type { Convention } from '../teacher/reading.ts';
import { note, onProgress, postToMain } from './messages.ts';
import { noteClasses } from './notes.ts';

/** How the teacher is read, by --preprocessing, --output, --convention, --positive-class and --class. */
export async function teacherOptions(values: Values): Promise<TeacherOptions> {
  const file = text(values, 'preprocessing');
  const preprocessing =
    file === undefined ? undefined : parsePreprocessing(await optionFile('preprocessing', jsonOf(file)), file);
  if (preprocessing?.missing && values['na-values'] !== undefined) {
    throw new DebkdError(
      'usage',
      `option --na-values: preprocessing ${quote(file ?? '', 200)} says itself what counts as missing (${preprocessing.missing.map((one) => quote(one)).join(', ')}); leave out --na-values, or change "missing" there`,
    );
  }
  const output = text(values, 'output');
  const convention = text(values, 'convention') as Convention | undefined;
  const positiveClass = text(values, 'positive-class') as 'first' | 'second' | undefined;
  return {
    ...(preprocessing && { preprocessing }),
    ...(output && { output }),
    ...(convention && { convention }),
    ...(positiveClass && { positiveClass }),
    ...(values['class'] !== undefined && { class: text(values, 'class') as string }),
  };
}

/** The same, with the class that a teacher was turned to by the label's values: workers do not know these. */
export function withClass(options: TeacherOptions, { reading }: Teacher): TeacherOptions {
  const { positiveClass } = reading;
  const stated = options.positiveClass !== undefined || options.class !== undefined;
  return stated || (positiveClass !== 'first' && positiveClass !== 'second') ? options : { ...options, positiveClass };
}

/** The teacher, and the preprocessing that --preprocessing names. */
export async function openTeacher(
  path: string,
  values: Values,
): Promise<{ teacher: Teacher; preprocessing: Preprocessing | undefined }> {
  const options = await teacherOptions(values);
  const seconds = number(values, 'teacher-limit') ?? RUNTIME_SECONDS;
  const onRuntime = (busy: boolean): void => postToMain({ kind: 'runtime', seconds: busy ? seconds : 0 });
  return { teacher: await loadTeacher(path, { ...options, onRuntime }), preprocessing: options.preprocessing };
}

/** The cache of soft labels; none with --no-cache. */
export async function openCache(values: Values): Promise<LabelCache | undefined> {
  if (values['no-cache']) return undefined;
  const folder = text(values, 'cache');
  if (folder !== undefined && (await stat(folder).catch(() => undefined))?.isFile())
    throw new DebkdError('source', `option --cache: ${quote(folder, 200)} is a file, expected a folder or a new name`);
  return openDiskCache(folder ?? process.env['DEBKD_CACHE'] ?? join(cacheFolder(), 'debkd'));
}

/** Where this system keeps what can be made again. */
function cacheFolder(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}

/** By --target, --positive, --drop and --na-values. */
export function tableOptions(values: Values, missing?: readonly string[]): TableOptions {
  const positive = text(values, 'positive');
  const spellings = missing ?? (values['na-values'] === undefined ? undefined : list(values, 'na-values'));
  return {
    ...{ target: text(values, 'target') ?? 'label', drop: list(values, 'drop') },
    ...(positive !== undefined && { positive }),
    ...(spellings && { missing: spellings }),
  };
}

/** Rows as a stream, of --data or standard input; with --columns their first line is a row, too. */
export async function openStream(values: Values): Promise<{
  readonly name: string;
  readonly format: TableFormat;
  readonly rows: RawRows;
  /** Bytes read so far, of how many; undefined where nobody knows. */
  readonly read: () => { readonly bytes: number; readonly of: number | undefined };
}> {
  const path = text(values, 'data');
  const name = path ?? 'standard input';
  const of = path === undefined ? undefined : (await stat(path).catch(() => undefined))?.size;
  let bytes = 0;
  const counted = (async function* () {
    for await (const chunk of path === undefined ? unzipped(streamInput(), name) : chunksOf(path)) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  const columns = list(values, 'columns');
  const read = () => ({ bytes, of });
  if (columns.length > 0) return { name, format: 'csv', rows: await openRows(counted, name, columns), read };
  return { name, ...(await openTable(counted, name, path)), read };
}

/** Bytes of text beyond which rows are kept in files. */
const MAX_IN_MEMORY = 2 ** 23;
/** About so much smaller is what is compressed. */
const PACKED = 6;

/** The same in files, where --temp-dir says so or the data is large; undefined where it fits memory. */
export async function readLarge(values: Values): Promise<StoredTable | undefined> {
  const data = text(values, 'data') as string;
  const folder = text(values, 'temp-dir');
  if (text(values, 'labels') !== undefined) return undefined; // npy: a matrix that is read as a whole
  const found = folder === undefined ? await stat(data).catch(() => undefined) : undefined;
  const packed = /\.(gz|parquet)$/i.test(data) ? PACKED : 1;
  if (folder === undefined && !(found && found.size * packed > MAX_IN_MEMORY)) return undefined;
  return storeTable(data, { ...tableOptions(values), folder, onProgress });
}

/** The table of --data, --target, --positive, --drop and --na-values. missing: the student's, where there is one. */
export async function readTable(values: Values, missing?: readonly string[]): Promise<Table> {
  const labels = text(values, 'labels');
  const data = text(values, 'data') as string;
  const options = tableOptions(values, missing);
  return labels === undefined ? readAny(data, options) : readNpy(data, { ...options, labels });
}

/** The value of class 1 that the student was trained with, where no other is given. */
function withClasses(values: Values, { target }: Student): Values {
  if (!target || values['positive'] !== undefined || (text(values, 'target') ?? 'label') !== target.name) return values;
  return { ...values, positive: target.positive };
}

/** The rows a student is measured on: those of --data, or its test part by --split, encoded for it. */
export async function readLabelled(
  values: Values,
  student: Student,
): Promise<{ table: Table; rows: Uint32Array; data: Dataset }> {
  const table = await readTable(withClasses(values, student), student.preprocessing.missing);
  noteClasses(table, student);
  const by = text(values, 'split');
  const all = Uint32Array.from({ length: table.rows }, (_, i) => i);
  const rows =
    by === undefined
      ? all
      : by === 'hash'
        ? split(table).test
        : split(table, { by: await optionFile('split', readSplit(by)) }).test;
  return { table, rows, data: encode(table, student.preprocessing, { rows }) };
}

/** A file's refusal, with the option that named it. */
async function optionFile<T>(name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'source') throw error;
    throw new DebkdError('source', `option --${name}: ${error.message}`, { cause: error });
  }
}

/** Rows of each part of --split, or of the default split. */
export async function readParts(values: Values, table: Table | StoredTable): Promise<Split> {
  const by = text(values, 'split');
  return by === undefined || by === 'hash'
    ? split(table)
    : split(table, { by: await optionFile('split', readSplit(by)) });
}

/** The number of --train-rows, with a note where there are fewer. */
export function trainRows(values: Values, { train }: Split): number {
  const wanted = number(values, 'train-rows');
  if (wanted !== undefined && train.length < wanted)
    note(`note: the split has ${train.length} training rows, fewer than --train-rows ${wanted}; all are used`);
  return Math.min(wanted ?? train.length, train.length);
}

/** The student of --student, with the threshold of --threshold where that is given. */
export async function openStudent(values: Values): Promise<Student> {
  const student = await readStudent(values);
  const threshold = number(values, 'threshold');
  return threshold === undefined ? student : student.with({ threshold });
}

/** A folder that distill made, or a student.debkd. */
async function readStudent(values: Values): Promise<Student> {
  const path = text(values, 'student') as string;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return loadStudent(path);
  const file = join(path, 'student.debkd');
  if (!(await stat(file).catch(() => undefined))) {
    throw new DebkdError(
      'source',
      `student ${quote(path, 200)}: no student.debkd in this folder; give the folder that distill --out made`,
    );
  }
  return loadStudent(file);
}
