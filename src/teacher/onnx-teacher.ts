// A loaded ONNX model as a teacher.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import type { Binding } from './binding.ts';
import { tensorInGraph } from './exact-score.ts';
import type { ExternalFile } from './external-data.ts';
import { type AnyRows, plannedRows } from './feeds.ts';
import { hiddenLayer } from './hidden-layer.ts';
import type { ImageReading } from './image-reading.ts';
import { hasImages } from './image-table.ts';
import { type ColumnInput, isUnassigned, isWide } from './input-columns.ts';
import { withOutput } from './onnx-edit.ts';
import type { OpenClass } from './output-convention.ts';
import { completeMargins, isComplete } from './partial-answers.ts';
import { poolPlaces } from './pool-places.ts';
import type { Reading } from './reading.ts';
import { type Call, eachBatch, openSession } from './session.ts';
import { threadsOf } from './session-threads.ts';
import { assignBinding } from './table-columns.ts';
import { type Chosen, chooseForTarget, readForTarget } from './target-class.ts';
import type { PartialFeatures, Teacher } from './teacher.ts';
import { traceRows } from './trace-rows.ts';

/** A model that the ONNX runtime has loaded. */
export interface LoadedModel {
  /** The file. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the file and of each external file. */
  readonly digests: readonly string[];
  readonly external: readonly ExternalFile[];
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
  /** Sessions that return a hidden layer, by tensor. */
  readonly hiddenSessions: Map<string, InferenceSession>;
}

/** Opens a teacher that reads a model's output by a reading. Teachers of the same model share its sessions. */
export function openTeacher(model: LoadedModel, reading: Reading, notes: readonly string[]): Teacher {
  const { bytes, digests, external, session, call, output, stated, hiddenSessions, open } = model;
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
    const sessions = [session, ...hiddenSessions.values()];
    for (const open of sessions) threadsOf(open)?.end();
    for (const open of sessions) await open.release();
  };
  /**
   * A separate session, because another output could change how the runtime fuses the model and the last bits of the
   * margins.
   */
  const sessionFor = async (layer: string): Promise<InferenceSession> => {
    const isOutput = graph.outputs.some((known) => known.name === layer);
    const opened =
      hiddenSessions.get(layer) ?? (await openSession(call, isOutput ? bytes : withOutput(bytes, layer), external));
    hiddenSessions.set(layer, opened);
    return opened;
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
      const opened = await sessionFor(layer);
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
