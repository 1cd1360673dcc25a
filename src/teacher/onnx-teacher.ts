// A loaded ONNX model as a teacher.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { dispose } from '../io/dispose.ts';
import { digestOf } from '../io/sha256.ts';
import type { Binding } from './binding.ts';
import { eachBatch } from './each-batch.ts';
import { tensorInGraph } from './exact-score.ts';
import { type AnyRows, plannedRows } from './feeds.ts';
import { gatherFeatures, gatherMargins } from './gather-answers.ts';
import { hiddenLayer } from './hidden-layer.ts';
import type { ImageReading } from './image-reading.ts';
import { hasImages } from './image-table.ts';
import { type ColumnInput, isUnassigned, isWide } from './input-columns.ts';
import type { LayerSessions } from './layer-sessions.ts';
import { runBoth, runLayer } from './one-pass.ts';
import type { OpenClass } from './output-convention.ts';
import type { Reading } from './reading.ts';
import type { Call } from './session.ts';
import { threadsOf } from './session-threads.ts';
import { assignBinding } from './table-columns.ts';
import { type Chosen, chooseForTarget, readForTarget } from './target-class.ts';
import type { Teacher } from './teacher.ts';
import { traceRows } from './trace-rows.ts';

/** A model that the ONNX runtime has loaded. */
export interface LoadedModel {
  /** SHA-256 of the file and of each external file. */
  readonly digests: readonly string[];
  readonly session: InferenceSession;
  readonly call: Call;
  /** The output to read, and why. */
  readonly output: { readonly name: string; readonly why: string };
  /** Whether the caller stated class 1. */
  readonly stated: boolean;
  /** Class 1 of several, to be chosen; absent if it is known. */
  readonly open?: OpenClass | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** Whether labelled rows have confirmed how images are read. */
  readonly isTried?: boolean;
  /** Sessions that return a hidden layer. */
  readonly sessions: LayerSessions;
}

/** Opens a teacher that reads a model's output by a reading. Teachers of the same model share its sessions. */
export function openTeacher(model: LoadedModel, reading: Reading, notes: readonly string[]): Teacher {
  const { digests, session, sessions, call, output, stated, open } = model;
  const { ort, graph, binding, name, width } = call;
  const text = binding.takes === 'texts' ? binding.text : undefined;
  const images = binding.takes === 'images' ? binding : undefined;
  const image = images?.image;
  const columnInputs =
    binding.takes === 'columns'
      ? binding.inputs
      : text
        ? textColumnInputs(['text', 'text_pair'], text.shown.columns)
        : image
          ? textColumnInputs(['image'], image.shown.column === undefined ? undefined : [image.shown.column])
          : [];
  // inputs of several columns without a statement, as the first rows assigned them
  const assignments = new Map<string, Binding>();
  const plan = (given: Matrix | RawColumns): { rows: AnyRows; call: Call } => {
    if (images?.numbers && isNumbers(given, images.numbers.width))
      return { rows: given, call: { ...call, binding: images.numbers } };
    if (image?.refusal && !model.open) throw image.refusal;
    const rows = plannedRows(binding, given, name);
    return { rows, call: callFor(rows) };
  };
  const callFor = (rows: AnyRows): Call => {
    if ('endOf' in rows) return call;
    if (binding.takes !== 'columns' || !isUnassigned(columnInputs) || 'data' in rows) return call;
    const key = JSON.stringify(rows.columns.map((column) => column.name));
    const known = assignments.get(key) ?? assignBinding(binding, rows, name);
    assignments.set(key, known);
    return { ...call, binding: known };
  };
  const { tensor, margin } = reading;
  const release = async (): Promise<void> => {
    threadsOf(session)?.end();
    const all = [session, ...(await sessions.all())];
    for (const open of all) threadsOf(open)?.end();
    for (const open of all) await open.release();
  };
  /** The teacher with another way to read images. */
  const withImage = (way: ImageReading, base: LoadedModel, more: readonly string[] = []): Teacher => {
    const bound: Binding = { ...(images as NonNullable<typeof images>), image: way, why: way.why };
    return openTeacher({ ...base, call: { ...call, binding: bound } }, reading, [...new Set([...notes, ...more])]);
  };
  return {
    name,
    sha256: digests[0] as string,
    runtime: call.runtime,
    identity: digestOf([
      ...[digests, ort.env.versions.common, call.provider, tensor, margin, binding.takes, call.alone],
      ...assignmentOf(binding),
    ]),
    graph,
    convention: reading.convention,
    reading,
    why: { output: output.why, inputs: binding.why },
    refusal: open?.refusal,
    preprocessing: model.preprocessing,
    takes: binding.takes === 'columns' || text || image ? 'columns' : 'matrix',
    ...(text && { text: text.shown }),
    ...(image && { image: image.shown }),
    width,
    inputs: columnsOf(binding),
    columnInputs,
    notes,
    async margins(given, watch = {}) {
      if (open) throw open.refusal;
      const { rows, call: planned } = plan(given);
      const margins = gatherMargins({ rows, tensor, name }, margin, watch.partial);
      const run = { session, rows, tensor, call: planned };
      await eachBatch(run, { stage: 'soft labels', ...watch, isKnown: margins.isKnown }, margins.put);
      return margins.finish(watch.firstRow);
    },
    forTarget(target) {
      if (stated || !target) return this;
      const turned: Chosen | undefined = open ? chooseForTarget(reading, open, target) : readForTarget(reading, target);
      if (!turned) return this;
      const noted = turned.note === undefined ? notes : [...new Set([...notes, turned.note])];
      const isChosen = open !== undefined && turned.open === undefined;
      return openTeacher({ ...model, open: turned.open, stated: isChosen }, turned.reading, noted);
    },
    forTable(table) {
      if (image) {
        const numbers = images?.numbers;
        if (numbers && !hasImages(table) && table.columns.length === numbers.width)
          return openTeacher({ ...model, call: { ...call, binding: numbers, width: numbers.width } }, reading, notes);
        const assigned = image.forTable(table);
        return assigned === image ? this : withImage(assigned, model);
      }
      if (text) {
        const assigned = text.forTable(table);
        if (assigned === text) return this;
        const { why } = assigned;
        const bound: Binding = { ...binding, takes: 'texts', text: assigned, why };
        return openTeacher({ ...model, call: { ...call, binding: bound } }, reading, [...notes, `teacher: ${why}`]);
      }
      if (binding.takes !== 'columns' || !isUnassigned(columnInputs)) return this;
      const assigned = assignBinding(binding, table, name);
      const isByName = assigned.inputs.every((input, i) => input.columns === columnInputs[i]?.columns);
      if (isByName) return this;
      const noted = [...new Set([...notes, `teacher: ${assigned.why}`])];
      return openTeacher({ ...model, call: { ...call, binding: assigned } }, reading, noted);
    },
    async forLabels(rows, labels, watch = {}) {
      if (!image || model.isTried || open) return this;
      const { decideImage, FEWEST_LABELLED } = await import('./choose-image.ts');
      const counts = [0, 1].map((y) => labels.filter((label) => label === y).length);
      if (counts.some((count) => count < FEWEST_LABELLED)) return this;
      const known = image.forTable(rows);
      const ask = async (way: ImageReading): Promise<Float64Array> =>
        (await withImage(way, model).margins(rows, { signal: watch.signal })).margins;
      const decided = await decideImage(known, labels, ask);
      return withImage(decided.reading, { ...model, isTried: true }, decided.notes);
    },
    trace: async (given) => {
      const { rows, call: planned } = plan(given);
      return traceRows({ session, rows, tensor, call: planned }, model.preprocessing);
    },
    hiddenLayer: (wanted) => hiddenLayer(graph, tensorInGraph(graph, tensor, output.name), wanted, name),
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
    [dispose]: () => void release().catch(() => undefined),
  };
}

