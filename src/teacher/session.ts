// ONNX sessions (wasm provider, one thread), and calling them batch by batch.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import type { Binding } from './binding.ts';
import type { ExternalFile } from './external-data.ts';
import { type Feeder, openFeeder } from './feeds.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import type { Ort } from './runtime.ts';
import { type Floats, floatsOf } from './tensors.ts';

export const PROVIDER = 'wasm';
const BATCH = 512;

/** What every call of a teacher's sessions needs. */
export interface Call {
  readonly ort: Ort;
  readonly binding: Binding;
  readonly graph: OnnxGraph;
  /** Of the teacher, for messages. */
  readonly name: string;
  readonly width: number;
  /** TeacherOptions.onRuntime */
  readonly onRuntime?: ((busy: boolean) => void) | undefined;
}

/** @throws DebkdError `teacher` when the runtime cannot open the model, `wasm` when it does not start itself */
export async function openSession(
  ort: Ort,
  model: Uint8Array,
  externalData: readonly ExternalFile[],
  name: string,
  onRuntime?: (busy: boolean) => void,
): Promise<InferenceSession> {
  onRuntime?.(true);
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [PROVIDER],
      logSeverityLevel: 4,
      externalData,
    });
  } catch (error) {
    const reason = reasonOf(error);
    if (/no available backend|magic word|MIME type|dynamically imported module/i.test(reason)) {
      throw new DebkdError(
        'wasm',
        `ONNX runtime: it did not start (${reason}); serve the .wasm and .mjs files of onnxruntime-web where the page looks for them, and allow 'wasm-unsafe-eval' in its script-src`,
      );
    }
    const operator = /(?:No Op registered for|implementation for)\s+([\w.:]+)/.exec(reason)?.[1];
    throw new DebkdError(
      'teacher',
      operator
        ? `teacher ${quote(name, 200)}: operator ${operator} is not supported by onnxruntime-web; export with another opset, or without it`
        : `teacher ${quote(name, 200)}: onnxruntime-web cannot open the model (${reason}); check it with onnx.checker and export it again`,
    );
  } finally {
    onRuntime?.(false);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof DebkdError && /bad_alloc|out of memory|failed to allocate|SafeIntOnOverflow/i.test(error.message)
  );
}

function reasonOf(error: unknown): string {
  return String((error as Error).message ?? error)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

/** One call: `tensor` for rows [from, to), filled up to `batch`. @throws DebkdError `teacher` */
export async function callSession(
  session: InferenceSession,
  feed: Feeder,
  from: number,
  to: number,
  batch: number,
  tensor: string,
  { name, width, onRuntime }: Call,
): Promise<Floats> {
  onRuntime?.(true);
  try {
    const result = await session.run(feed(from, to, batch), [tensor], { logSeverityLevel: 4 });
    return floatsOf(result[tensor] as Tensor);
  } catch (error) {
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: the model failed on ${batch} rows of ${width} values (${reasonOf(error)}); check its input shape and the memory that it takes, and export it again`,
    );
  } finally {
    onRuntime?.(false);
  }
}

/** Rows a call that a session has memory for, where 512 were too many. */
const fitting = new WeakMap<InferenceSession, number>();
/** By how much a call is made smaller that found no memory. */
const SMALLER = 4;

/**
 * Calls the session for all rows, `batchSize` (default 512) or the model's own number at a time; fewer where the runtime has no
 * memory for them.
 * @param take gets the values of `called` rows, of which those from `from` to `to` mean something
 */
export async function eachBatch(
  session: InferenceSession,
  rows: Matrix | RawColumns,
  tensor: string,
  call: Call,
  { stage, batchSize = BATCH, signal, onProgress }: { stage: string; batchSize?: number } & Watch,
  take: (values: ArrayLike<number>, from: number, to: number, called: number) => void,
): Promise<void> {
  const { ort, binding, graph, name } = call;
  const feed = openFeeder(ort, binding, graph, rows, name);
  let size = binding.batch ?? Math.min(batchSize, fitting.get(session) ?? batchSize);
  for (let from = 0; from < rows.rows; ) {
    signal?.throwIfAborted();
    const to = Math.min(rows.rows, from + size);
    const called = binding.batch ?? to - from;
    try {
      const { values } = await callSession(session, feed, from, to, called, tensor, call);
      take(values, from, to, called);
    } catch (error) {
      if (binding.batch !== undefined || called === 1 || !isOutOfMemory(error)) throw error;
      size = Math.ceil(called / SMALLER);
      fitting.set(session, size);
      continue;
    }
    onProgress?.({ stage, done: to, total: rows.rows });
    from = to;
    await breathe();
  }
}
