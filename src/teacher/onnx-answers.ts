// What a loaded model answers: margins, features and traces of rows.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Binding } from './binding.ts';
import { eachBatch } from './each-batch.ts';
import { type AnyRows, plannedRows } from './feeds.ts';
import { gatherFeatures, gatherMargins } from './gather-answers.ts';
import { hasImages } from './image-table.ts';
import { isUnassigned } from './input-columns.ts';
import type { LoadedModel } from './loaded-model.ts';
import { runBoth, runLayer } from './one-pass.ts';
import type { Reading } from './reading.ts';
import type { Call } from './session.ts';
import { threadsOf } from './session-threads.ts';
import { assignBinding } from './table-columns.ts';
import type { Teacher } from './teacher.ts';
import { traceRows } from './trace-rows.ts';

/** The methods of a teacher that run its model or end what runs it. */
export interface Answers extends Pick<Teacher, 'margins' | 'trace' | 'features' | 'answers'> {
  rest(): Promise<void>;
  release(): Promise<void>;
}

/** Opens the answers of a model whose output is read by a reading. Answers of the same model share its sessions. */
export function openAnswers(model: LoadedModel, { tensor, margin }: Reading): Answers {
  const { session, sessions, call, open } = model;
  const { name } = call;
  const plan = openPlan(model);
  const all = async (): Promise<InferenceSession[]> => [session, ...(await sessions.all())];
  return {
    async margins(given, watch = {}) {
      if (open) throw open.refusal;
      const { rows, call: planned } = plan(given);
      const margins = gatherMargins({ rows, tensor, name }, margin, watch.partial);
      const run = { session, rows, tensor, call: planned };
      await eachBatch(run, { stage: 'soft labels', ...watch, isKnown: margins.isKnown }, margins.put);
      return margins.finish(watch.firstRow);
    },
    trace: async (given) => {
      const { rows, call: planned } = plan(given);
      return traceRows({ session, rows, tensor, call: planned }, model.preprocessing);
    },
    async features(given, layer, watch = {}) {
      const { rows, call: planned } = plan(given);
      const features = gatherFeatures({ rows, tensor: layer, name }, watch.partial);
      await runLayer({ sessions, rows, call: planned, features }, { stage: 'features', ...watch });
      return features.finish(watch.firstRow);
    },
    async answers(given, layer, watch = {}) {
      if (open) throw open.refusal;
      const { rows, call: planned } = plan(given);
      const margins = gatherMargins({ rows, tensor, name }, margin, watch.partial?.margins);
      const features = gatherFeatures({ rows, tensor: layer, name }, watch.partial?.features);
      const asked = { session, sessions, rows, call: planned, margins, features };
      await runBoth(asked, { stage: 'soft labels', ...watch });
      return { ...margins.finish(watch.firstRow), features: features.finish(watch.firstRow) };
    },
    async rest() {
      for (const opened of await all()) threadsOf(opened)?.end();
    },
    async release() {
      threadsOf(session)?.end();
      const opened = await all();
      for (const one of opened) threadsOf(one)?.end();
      for (const one of opened) await one.release();
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

/** Whether rows are numbers for a model that reads images: as many columns as it takes pixels, none of them images. */
function isNumbers(rows: Matrix | RawColumns, width: number | undefined): boolean {
  return 'data' in rows ? rows.width === width : rows.columns.length === width && !hasImages(rows);
}