/** The columns that the inputs take by name or as stated; empty if one input takes all. */
function columnsOf(binding: Binding): string[] {
  if (binding.takes === 'texts') return [...(binding.text.shown.columns ?? [])];
  if (binding.takes === 'images') return binding.image.shown.column === undefined ? [] : [binding.image.shown.column];
  if (binding.takes === 'matrix') return [];
  if (binding.takes === 'groups') return [...new Set(binding.inputs.flatMap(({ columns }) => columns))];
  const inputs = binding.inputs.filter((input) => input.columns || !isWide(input));
  return [...new Set(inputs.flatMap(({ tensor, columns }) => columns ?? [tensor.name]))];
}

/** Whether rows are numbers for a model that reads images: as many columns as it takes pixels, none of them images. */
function isNumbers(rows: Matrix | RawColumns, width: number | undefined): boolean {
  return 'data' in rows ? rows.width === width : rows.columns.length === width && !hasImages(rows);
}

/** The columns of texts or of images, as inputs that each take one. */
function textColumnInputs(names: readonly string[], columns: readonly string[] | undefined): ColumnInput[] {
  return names.slice(0, columns?.length ?? 1).map((name, k) => {
    const column = columns?.[k];
    return {
      tensor: { name, type: 'string', shape: ['rows'] },
      width: 1,
      columns: column === undefined ? undefined : [column],
    };
  });
}

/** What margins depend on where columns do not simply enter by the names of the inputs. */
function assignmentOf(binding: Binding): unknown[] {
  if (binding.takes === 'groups') return [binding.inputs.map(({ tensor, places }) => [tensor.name, [...places]])];
  if (binding.takes === 'texts') return [...binding.text.identity];
  if (binding.takes === 'images') return [...binding.image.identity];
  if (binding.takes === 'matrix' || binding.inputs.every((input) => !input.columns && !isWide(input))) return [];
  return [binding.inputs.map(({ tensor, columns }) => [tensor.name, columns ?? null])];
}
