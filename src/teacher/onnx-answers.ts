// What a loaded model answers: margins, features and traces of rows.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Binding } from './binding.ts';
import { type AnyRows, plannedRows } from './feeds.ts';
import { hasImages } from './image-table.ts';
import { isUnassigned } from './input-columns.ts';
import type { LoadedModel } from './loaded-model.ts';
import { withOutput } from './onnx-edit.ts';
import { completeMargins, isComplete } from './partial-answers.ts';
import { poolPlaces } from './pool-places.ts';
import type { Reading } from './reading.ts';
import { type Call, eachBatch, openSession } from './session.ts';
import { threadsOf } from './session-threads.ts';
import { assignBinding } from './table-columns.ts';
import type { PartialFeatures, Teacher } from './teacher.ts';
import { traceRows } from './trace-rows.ts';

/** The methods of a teacher that run its model, and one that ends the sessions. */
export interface Answers extends Pick<Teacher, 'margins' | 'trace' | 'features'> {
  release(): Promise<void>;
}

/** Opens the answers of a model whose output is read by a reading. Answers of the same model share its sessions. */
export function openAnswers(model: LoadedModel, { tensor, margin }: Reading): Answers {
  const { session, call, open, hiddenSessions } = model;
  const { name } = call;
  const plan = openPlan(model);
  return {
    async margins(given, watch = {}) {
      if (open) throw open.refusal;
      const { rows, call: planned } = plan(given);
      // the rows of texts, and what is kept of them, are in the order in which they run
      const partial = watch.partial ?? { margins: new Float64Array(rows.rows).fill(NaN), clippedCount: 0 };
      const { margins } = partial;
      const isKnown = watch.partial && ((from: number, to: number) => isComplete(margins, from, to));
      await eachBatch(
        { session, rows, tensor, call: planned },
        { stage: 'soft labels', ...watch, isKnown },
        (values, { from, to, called }) => {
          refuseWidth(values.length / called, margin.width, tensor, name);
          partial.clippedCount += completeMargins(values, margin, margins.subarray(from, to));
          partial.onBatch?.();
        },
      );
      const { clippedCount } = partial;
      if (!('order' in rows)) {
        refuseNonFinite(margins, 1, name, watch.firstRow);
        return { margins, clippedCount };
      }
      const inOrder = rows.inOwnOrder(margins, 1);
      refuseNonFinite(inOrder, 1, name, watch.firstRow);
      return { margins: inOrder, clippedCount, texts: { cut: rows.cut, empty: rows.empty } };
    },
    trace: async (given) => {
      const { rows, call: planned } = plan(given);
      return traceRows({ session, rows, tensor, call: planned }, model.preprocessing);
    },
    async features(given, layer, watch = {}) {
      const { rows, call: planned } = plan(given);
      const opened = await sessionFor(model, layer);
      const partial: PartialFeatures = watch.partial ?? { values: undefined };
      const asked = { session: opened, rows, tensor: layer, call: planned };
      const isKnown = (from: number, to: number): boolean =>
        partial.values !== undefined && isComplete(partial.values, from, to, partial.values.length / rows.rows);
      await eachBatch(asked, { stage: 'features', ...watch, isKnown }, (all, place) => {
        const { from, to, called } = place;
        const answer = 'order' in rows ? rows.pooled(all, place) : 'feed' in rows ? poolPlaces(all, place.dims) : all;
        const columns = answer.length / called;
        partial.values ??= new Float32Array(rows.rows * columns).fill(NaN);
        const { values } = partial;
        refuseWidth(columns, values.length / rows.rows, layer, name);
        for (let i = 0; i < (to - from) * columns; i++) values[from * columns + i] = answer[i] as number;
        partial.onBatch?.();
      });
      const { values: kept = new Float32Array(0) } = partial;
      const width = rows.rows > 0 ? kept.length / rows.rows : 0;
      const values = 'order' in rows ? rows.inOwnOrder(kept, width) : kept;
      refuseNonFinite(values, width, name, watch.firstRow);
      return { rows: rows.rows, width, values };
    },
    async release() {
      const sessions = [session, ...hiddenSessions.values()];
      for (const opened of sessions) threadsOf(opened)?.end();
      for (const opened of sessions) await opened.release();
    },
  };
}

/** Returns a function that plans how rows enter the model. */
function openPlan({ call, open }: LoadedModel): (given: Matrix | RawColumns) => { rows: AnyRows; call: Call } {
  const { binding, name } = call;
  const images = binding.takes === 'images' ? binding : undefined;
  // inputs of several columns without a statement, as the first rows assigned them
  const assignments = new Map<string, Binding>();
  const callFor = (rows: AnyRows): Call => {
    if ('endOf' in rows) return call;
    if (binding.takes !== 'columns' || !isUnassigned(binding.inputs) || 'data' in rows) return call;
    const key = JSON.stringify(rows.columns.map((column) => column.name));
    const known = assignments.get(key) ?? assignBinding(binding, rows, name);
    assignments.set(key, known);
    return { ...call, binding: known };
  };
  return (given) => {
    if (images?.numbers && isNumbers(given, images.numbers.width))
      return { rows: given, call: { ...call, binding: images.numbers } };
    if (images?.image.refusal && !open) throw images.image.refusal;
    const rows = plannedRows(binding, given, name);
    return { rows, call: callFor(rows) };
  };
}

/**
 * The session that returns a hidden layer: a separate one, because another output could change how the runtime fuses the model and the
 * last bits of the margins.
 */
async function sessionFor(
  { bytes, external, call, hiddenSessions }: LoadedModel,
  layer: string,
): Promise<InferenceSession> {
  const isOutput = call.graph.outputs.some((known) => known.name === layer);
  const opened =
    hiddenSessions.get(layer) ?? (await openSession(call, isOutput ? bytes : withOutput(bytes, layer), external));
  hiddenSessions.set(layer, opened);
  return opened;
}

/** Whether rows are numbers for a model that reads images: as many columns as it takes pixels, none of them images. */
function isNumbers(rows: Matrix | RawColumns, width: number | undefined): boolean {
  return 'data' in rows ? rows.width === width : rows.columns.length === width && !hasImages(rows);
}

function refuseWidth(seen: number, expected: number, tensor: string, name: string): void {
  if (seen === expected) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, output ${quote(tensor)}`,
    seen: `${seen} values per row`,
    expected: `${expected} as in the first call`,
    remedy: 'export it with a fixed number of values per row',
  });
}

/** @param columns values per row */
function refuseNonFinite(values: Float64Array | Float32Array, columns: number, name: string, firstRow = 0): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, row ${firstRow + Math.floor(bad / columns) + 1}`,
    seen: `its output is ${values[bad]}`,
    expected: 'a finite number',
    remedy: 'check the preprocessing and the model',
  });
}
