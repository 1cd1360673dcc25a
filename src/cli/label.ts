// debkd label: a stream from rows to the teacher's margins and probabilities, in order.
import { isTaskError, tasksFailed } from '../cluster/task-error.ts';
import { type ColumnChunk, columnChunks } from '../data/chunks.ts';
import { similarColumn } from '../data/locate-columns.ts';
import type { Column, RawRows } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { littleEndian } from '../io/little-endian.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { text, type Values } from '../settings/values.ts';
import type { CachedLabels } from '../teacher/label-cache.ts';
import { countSaturated } from '../teacher/margin.ts';
import { textNotes } from '../teacher/text-notes.ts';
import { checkOverwrite, openAtomic } from './atomic-write.ts';
import { streamImages } from './images-input.ts';
import { type LabelledChunk, type Labeller, openLabeller } from './labeller.ts';
import { beginStep, endSteps, note, noteIgnored, onProgress, planSteps, print } from './messages.ts';
import { checkRowOutput, openRowWriter, type RowWriter } from './row-writer.ts';
import { streamLabels } from './stream-labels.ts';
import { openStream, tableOptions } from './table-input.ts';
import { noteUnknown } from './table-notes.ts';

/** Limit of concurrent chunks with --keep, which holds their text in memory. */
const MAX_CHUNKS_WITH_TEXT = 64;

/** Expected time of a byte of the rows; the teacher's rate soon tells more. */
const SECONDS_OF_BYTE = 1e-6;

const OPENING = { stage: 'opening', name: 'opening the teacher', seconds: 0.5 };
const ASKING = { stage: 'soft labels', name: 'asking the teacher (soft labels)' };

interface PendingChunk {
  /** The fields of a row; none without --keep. */
  readonly fieldsOf: (row: number) => readonly string[];
  /** The index of its first row. */
  readonly from: number;
  readonly labels: Promise<PromiseSettledResult<CachedLabels>>;
}

export async function label(values: Values): Promise<void> {
  checkRowOutput(values);
  const out = text(values, 'out');
  // a file of answers does not name its program
  if (out !== undefined) await checkOverwrite(out, async () => values['force'] === true);
  if (values['data'] !== undefined) {
    planSteps([OPENING, { ...ASKING, seconds: 1 }], true);
    beginStep(OPENING.stage);
  }
  const labeller = await openLabeller(values);
  try {
    await labelStream(labeller, values);
  } finally {
    await labeller.close();
  }
}

