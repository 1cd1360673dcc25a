// A teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread), whose output is read as margins.

import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Watch } from '../io/progress.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { bindInputs } from './binding.ts';
import { readExternalData } from './external-data.ts';
import type { Features } from './features.ts';
import { hiddenLayer } from './hidden-layer.ts';
import { toMargins } from './margin.ts';
import { type OnnxGraph, parseOnnx, withOutput } from './onnx-graph.ts';
import { type Convention, detectConvention, type Reading, scoreOutput, tensorBefore } from './output-convention.ts';
import { probeOutput } from './probe.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { type Call, callSession, eachBatch, openSession, PROVIDER } from './session.ts';

/** What loadTeacher cannot find out, or should not. */
export interface TeacherOptions {
  /** What the teacher was trained on; checked against its input width. */
  readonly preprocessing?: Preprocessing;
  /** What the output means, where it cannot be detected. */
  readonly convention?: Convention;
  /** Which of two values a row is class 1's; default second. */
  readonly positiveClass?: 'first' | 'second';
  /** The input's name, where it must be that one. */
  readonly input?: string;
  /** The output's name, where it is not the one that looks like a score. */
  readonly output?: string;
  /** Files that hold the model's weights, by the names it has for them; default: beside it, where it is a path. */
  readonly externalData?: ReadonlyMap<string, Source>;
  /**
   * Told when the ONNX runtime begins (true) and ends (false) to work on something. It blocks its thread: to limit its time,
   * load the teacher in a worker, and end the worker from outside.
   */
  readonly onRuntime?: (busy: boolean) => void;
  /** An onnxruntime-web module of your own; default `onnxruntime-web/wasm`. */
  readonly ort?: Ort;
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
  /** Encoded columns of its input, or how many inputs take a column. */
  readonly width: number;
  /**
   * Margins of rows, encoded or raw (Dataset.teacherInputs), float64 [rows], and how many were limited to +-16 because the output is a probability.
   * @param options.batchSize rows a session call; default 512, or the model's own where it is fixed
   * @param options.firstRow of a larger table, for messages; default 0
   * @throws DebkdError `teacher`, `preprocessing` or `column` when the rows do not fit or the model fails
   */
  margins(
    rows: Matrix | RawColumns,
    options?: { batchSize?: number; firstRow?: number } & Watch,
  ): Promise<{ margins: Float64Array; limited: number }>;
  /** The tensor that `wanted` names or the last hidden layer; or why there is none. @throws DebkdError `teacher` */
  hiddenLayer(wanted?: string): { layer: string } | { why: string };
  /** What a tensor (hiddenLayer) holds for each row, flattened. Opens a second session, the first time. */
  features(
    rows: Matrix | RawColumns,
    layer: string,
    options?: { batchSize?: number; firstRow?: number } & Watch,
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
  const binding = bindInputs(graph, options.input, options.preprocessing, name);
  const output = scoreOutput(graph, options.output, name);
  const before = tensorBefore(graph, output.name);
  const external = await readExternalData(graph, source, options.externalData, name);
  const ort = options.ort ?? (await loadRuntime());
  const wanted = before === undefined ? [output.name] : [output.name, before];
  const inner = wanted.filter((tensor) => !graph.outputs.some((known) => known.name === tensor));
  const { onRuntime } = options;
  const session = await openSession(ort, inner.reduce(withOutput, bytes), external, name, onRuntime);
  const hidden = new Map<string, InferenceSession>();
  const release = async (): Promise<void> => {
    for (const open of [session, ...hidden.values()]) await open.release();
  };
  const { takes } = binding;
  const width = takes === 'matrix' ? binding.width : binding.inputs.length;
  const call: Call = { ort, binding, graph, name, width, onRuntime };
  try {
    const probe = await probeOutput(call, output, (feed, rows) =>
      callSession(session, feed, 0, rows, rows, output.name, call),
    );
    const reading = detectConvention(graph, output.name, probe, options.convention, name, options.positiveClass);
    const { tensor, form, positiveClass } = reading;
    const files = [bytes, ...external.map(({ data }) => data)].map(sha256);
    const identity = digestOf([files, ort.env.versions.common, PROVIDER, tensor, form, positiveClass, takes]);
    return {
      ...{ name, sha256: files[0] as string, identity, graph, convention: reading.convention, reading },
      ...{ why: { output: output.why, inputs: binding.why }, takes, width },
      async margins(rows, watch = {}) {
        const margins = new Float64Array(rows.rows);
        let limited = 0;
        await eachBatch(session, rows, tensor, call, { stage: 'soft labels', ...watch }, (values, from, to) => {
          limited += toMargins(values, form, margins, from, to - from);
          if (positiveClass === 'first') for (let i = from; i < to; i++) margins[i] = -(margins[i] as number);
        });
        refuseNonFinite(margins, 1, name, watch.firstRow);
        return { margins, limited };
      },
      hiddenLayer: (named) => hiddenLayer(graph, tensor, named, name),
      async features(rows, layer, watch = {}) {
        // a session of its own: one more output could change how the model is fused, and so the margins' last bits
        const known = graph.outputs.some((item) => item.name === layer);
        const open =
          hidden.get(layer) ??
          (await openSession(ort, known ? bytes : withOutput(bytes, layer), external, name, onRuntime));
        hidden.set(layer, open);
        let columns = 0;
        let values = new Float32Array(0);
        await eachBatch(open, rows, layer, call, { stage: 'features', ...watch }, (answer, from, to, called) => {
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
  } catch (error) {
    await release();
    throw error;
  }
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
