// A teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread), whose output is read as margins.

import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Table } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { bindInputs } from './binding.ts';
import { exactScore, tensorInGraph } from './exact-score.ts';
import { readExternalData } from './external-data.ts';
import type { Features } from './features.ts';
import { hiddenLayer } from './hidden-layer.ts';
import { toMargins } from './margin.ts';
import { type GraphTensor, type OnnxGraph, parseOnnx, withOutput } from './onnx-graph.ts';
import { detectConvention } from './output-convention.ts';
import { probeOutput } from './probe.ts';
import type { Convention, Reading } from './reading.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { labelOutput, scoreOutput } from './score-output.ts';
import { type Call, callSession, eachBatch, openSession, PROVIDER } from './session.ts';
import { readForTarget } from './target-class.ts';

/** An onnxruntime-web module: what is used of it. Its own declarations need those of the DOM. */
export interface OnnxRuntime {
  /** Opens models. */
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<object> };
  /** Makes inputs. */
  readonly Tensor: object;
  /** Its settings. */
  readonly env: object;
}

/** What loadTeacher cannot find out, or should not. */
export interface TeacherOptions {
  /** What the teacher was trained on; checked against its input width. */
  readonly preprocessing?: Preprocessing;
  /** What the output means, where it cannot be detected. */
  readonly convention?: Convention;
  /** Which of two values a row is class 1's; default: by the model's own names and labels, else the second. */
  readonly positiveClass?: 'first' | 'second';
  /**
   * The class that is class 1, by its name or its place from 0: against the rest of the classes, or, where each value is a label of
   * its own, that label. Needed where there are more than two.
   */
  readonly class?: string;
  /** The input's name, where it must be that one. */
  readonly input?: string;
  /** The output's name, where it is not the one that looks like a score. */
  readonly output?: string;
  /** Files that hold the model's weights, by the names it has for them; default: beside it, where it is a path. */
  readonly externalData?: ReadonlyMap<string, Source>;
  /**
   * Told when the ONNX runtime begins (true) and ends (false) to work on something; true again where it goes on to the next. It blocks its thread: to limit its time,
   * load the teacher in a worker, and end the worker from outside.
   */
  readonly onRuntime?: (busy: boolean) => void;
  /** An onnxruntime-web module of your own; default `onnxruntime-web/wasm`. */
  readonly ort?: OnnxRuntime;
}

/** A loaded teacher. Holds an ONNX session: dispose of it (`using`). */
export interface Teacher extends Disposable {
  /** What it was loaded from, for messages. */
  readonly name: string;
  /** Of the ONNX file. */
  readonly sha256: string;
  /** SHA-256 of all that its margins depend on beside the rows: files, runtime, output and how it is read. */
  readonly identity: string;
  /** What the ONNX file says of itself. */
  readonly graph: OnnxGraph;
  /** What its output means. */
  readonly convention: Convention;
  /** What is read, and why so. */
  readonly reading: Reading;
  /** Why that output is read, and how rows enter. */
  readonly why: { readonly output: string; readonly inputs: string };
  /** `matrix`: one input takes all encoded columns; `columns`: each input takes the raw column of its name. */
  readonly takes: 'matrix' | 'columns';
  /** Encoded columns of its input, or how many inputs take a column; undefined where it takes as many as there are. */
  readonly width: number | undefined;
  /** Columns that its inputs take by name; empty where one input takes all. */
  readonly inputs: readonly string[];
  /** What a reader should know of it, each a sentence. */
  readonly notes: readonly string[];
  /**
   * Margins of rows, encoded or raw (Dataset.teacherInputs), float64 [rows], and how many were limited to +-16 because the output is a probability.
   * @param options.batchSize rows a session call; default 512, or the model's own where it is fixed
   * @param options.firstRow of a larger table, for messages; default 0
   * @throws DebkdError `teacher`, `preprocessing` or `column` when the rows do not fit or the model fails
   */
  margins(
    rows: Matrix | RawColumns,
    options?: { batchSize?: number; firstRow?: number } & ProgressOptions,
  ): Promise<{ margins: Float64Array; clippedCount: number }>;
  /**
   * The same teacher with class 1 where the label's values say: as the model names its classes, where it names both of them.
   * It shares the session of this one.
   */
  forTarget(target: Table['target']): Teacher;
  /** The tensor that `wanted` names or the last hidden layer; or why there is none. @throws DebkdError `teacher` */
  hiddenLayer(wanted?: string): { layer: string } | { why: string };
  /** What a tensor (hiddenLayer) holds for each row, flattened. Opens a second session, the first time. */
  features(
    rows: Matrix | RawColumns,
    layer: string,
    options?: { batchSize?: number; firstRow?: number } & ProgressOptions,
  ): Promise<Features>;
}

/**
 * Loads a teacher and finds out what its output means.
 * @throws DebkdError `source`, `teacher` or `convention`; `preprocessing` where its width is another, `wasm` where the ONNX runtime does not start
 */
