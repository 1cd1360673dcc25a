// A teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread), whose output is read as margins.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { denseRows, type Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { words } from '../kernels/random.ts';
import { type ExternalFile, readExternalData } from './external-data.ts';
import { toMargins } from './margin.ts';
import { type GraphTensor, type OnnxGraph, parseOnnx, withOutput } from './onnx-graph.ts';
import {
  type Convention,
  detectConvention,
  type Probe,
  type Reading,
  scoreOutput,
  tensorBefore,
} from './output-convention.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { floatsOf, INPUT_TYPES, inputTensor } from './tensors.ts';

export interface TeacherOptions {
  /** What the teacher was trained on; checked against its input width. */
  readonly preprocessing?: Preprocessing;
  /** What the output means, where it cannot be detected. */
  readonly convention?: Convention;
  /** Which of two values a row is class 1's; default second. */
  readonly positiveClass?: 'first' | 'second';
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
  readonly graph: OnnxGraph;
  readonly convention: Convention;
  readonly reading: Reading;
  /** Encoded columns of its input. */
  readonly width: number;
  /**
   * Margins of encoded rows, float64 [rows], and how many were limited to +-16 because the output is a probability.
   * @param options.batchSize rows a session call; default 512, or the model's own where it is fixed
   * @throws DebkdError `teacher` when the width differs or the model fails
   */
  margins(rows: Matrix, options?: { batchSize?: number } & Watch): Promise<{ margins: Float64Array; limited: number }>;
}

type Answer = ReturnType<typeof floatsOf>;

const PROBE_ROWS = 32;

/**
 * Loads a teacher and finds out what its output means.
 * @throws DebkdError `source`, `teacher` or `convention`
 */
export async function loadTeacher(source: Source, options: TeacherOptions = {}): Promise<Teacher> {
  const bytes = await bytesOf(source);
  const name = nameOf(source);
  const graph = parseOnnx(bytes, name);
  const input = chooseInput(graph, options.input, name);
  const output = scoreOutput(graph, options.output, name);
  const before = tensorBefore(graph, output.name);
  const width = inputWidth(input, options.preprocessing, name);
  const external = await readExternalData(graph, source, options.externalData, name);
  const ort = options.ort ?? (await loadRuntime());
  const wanted = before === undefined ? [output.name] : [output.name, before];
  const inner = wanted.filter((tensor) => !graph.outputs.some((known) => known.name === tensor));
  const session = await openSession(ort, inner.reduce(withOutput, bytes), external, name);
  const run = async (values: Float32Array, rows: number, tensor: string): Promise<Answer> => {
    try {
      const feeds = { [input.name]: inputTensor(ort, input, values, rows, width) };
      const result = await session.run(feeds, [tensor]);
      return floatsOf(result[tensor] as Tensor);
    } catch (error) {
      throw new DebkdError(
        'teacher',
        `teacher ${quote(name, 200)}: the model failed on ${rows} rows of ${width} values (${reasonOf(error)}); check its input shape`,
      );
    }
  };
  try {
    const fixed = input.shape[0];
    const fixedBatch = typeof fixed === 'number' && fixed > 0 ? fixed : undefined;
    const probe = await probeOutput(run, output.name, width, fixedBatch, input.type.startsWith('int'));
    const reading = detectConvention(graph, output.name, probe, options.convention, name, options.positiveClass);
    return {
      ...{ name, sha256: sha256(bytes), graph, convention: reading.convention, reading, width },
      async margins(rows, { batchSize = 512, signal, onProgress } = {}) {
        if (rows.width !== width) {
          throw new DebkdError(
            'teacher',
            `teacher ${quote(name, 200)}: its input has ${width} columns, the encoded rows have ${rows.width}; give the preprocessing it was trained with (--preprocessing)`,
          );
        }
        const margins = new Float64Array(rows.rows);
        const size = fixedBatch ?? batchSize;
        let limited = 0;
        for (let from = 0; from < rows.rows; from += size) {
          signal?.throwIfAborted();
          const to = Math.min(rows.rows, from + size);
          const values = new Float32Array((fixedBatch ?? to - from) * width);
          values.set(denseRows(rows, from, to));
          const { values: scores } = await run(values, fixedBatch ?? to - from, reading.tensor);
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
      executionProviders: ['wasm'],
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

function chooseInput(graph: OnnxGraph, wanted: string | undefined, name: string): GraphTensor {
  const names = graph.inputs.map((input) => `${input.name} (${input.type} [${input.shape.join(', ')}])`).join(', ');
  const input = wanted === undefined ? graph.inputs[0] : graph.inputs.find((item) => item.name === wanted);
  if (!input)
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: no input ${quote(wanted ?? '')}; it has ${names || 'none'}`,
    );
  if (graph.inputs.length > 1) {
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: ${graph.inputs.length} inputs (${names}), expected one of shape [rows, columns]; export it with one`,
    );
  }
  if (!INPUT_TYPES.includes(input.type)) {
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: input ${names}, expected one of ${INPUT_TYPES.join(', ')}; export it with a float32 input`,
    );
  }
  return input;
}

function inputWidth(input: GraphTensor, preprocessing: Preprocessing | undefined, name: string): number {
  const sizes = input.shape.slice(1);
  const width =
    sizes.length > 0 && sizes.every((size) => typeof size === 'number') ? sizes.reduce((a, b) => a * b, 1) : undefined;
  if (width === undefined && !preprocessing) {
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: the width of input ${quote(input.name)} is free ([${input.shape.join(', ')}]); give the preprocessing it was trained with (--preprocessing)`,
    );
  }
  if (width !== undefined && preprocessing && preprocessing.F !== width) {
    throw new DebkdError(
      'preprocessing',
      `teacher ${quote(name, 200)}: its input has ${width} columns, the preprocessing makes ${preprocessing.F}; give the one it was trained with (--preprocessing)`,
    );
  }
  return width ?? (preprocessing as Preprocessing).F;
}

/** Random rows, uniform in -3 .. 3 and then wider, so that a logit leaves 0 .. 1. */
async function probeOutput(
  run: (values: Float32Array, rows: number, tensor: string) => Promise<Answer>,
  output: string,
  width: number,
  fixedBatch: number | undefined,
  whole: boolean,
): Promise<Probe> {
  const source = words(1, 4, 0);
  const rows = fixedBatch ?? PROBE_ROWS;
  const all: number[] = [];
  let outputs = 1;
  for (const bound of [3, 30]) {
    const values = Float32Array.from({ length: rows * width }, () => {
      const x = (source.next().value / 2 ** 31 - 1) * bound;
      return whole ? Math.round(x) : x;
    });
    const { dims, values: scores } = await run(values, rows, output);
    outputs = dims.reduce((a, b) => a * b, 1) / rows;
    for (let i = 0; i < scores.length; i++) all.push(scores[i] as number);
  }
  return { width: outputs, values: Float64Array.from(all) };
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
