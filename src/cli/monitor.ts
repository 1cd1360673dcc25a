// debkd monitor: compares new rows with those that a student was trained on, and its metrics with those that were promised.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { allRows } from '../data/row-source.ts';
import type { AnyTable } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { sha256 } from '../io/sha256.ts';
import { jsonOf } from '../io/source.ts';
import { monitor, monitorCounts } from '../monitor/monitor.ts';
import type { Monitoring } from '../monitor/monitoring.ts';
import { monitorPage } from '../monitor/page.ts';
import type { Promised } from '../monitor/promise.ts';
import { textMonitoring } from '../monitor/text.ts';
import { parseResult } from '../report/parse-result.ts';
import { text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { noteClasses } from './class-notes.ts';
import { studentImageName, withStudentImages } from './images-input.ts';
import { note, noteIgnored, onProgress, print } from './messages.ts';
import { readOptionFile } from './option-file.ts';
import { writeFolder } from './output-folder.ts';
import { noteTrainedOn, withTrainedColumns } from './overlap-note.ts';
import { placesOf, readReference } from './statistics-input.ts';
import { openStudent, withClasses } from './student-input.ts';
import { readStoredTable, readTable } from './table-input.ts';
import { noteUnknown } from './table-notes.ts';

/** The files in --out. */
export const MONITOR_FILES = ['monitor.json', 'monitor.html'] as const;

export async function monitorCommand(given: Values): Promise<void> {
  const out = text(given, 'out');
  if (out !== undefined) await checkReplaceable(out, MONITOR_FILES, given['force'] === true);
  const student = await openStudent(given);
  const { folder, file } = await placesOf(text(given, 'student') as string);
  const reference = await readReference(given, folder);
  const digest = sha256(await readFile(file));
  const write = (found: Monitoring): Promise<void> => writeMonitoring(found, { out, json: given['json'] === true });
  const path = text(given, 'counts');
  if (path !== undefined) {
    const ofRows = ['data', 'labels', 'target', 'positive', 'weights', 'drop', 'image', 'image-root', 'temp-dir'];
    noteIgnored(
      ofRows.filter((name) => given[name] !== undefined),
      '--counts takes the place of rows',
    );
    const counts = await readOptionFile('counts', jsonOf(path));
    const names = { reference: reference.name, counts: path };
    return write(monitorCounts({ reference: reference.reference, counts, sha256: digest }, names));
  }
  const values = withTarget(given, student);
  using table = await openRows(values, student, given['target'] !== undefined);
  const found = await monitor(student, table, {
    ...reference,
    sha256: digest,
    promised: await promisedIn(folder),
    weights: text(values, 'weights'),
    onUnknown: noteUnknown,
    onProgress,
  });
  if (found.labels) await noteTrainedOn(values, await withTrainedColumns(values, table), allRows(table));
  if (found.labels?.metrics.every(({ promised }) => promised === undefined))
    note(
      'note: there are labels, but no metrics to compare with: the folder of the student has no result.json with test metrics',
    );
  await write(found);
}

async function writeMonitoring(
  found: Monitoring,
  { out, json }: { out: string | undefined; json: boolean },
): Promise<void> {
  const record = `${JSON.stringify(found, null, 2)}\n`;
  if (out !== undefined) {
    const files = [
      { path: 'monitor.json', content: record },
      { path: 'monitor.html', content: await monitorPage(found) },
    ];
    await writeFolder(out, files, MONITOR_FILES);
  }
  await print(json ? record : textMonitoring(found, out));
}

/** Without --target, the labels are the student's target column, if the data has it. */
function withTarget(values: Values, student: Student): Values {
  const { target } = student;
  const isNamed = values['target'] !== undefined || values['labels'] !== undefined || target === undefined;
  return withClasses(isNamed ? values : { ...values, target: target.name }, student);
}

/** The rows of --data, in memory or in a file. @param isAsked whether --target names the labels, which then must be there */
async function openRows(values: Values, student: Student, isAsked: boolean): Promise<AnyTable & Disposable> {
  const { preprocessing } = student;
  const hasImages = studentImageName(preprocessing) !== undefined;
  const more = { student, mayLackLabels: isAsked ? 'values' : 'column' } as const;
  const stored = hasImages ? undefined : await readStoredTable(values, more);
  if (stored) return stored;
  const table = await withStudentImages(values, preprocessing, await readTable(values, more));
  noteClasses(table, student);
  return { ...table, [dispose]: () => {} };
}

/** What result.json in the folder of the student promises; undefined where there is none. */
async function promisedIn(folder: string): Promise<Promised | undefined> {
  const path = join(folder, 'result.json');
  if (!(await stat(path).catch(() => undefined))) return undefined;
  const result = parseResult(await jsonOf(path), path);
  return result.schema === 'debkd/distill@1' ? result : undefined;
}
