// Opens ONNX sessions (wasm provider, one thread) and runs them batch by batch.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { ExternalFile } from './external-data.ts';
import { type FeedContext, type Feeder, openFeeder } from './feeds.ts';
import { type Floats, floatsOf } from './tensors.ts';
import type { TokenRows } from './text-reading.ts';

export const PROVIDER = 'wasm';
const BATCH = 512;

/** What every call of a teacher's sessions needs. */
export interface Call extends FeedContext {
  /** Columns that it takes; undefined where it takes any number. */
  readonly width: number | undefined;
  /** TeacherOptions.onRuntime */
  readonly onRuntime?: ((busy: boolean) => void) | undefined;
  /** Whether rows run one at a time. */
  readonly alone?: boolean;
}

/** @throws DebkdError `teacher` if the runtime cannot open the model, `wasm` if the runtime does not start */
export async function openSession(
  { ort, name, onRuntime }: Pick<Call, 'ort' | 'name' | 'onRuntime'>,
  model: Uint8Array,
  externalData: readonly ExternalFile[],
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
      throw new DebkdError('wasm', {
        subject: 'ONNX runtime',
        seen: `it did not start (${reason})`,
        remedy: [
          'serve the .wasm and .mjs files of onnxruntime-web where the page looks for them',
          "allow 'wasm-unsafe-eval' in its script-src",
        ],
      });
    }
    const operator = /(?:No Op registered for|implementation for)\s+([\w.:]+)/.exec(reason)?.[1];
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: operator
        ? `onnxruntime-web does not support its operator ${operator}`
        : `onnxruntime-web cannot open the model (${reason})`,
      remedy: operator
        ? ['export it with another opset', 'export it without this operator']
        : 'check it with onnx.checker and export it again',
    });
  } finally {
    onRuntime?.(false);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof DebkdError && /bad_alloc|out of memory|failed to allocate|SafeIntOnOverflow/i.test(error.message)
  );
}

/** Characters kept from the start and from the end of the runtime's message. */
const MAX_REASON = 200;

function reasonOf(error: unknown): string {
  const reason = String((error as Error).message ?? error).replace(/\s+/g, ' ');
  // the cause is at the end, after locations in the runtime's source
  return reason.length <= 2 * MAX_REASON ? reason : `${reason.slice(0, MAX_REASON)} ... ${reason.slice(-MAX_REASON)}`;
}

/** Rows [from, to) of a feed, padded to `batch`, and the tensors to return. */
export interface Question {
  readonly feed: Feeder;
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  readonly tensors: readonly string[];
}

/** Runs a session once. @throws DebkdError `teacher` */
export async function callSession(
  session: InferenceSession,
  { feed, from, to, batch, tensors }: Question,
  { name, width, onRuntime }: Call,
): Promise<readonly Tensor[]> {
  onRuntime?.(true);
  try {
    const result = await session.run(feed(from, to, batch), tensors, { logSeverityLevel: 4 });
    return tensors.map((tensor) => result[tensor] as Tensor);
  } catch (error) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `the model failed on ${batch} rows of ${width ?? 'any number of'} values (${reasonOf(error)})`,
      remedy: 'check its input shape and the memory it needs, and export it again',
    });
  } finally {
    onRuntime?.(false);
  }
}

/**
 * The values of a tensor, one row for each row of the call.
 * @returns [rows x values per row]
 * @throws DebkdError `teacher` if rows are missing or run along another axis
 */
export function rowsOf(tensor: Tensor, rows: number, output: string, name: string): Floats['values'] {
  const { dims, values } = floatsOf(tensor);
  if (dims[0] === rows || (rows === 1 && dims.length === 0)) return values;
  const size = dims.reduce((a, b) => a * b, 1);
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, output ${quote(output)}`,
    seen: size === 1 ? `1 answer for ${rows} rows` : `${size} values [${dims.join(', ')}] for ${rows} rows`,
    expected: `${rows} as the first size`,
    remedy: 'export it with one answer per row along the first axis',
  });
}

/** Rows per call that fit a session's memory, after larger calls failed. */
const fitting = new WeakMap<InferenceSession, number>();
/** Divides the rows of a call that ran out of memory. */
const SMALLER = 4;

/** The tensor to compute for all rows. */
export interface Asked {
  readonly session: InferenceSession;
  readonly rows: Matrix | RawColumns | TokenRows;
  readonly tensor: string;
  readonly call: Call;
}

/**
 * Runs the session on all rows in batches of `batchSize` (default 512) or of the model's fixed size; in smaller ones if
 * memory runs out.
 * @param onAnswer gets the values of `called` rows, of the tensor's sizes `dims`; those after the first `to - from` are padding
 */
export async function eachBatch(
  { session, rows, tensor, call }: Asked,
  { stage, batchSize = BATCH, signal, onProgress }: { stage: string; batchSize?: number } & ProgressOptions,
  onAnswer: (
    values: ArrayLike<number>,
    place: { from: number; to: number; called: number; dims: readonly number[] },
  ) => void,
): Promise<void> {
  const { binding, name } = call;
  const feed = openFeeder(call, rows);
  let size = call.alone ? 1 : (binding.batch ?? Math.min(batchSize, fitting.get(session) ?? batchSize));
  for (let from = 0; from < rows.rows; ) {
    signal?.throwIfAborted();
    const to = 'endOf' in rows ? rows.endOf(from, size) : Math.min(rows.rows, from + size);
    const called = binding.batch ?? to - from;
    try {
      const [answer] = await callSession(session, { feed, from, to, batch: called, tensors: [tensor] }, call);
      const { dims } = answer as Tensor;
      onAnswer(rowsOf(answer as Tensor, called, tensor, name), { from, to, called, dims });
    } catch (error) {
      if (binding.batch !== undefined || called === 1 || !isOutOfMemory(error)) throw error;
      size = Math.ceil(called / SMALLER);
      fitting.set(session, size);
      continue;
    }
    onProgress?.({ stage, done: to, total: rows.rows });
    from = to;
    await yieldToEventLoop();
  }
}
