// debkd label: rows in, the teacher's margin and probability out, in order, as a stream.

import { isOfTask, tasksFailed } from '../cluster/labels.ts';
import { encodeColumn, inChunks } from '../data/chunks.ts';
import { encodeForTeacher, type TeacherTable } from '../data/dataset.ts';
import type { RawRows } from '../data/table.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { littleEndian } from '../io/little-endian.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { text, type Values } from '../settings/values.ts';
import type { CachedLabels } from '../teacher/label-cache.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { countSaturated } from '../teacher/warnings.ts';
import { type AnswerWriter, answerWriter } from './answers.ts';
import { openClusterOf } from './cluster.ts';
import { openCache, openStream, openTeacher, tableOptions, teacherOptions } from './inputs.ts';
import { note, onProgress, print } from './messages.ts';
import { noteTeacher, noteUnknown } from './notes.ts';
import { checkWhole, openWhole } from './whole-file.ts';

/** Labels some rows; `title` is for messages. */
interface Asker {
  close(): Promise<void>;
  /** Pieces that may be asked for at a time. */
  readonly size: number;
  ask(piece: TeacherTable, title: string): Promise<CachedLabels>;
  /** Whether the others go on where some fail. */
  readonly patient: boolean;
  /** Values so far that the preprocessing does not list. */
  unknownValues(): readonly UnknownCount[];
}

/** Pieces whose texts are kept until their labels come. */
const KEPT_AT_A_TIME = 64;

interface Labelled {
  /** Of --keep alone. */
  readonly fields: readonly (readonly string[])[];
  readonly from: number;
  readonly labels: Promise<PromiseSettledResult<CachedLabels>>;
}

export async function label(values: Values): Promise<void> {
  const out = text(values, 'out');
  // answers do not say who made them
  if (out !== undefined && !values['force']) await checkWhole(out, async () => false);
  const asker = await openAsker(values);
  try {
    await labelBy(asker, values);
  } finally {
    await asker.close();
  }
}

async function labelBy(asker: Asker, values: Values): Promise<void> {
  const out = text(values, 'out');
  const raw = out?.endsWith('.f32') === true;
  if (raw && values['keep'] !== undefined) note('note: --keep: an .f32 file holds margins alone; ignored');
  const { name, format, rows, read: sofar } = await openStream(values);
  const tableOf = tables(values, rows);
  const write = answerWriter(values, format, rows, ['row', 'margin', 'probability']);
  const sink = out === undefined ? { write: print, finish: async () => undefined } : await openWhole(out);

  const keeps = values['keep'] !== undefined;
  const waiting: Labelled[] = [];
  const failures: string[] = [];
  let [read, done, clippedCount, saturated, tasks] = [0, 0, 0, 0, 0];
  const next = async (): Promise<void> => {
    const { fields, from, labels } = waiting.shift() as Labelled;
    const ended = await labels;
    if (ended.status === 'rejected') {
      if (!(asker.patient && isOfTask(ended.reason))) throw ended.reason;
      failures.push(ended.reason.message);
      return;
    }
    const { margins } = ended.value;
    clippedCount += ended.value.clippedCount;
    saturated += countSaturated(margins);
    done += margins.length;
    const { bytes, of } = sofar();
    const total = of !== undefined && bytes < of ? Math.round((read * of) / bytes) : read;
    onProgress({ stage: 'soft labels', done, total: Math.max(total, done) });
    if (failures.length > 0) return; // what follows a gap is not printed; it is kept in the store
    await sink.write(raw ? littleEndian(Float32Array.from(margins)) : linesOf(write, fields, from, margins));
  };
  if (!raw) await sink.write(write.header);
  for await (const fields of inChunks(rows.chunks)) {
    const title = `rows ${read + 1} to ${read + fields.length}`;
    const labels = Promise.allSettled([asker.ask(tableOf(fields, read), title)]).then(([one]) => one);
    waiting.push({ fields: keeps ? fields : [], from: read, labels });
    read += fields.length;
    tasks++;
    while (waiting.length >= Math.min(asker.size, keeps ? KEPT_AT_A_TIME : Infinity)) await next();
  }
  while (waiting.length > 0) await next();
  if (read === 0 && values['columns'] === undefined)
    throw new DebkdError('table', `data ${quote(name, 200)}: a header without rows; give a file with data`);
  if (failures.length > 0) throw tasksFailed(failures, tasks);
  await sink.finish();
  noteUnknown(asker.unknownValues());
  if (saturated > read / 2)
    note(
      `warning: teacher: ${saturated} of ${read} rows have log-odds beyond 30, probability 0 or 1; most likely it expects standardised columns: give the preprocessing that it was trained with (--preprocessing)`,
    );
  if (clippedCount > 0)
    note(
      `note: ${clippedCount} of ${read} margins were limited to +-16: the teacher's probability for these rows rounds to 0 or 1`,
    );
}

function linesOf(
  write: AnswerWriter,
  fields: readonly (readonly string[])[],
  from: number,
  margins: Float64Array,
): string {
  return Array.from(margins, (margin, i) => write.line(fields[i] ?? [], [from + i + 1, margin, sigmoid(margin)])).join(
    '',
  );
}

/** Pieces as tables of what may be features. */
function tables(
  values: Values,
  { name, header }: RawRows,
): (fields: readonly (readonly string[])[], before: number) => TeacherTable {
  const { drop = [], missing, target } = tableOptions(values);
  const wanted = [...drop, ...(values['target'] === undefined ? [] : [target as string])];
  const absent = wanted.find((column) => !header.includes(column));
  if (absent !== undefined)
    throw new DebkdError(
      'column',
      `data ${quote(name, 200)}: no column ${quote(absent)} to leave out; correct the name`,
    );
  const features = header.flatMap((column, j) => (column === target || drop.includes(column) ? [] : [j]));
  return (fields, before) => ({
    ...{ name, rows: fields.length, before },
    ...(missing && { missing }),
    columns: features.map((j) => encodeColumn(header[j] as string, fields, j)),
  });
}

/** The teacher here, or the workers of --queue. */
async function openAsker(values: Values): Promise<Asker> {
  const { teacher, preprocessing } = await openTeacher(text(values, 'teacher') as string, values);
  noteTeacher(teacher);
  const close = async (): Promise<void> => teacher[dispose]();
  const unknownValues = () => unknown;
  let unknown: readonly UnknownCount[] = [];
  const encoded = (piece: TeacherTable) => {
    const found: UnknownCount[] = [];
    const rows = encodeForTeacher(piece, preprocessing, found);
    unknown = addUnknown([unknown, found]);
    return rows;
  };
  const cluster = await openClusterOf(values);
  if (!cluster) {
    const cache = await openCache(values);
    return {
      ...{ size: 1, patient: false, unknownValues },
      ask: (piece) => softLabels(teacher, { teacherInputs: encoded(piece) }, { cache }),
      close,
    };
  }
  const { labelRows } = await import('../cluster/labels.ts');
  const { packTeacher } = await import('../cluster/teacher-package.ts');
  const packed = await cluster.upload(
    await packTeacher(text(values, 'teacher') as string, await teacherOptions(values)),
  );
  return {
    ...{ size: 1024, patient: true, unknownValues },
    ask: async (piece, title) => labelRows(cluster, { teacher, packed }, encoded(piece), title),
    async close() {
      await close();
      await cluster.close();
    },
  };
}