async function labelStream(labeller: Labeller, values: Values): Promise<void> {
  const out = text(values, 'out');
  const binary = out?.endsWith('.f32') === true;
  const keeps = values['keep'] !== undefined;
  if (binary && keeps) noteIgnored(['keep'], 'an .f32 file holds only margins');
  const { name, format, rows, progress } = await openStream(values);
  const tableOf = chunkTables(values, rows);
  const openImages = streamImages(values, rows);
  const withImages = async (chunk: LabelledChunk): Promise<LabelledChunk> =>
    labeller.readsImages(chunk) ? openImages(chunk) : chunk;
  const writer = openRowWriter(values, format, rows, ['row', 'margin', 'probability']);
  const output = out === undefined ? { write: print, finish: async () => undefined } : await openAtomic(out);

  const pending: PendingChunk[] = [];
  const failures: DebkdError[] = [];
  let [read, done, clipped, saturated, chunks] = [0, 0, 0, 0, 0];
  const texts = { cut: 0, empty: 0 };
  const showRows = (count: number): void => {
    const { bytes, of } = progress();
    const total = of === undefined ? Infinity : bytes < of ? Math.round((read * of) / bytes) : read;
    onProgress({ stage: 'soft labels', done: count, total: Math.max(total, count) });
  };
  const { of: size } = progress();
  if (values['data'] !== undefined)
    planSteps([{ ...ASKING, seconds: SECONDS_OF_BYTE * (size ?? 0) }], size === undefined);
  const writeNext = async (): Promise<void> => {
    const { fieldsOf, from, labels } = pending.shift() as PendingChunk;
    const result = await labels;
    if (result.status === 'rejected') {
      if (!(labeller.continuesOnError && isTaskError(result.reason))) throw result.reason;
      failures.push(result.reason);
      return;
    }
    const { margins, clippedCount } = result.value;
    clipped += clippedCount;
    texts.cut += result.value.texts?.cut ?? 0;
    texts.empty += result.value.texts?.empty ?? 0;
    saturated += countSaturated(margins);
    done += margins.length;
    showRows(done);
    if (failures.length > 0) return; // the output has no gaps, and the store keeps these labels
    // the header comes with the first answers: rows that are refused leave nothing
    const header = from === 0 ? writer.header : '';
    const lines = (): string => header + linesOf(writer, fieldsOf, from, margins);
    await output.write(binary ? littleEndian(Float32Array.from(margins)) : lines());
  };
  const maxPending = Math.min(labeller.concurrency, keeps ? MAX_CHUNKS_WITH_TEXT : Infinity);
  for await (const part of columnChunks(rows)) {
    const title = `rows ${read + 1} to ${read + part.rows}`;
    const onRows = (rows: number): void => showRows(done + rows);
    const chunk = await withImages(tableOf(part, read));
    const labels = Promise.allSettled([labeller.label(chunk, title, onRows)]).then(([result]) => result);
    pending.push({ fieldsOf: keeps ? fieldReader(part) : () => [], from: read, labels });
    read += part.rows;
    chunks++;
    while (pending.length >= maxPending) await writeNext();
  }
  while (pending.length > 0) await writeNext();
  if (read === 0 && values['columns'] === undefined)
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'a header without rows',
      expected: 'at least one row',
    });
  if (failures.length > 0) throw tasksFailed(failures, chunks);
  await output.finish();
  endSteps('soft labels');
  noteUnknown(labeller.unknownValues());
  noteMargins({ read, saturated, clipped });
  for (const text of textNotes(texts, read, labeller.maxLength())) note(`note: ${text}`);
}

/** Reads the fields of a row. */
function fieldReader({ columns, fields }: ColumnChunk): (row: number) => readonly string[] {
  if (fields) return (row) => fields[row] as readonly string[];
  return (row) => columns.map(({ codes, texts }) => texts[codes[row] as number] as string);
}

function linesOf(writer: RowWriter, fieldsOf: PendingChunk['fieldsOf'], from: number, margins: Float64Array): string {
  const lines = Array.from(margins, (margin, i) => writer.line(fieldsOf(i), [from + i + 1, margin, sigmoid(margin)]));
  return lines.join('');
}

/** Makes a table from each chunk, with the columns that may be features. */
function chunkTables(values: Values, { name, header }: RawRows): (chunk: ColumnChunk, before: number) => LabelledChunk {
  const { drop = [], missing, target } = tableOptions(values);
  const dropped = [...drop, ...(values['target'] === undefined ? [] : [target as string])];
  const absent = dropped.find((column) => !header.includes(column));
  if (absent !== undefined) {
    throw new DebkdError('column', {
      subject: `data ${quote(name, 200)}`,
      seen: `no column ${quote(absent)} to leave out`,
      remedy: similarColumn(absent, header, drop.includes(absent) ? 'drop' : undefined) ?? 'correct the name',
    });
  }
  const features = header.flatMap((column, j) => (column === target || drop.includes(column) ? [] : [j]));
  return ({ rows, columns }, before) => ({
    name,
    rows,
    before,
    ...(missing && { missing }),
    columns: features.map((j) => columns[j] as Column),
    ...(before === 0 && { found: streamLabels(values, name, columns) }),
  });
}

function noteMargins({ read, saturated, clipped }: Readonly<Record<'read' | 'saturated' | 'clipped', number>>): void {
  if (saturated > read / 2)
    note(
      `warning: teacher: ${saturated} of ${read} rows have log-odds beyond 30, that is a probability of 0 or 1; it most likely expects standardised columns: give the preprocessing that it was trained with (--preprocessing)`,
    );
  if (clipped > 0)
    note(
      `note: ${clipped} of ${read} margins were clipped to +-16, because the teacher's probability for these rows rounds to 0 or 1`,
    );
}
