// A teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread), whose output is read as margins.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { bindInputs } from './binding.ts';
import { type ExternalFile, readExternalData } from './external-data.ts';
import { type Feeder, openFeeder } from './feeds.ts';
import { toMargins } from './margin.ts';
import { type OnnxGraph, parseOnnx, withOutput } from './onnx-graph.ts';
import { type Convention, detectConvention, type Reading, scoreOutput, tensorBefore } from './output-convention.ts';
import { probeOutput } from './probe.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { type Floats, floatsOf } from './tensors.ts';

export interface TeacherOptions {
  /** What the teacher was trained on; checked against its input width. */
  readonly preprocessing?: Preprocessing;
  /** What the output means, where it cannot be detected. */
  readonly convention?: Convention;
  /** Which of two values a row is class 1's; default second. */
  readonly positiveClass?: 'first' | 'second';
  /** The input's name, where it must be that one. */
  readonly input?: string;
  readonly output?: string;
  /** Files that hold the model's weights, by the names it has for them; default: beside it, where it is a path. */
  readonly externalData?: ReadonlyMap<string, Source>;
  /** An onnxruntime-web module of your own; default `onnxruntime-web/wasm`. */
  readonly ort?: Ort;
}

/** A loaded teacher. Holds an ONNX session: dispose of it (`using`). */
export interface Teacher extends Disposable {
  readonly name: string;
  /** Of the ONNX file. */
  readonly sha256: string;
  /** SHA-256 of all that its margins depend on beside the rows: files, runtime, output and how it is read. */
  readonly identity: string;
  readonly graph: OnnxGraph;
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
   * @throws DebkdError `teacher`, `preprocessing` or `column` when the rows do not fit or the model fails
   */
  margins(
    rows: Matrix | RawColumns,
    options?: { batchSize?: number } & Watch,
  ): Promise<{ margins: Float64Array; limited: number }>;
}

const PROVIDER = 'wasm';

/**
 * Loads a teacher and finds out what its output means.
 * @throws DebkdError `source`, `teacher` or `convention`
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
  const session = await openSession(ort, inner.reduce(withOutput, bytes), external, name);
  const run = async (feed: Feeder, from: number, to: number, batch: number, tensor: string): Promise<Floats> => {
    try {
      const result = await session.run(feed(from, to, batch), [tensor], { logSeverityLevel: 4 });
      return floatsOf(result[tensor] as Tensor);
    } catch (error) {
      throw new DebkdError(
        'teacher',
        `teacher ${quote(name, 200)}: the model failed on ${batch} rows of ${width} values (${reasonOf(error)}); check its input shape`,
      );
    }
  };
  const { batch: fixed, takes } = binding;
  const width = takes === 'matrix' ? binding.width : binding.inputs.length;
  try {
    const probe = await probeOutput(ort, binding, graph, output, name, (feed, rows) =>
      run(feed, 0, rows, rows, output.name),
    );
    const reading = detectConvention(graph, output.name, probe, options.convention, name, options.positiveClass);
    const { tensor, form, positiveClass } = reading;
    const files = [bytes, ...external.map(({ data }) => data)].map(sha256);
    const identity = sha256(
      new TextEncoder().encode(
        JSON.stringify([files, ort.env.versions.common, PROVIDER, tensor, form, positiveClass, takes]),
      ),
    );
    return {
      ...{ name, sha256: files[0] as string, identity, graph, convention: reading.convention, reading },
      ...{ why: { output: output.why, inputs: binding.why }, takes, width },
      async margins(rows, { batchSize = 512, signal, onProgress } = {}) {
        const feed = openFeeder(ort, binding, graph, rows, name);
        const margins = new Float64Array(rows.rows);
        const size = fixed ?? batchSize;
        let limited = 0;
        for (let from = 0; from < rows.rows; from += size) {
          signal?.throwIfAborted();
          const to = Math.min(rows.rows, from + size);
          const { values: scores } = await run(feed, from, to, fixed ?? to - from, reading.tensor);
          limited += toMargins(scores, reading.form, margins, from, to - from);
          if (reading.positiveClass === 'first') for (let i = from; i < to; i++) margins[i] = -(margins[i] as number);
          refuseNaN(margins, from, to, name);
          onProgress?.({ stage: 'soft labels', done: to, total: rows.rows });
          await breathe();
        }
        return { margins, limited };
      },
      [Symbol.dispose]: () => void session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function openSession(
  ort: Ort,
  model: Uint8Array,
  externalData: readonly ExternalFile[],
  name: string,
): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [PROVIDER],
      logSeverityLevel: 4,
      externalData,
    });
  } catch (error) {
    const reason = reasonOf(error);
    const operator = /(?:No Op registered for|implementation for)\s+([\w.:]+)/.exec(reason)?.[1];
    throw new DebkdError(
      'teacher',
      operator
        ? `teacher ${quote(name, 200)}: operator ${operator} is not supported by onnxruntime-web; export with another opset, or without it`
        : `teacher ${quote(name, 200)}: onnxruntime-web cannot open the model (${reason}); check it with onnx.checker and export it again`,
    );
  }
}

function reasonOf(error: unknown): string {
  return String((error as Error).message ?? error)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

function refuseNaN(margins: Float64Array, from: number, to: number, name: string): void {
  for (let i = from; i < to; i++) {
    if (Number.isFinite(margins[i])) continue;
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: its output for row ${i + 1} is not finite; check the preprocessing and the model`,
    );
  }
}
