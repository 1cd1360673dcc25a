// Reads the rows of --data as a table, as a table in files, or as a stream.
import { stat } from 'node:fs/promises';
import { openRows } from '../data/csv.ts';
import { readNpy } from '../data/npy.ts';
import { openTable, readTable as readAny, type TableFormat } from '../data/read-table.ts';
import { storeTable } from '../data/stored-table.ts';
import type { AnyTable, RawRows, StoredTable, Table, TableOptions } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { streamInput } from '../io/node.ts';
import { chunksOf, unzipped } from '../io/source.ts';
import { list, text, type Values } from '../settings/values.ts';
import { listedTexts } from '../student/listed-texts.ts';
import type { Student } from '../student/student.ts';
import { openTableImages } from './images-input.ts';
import { note, onProgress } from './messages.ts';
import { softLabelFeatures } from './soft-label-columns.ts';

/** The table options of --target, --positive, --weights, --drop and --na-values. @param missing replaces --na-values */
export function tableOptions(values: Values, missing?: readonly string[]): TableOptions {
  const positive = text(values, 'positive');
  const weights = text(values, 'weights');
  const naValues = missing ?? (values['na-values'] === undefined ? undefined : list(values, 'na-values'));
  return {
    target: text(values, 'target') ?? 'label',
    drop: [...list(values, 'drop'), ...softLabelFeatures(values)],
    ...(positive !== undefined && { positive }),
    ...(weights !== undefined && { weights }),
    ...(naValues && { missing: naValues }),
  };
}

/** The rows of --data or standard input as a stream. With --columns, the rows have no header. */
export async function openStream(values: Values): Promise<{
  readonly name: string;
  readonly format: TableFormat;
  readonly rows: RawRows;
  /** Bytes read so far, and in total where that is known. */
  readonly progress: () => { readonly bytes: number; readonly of: number | undefined };
}> {
  const path = text(values, 'data');
  const name = path ?? 'standard input';
  const file = path === undefined ? undefined : await stat(path).catch(() => undefined);
  const of = file?.isFile() ? file.size : undefined;
  let bytes = 0;
  const counted = (async function* () {
    for await (const chunk of path === undefined ? unzipped(streamInput(), name) : chunksOf(path)) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  const columns = list(values, 'columns');
  const progress = () => ({ bytes, of });
  if (columns.length > 0) return { name, format: 'csv', rows: await openRows(counted, name, columns), progress };
  const opened = await openTable(counted, name, path);
  // the images are read after the rows are listed: the bytes read so far say nothing about the rows
  return {
    name,
    format: opened.format,
    rows: withNotes(opened.rows),
    progress: opened.rows.images?.size ? () => ({ bytes, of: undefined }) : progress,
  };
}

/** The same rows, with the notes of what the reader left out once all are read. */
function withNotes(rows: RawRows): RawRows {
  const { notes: _, chunks, ...others } = rows;
  const noted = (async function* () {
    yield* chunks;
    noteLeftOut(rows);
  })();
  return { ...others, chunks: noted };
}

/** Larger tables, in bytes of text, are kept in files. The columns of a CSV take little more memory than its text. */
const MAX_IN_MEMORY = { csv: 2 ** 26, other: 2 ** 23 };

/** Estimated ratio of text to compressed bytes. */
const COMPRESSION_RATIO = 6;

/** What a table may lack, and which values are missing. */
export interface TableNeeds {
  /** The student that the rows are for: its missing values replace --na-values, and the texts that it lists are TableOptions.listed. */
  readonly student?: Pick<Student, 'preprocessing' | 'groupThresholds'> | undefined;
  /** Whether labels may be absent: empty or of one class (`values`), or without a column (`column`); true: by whether --target is given. */
  readonly mayLackLabels?: boolean | 'values' | 'column';
}

/** The table in files, where --temp-dir is given or the data is large; otherwise undefined. */
export async function readStoredTable(values: Values, needs: TableNeeds = {}): Promise<StoredTable | undefined> {
  const data = text(values, 'data') as string;
  const folder = text(values, 'temp-dir');
  if (text(values, 'labels') !== undefined) return undefined; // npy files are read as a whole
  const file = folder === undefined ? await stat(data).catch(() => undefined) : undefined;
  const ratio = /\.(gz|parquet)$/i.test(data) ? COMPRESSION_RATIO : 1;
  // of an archive of images, only the paths are in memory
  const isArchive = /\.(zip|tar|tgz|tar\.gz)$/i.test(data);
  const most = /\.(csv|tsv|txt)(\.gz)?$/i.test(data) ? MAX_IN_MEMORY.csv : MAX_IN_MEMORY.other;
  const isLarge = file?.isFile() && !isArchive && file.size * ratio > most;
  if (folder === undefined && !isLarge) return undefined;
  const table = await named(values, storeTable(data, { ...neededOptions(values, needs), folder, onProgress }));
  try {
    return await withNamedImages(values, table);
  } catch (error) {
    table[dispose]();
    throw error;
  }
}

/** The table options for what a command needs. */
function neededOptions(values: Values, { student, mayLackLabels = false }: TableNeeds): TableOptions {
  // a column that is named must be there
  const lacks = mayLackLabels === true ? (values['target'] === undefined ? 'column' : 'values') : mayLackLabels;
  const options = tableOptions(values, student?.preprocessing.missing);
  return { ...options, ...(student && { listed: listedTexts(student) }), ...(lacks && { mayLackLabels: lacks }) };
}

/** The table of --data, --target, --positive, --drop and --na-values. */
export async function readTable(values: Values, needs: TableNeeds = {}): Promise<Table> {
  const labels = text(values, 'labels');
  const data = text(values, 'data') as string;
  const options = neededOptions(values, needs);
  const table = await named(
    values,
    labels === undefined ? readAny(data, options) : readNpy(data, { ...options, labels }),
  );
  return withNamedImages(values, table);
}

/** Opens the images of a table where --image or --image-root names them. */
async function withNamedImages<T extends AnyTable>(values: Values, table: T): Promise<T> {
  noteLeftOut(table);
  const isNamed = values['image'] !== undefined || values['image-root'] !== undefined;
  return isNamed ? openTableImages(values, table) : table;
}

function noteLeftOut({ notes = [] }: Pick<RawRows, 'notes'>): void {
  for (const text of notes) note(`note: ${text}`);
}

/** An absent column of --soft-labels, which are no features, is not one that was to be dropped. */
async function named<T>(values: Values, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof DebkdError && error.code === 'column' ? ofSoftLabels(values, error) : error;
  }
}

/** The error of an absent column with its use, if it is one of --soft-labels. */
function ofSoftLabels(values: Values, error: DebkdError): DebkdError {
  const absent = softLabelFeatures(values)
    .filter((name) => !list(values, 'drop').includes(name))
    .map((name) => [`no column ${quote(name)} to drop`, `no column ${quote(name)} of soft labels`] as const)
    .find(([seen]) => error.seen.startsWith(seen));
  if (!absent) return error;
  const { subject, expected, remedies } = error;
  return new DebkdError('column', {
    subject: `option --soft-labels: ${subject}`,
    seen: error.seen.replace(...absent),
    expected,
    remedy: remedies.map((remedy) =>
      typeof remedy !== 'string' && remedy.id === 'name-column' ? { ...remedy, setting: 'soft-labels' } : remedy,
    ),
    cause: error,
  });
}