export async function loadTeacher(source: Source, options: TeacherOptions = {}): Promise<Teacher> {
  const bytes = await bytesOf(source);
  const name = nameOf(source);
  const graph = parseOnnx(bytes, name);
  const output = scoreOutput(graph, options.output, name);
  const binding = bindInputs(graph, output.name, options.input, options.preprocessing, name);
  const exact = exactScore(graph, output.name);
  const label = labelOutput(graph, output.name);
  const external = await readExternalData(graph, source, options.externalData, name);
  const ort = (options.ort as Ort | undefined) ?? (await loadRuntime());
  const isOutput = (tensor: string): boolean => graph.outputs.some((known) => known.name === tensor);
  let model: Uint8Array = isOutput(output.name) ? bytes : withOutput(bytes, output.name);
  if (exact && !isOutput(exact.tensor)) model = withOutput(model, exact.tensor, exact.node);
  const { onRuntime } = options;
  // each step of opening and probing has its time, what is drawn for it included
  const onStep = onRuntime && ((): void => onRuntime(true));
  const session = await openSession(ort, model, external, name, onStep).catch((error: unknown) => {
    onRuntime?.(false);
    throw error;
  });
  const hidden = new Map<string, InferenceSession>();
  const release = async (): Promise<void> => {
    for (const open of [session, ...hidden.values()]) await open.release();
  };
  const { takes } = binding;
  const width = takes === 'matrix' ? binding.width : binding.inputs.length;
  const first: Call = { ort, binding, graph, name, width, onRuntime: onStep };
  try {
    const probe = await probeOutput(
      first,
      { output, exact: exact?.tensor, label: label?.name },
      (feed, rows, tensors) => callSession(session, feed, 0, rows, rows, tensors, first),
    );
    const reading = detectConvention(graph, output.name, probe, options, name);
    onRuntime?.(false);
    const call: Call = { ...first, onRuntime, alone: probe.alone !== undefined };
    const files = [bytes, ...external.map(({ data }) => data)].map(sha256);
    const common = { ...{ name, sha256: files[0] as string, graph, takes, width } };
    const why = { output: output.why, inputs: binding.why };
    const inputs = takes === 'matrix' ? [] : binding.inputs.map((input) => input.name);
    const open = (read: Reading, notes: readonly string[]): Teacher => {
      const { tensor, margin } = read;
      const layerOf = tensorInGraph(graph, tensor, output.name);
      return {
        ...{ ...common, why, inputs, notes, reading: read, convention: read.convention },
        identity: digestOf([files, ort.env.versions.common, PROVIDER, tensor, margin, takes, call.alone]),
        async margins(rows, watch = {}) {
          const margins = new Float64Array(rows.rows);
          let clippedCount = 0;
          await eachBatch(
            session,
            rows,
            tensor,
            call,
            { stage: 'soft labels', ...watch },
            (values, from, to, called) => {
              refuseWidth(values.length / called, margin.width, tensor, name);
              clippedCount += toMargins(values, margin, margins, from, to - from);
            },
          );
          refuseNonFinite(margins, 1, name, watch.firstRow);
          return { margins, clippedCount: clippedCount };
        },
        forTarget(target) {
          const stated = options.positiveClass !== undefined || options.class !== undefined;
          const turned = stated || !target ? undefined : readForTarget(read, target);
          if (!turned) return this;
          return open(turned.reading, turned.note === undefined ? notes : [...new Set([...notes, turned.note])]);
        },
        hiddenLayer: (named) => hiddenLayer(graph, layerOf, named, name),
        async features(rows, layer, watch = {}) {
          // a session of its own: one more output could change how the model is fused, and so the margins' last bits
          const opened =
            hidden.get(layer) ??
            (await openSession(ort, isOutput(layer) ? bytes : withOutput(bytes, layer), external, name, onRuntime));
          hidden.set(layer, opened);
          let columns = 0;
          let values = new Float32Array(0);
          await eachBatch(opened, rows, layer, call, { stage: 'features', ...watch }, (answer, from, to, called) => {
            if (from === 0) {
              columns = answer.length / called;
              values = new Float32Array(rows.rows * columns);
            }
            for (let i = 0; i < (to - from) * columns; i++) values[from * columns + i] = answer[i] as number;
          });
          refuseNonFinite(values, columns, name, watch.firstRow);
          return { rows: rows.rows, width: columns, values };
        },
        [dispose]: () => void release().catch(() => undefined),
      };
    };
    return open(reading, notesOf(probe.alone, binding.idle));
  } catch (error) {
    onRuntime?.(false);
    await release();
    throw error;
  }
}

function notesOf(alone: string | undefined, idle: readonly GraphTensor[]): string[] {
  const notes: string[] = [];
  if (alone !== undefined)
    notes.push(
      `teacher: ${alone}, so that its answers depend on other rows; it is asked one row at a time, which takes longer`,
    );
  if (idle.length > 0)
    notes.push(
      `teacher: its score does not depend on ${idle.map(({ name }) => `input ${quote(name)}`).join(', ')}, fed with zeros`,
    );
  return notes;
}

function refuseWidth(seen: number, expected: number, tensor: string, name: string): void {
  if (seen === expected) return;
  throw new DebkdError(
    'teacher',
    `teacher ${quote(name, 200)}: output ${quote(tensor)} gave ${seen} values a row, expected ${expected} as in the first call; export it with a fixed number of values a row`,
  );
}

/** @param columns numbers of a row */
function refuseNonFinite(values: Float64Array | Float32Array, columns: number, name: string, firstRow = 0): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DebkdError(
    'teacher',
    `teacher ${quote(name, 200)}: its output for row ${firstRow + Math.floor(bad / columns) + 1} is not finite; check the preprocessing and the model`,
  );
}
