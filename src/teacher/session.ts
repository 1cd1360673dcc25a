// Opens ONNX sessions and runs them once, in this thread or in one of several.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { ThreadLost } from '../io/thread.ts';
import type { ExternalFile } from './external-data.ts';
import type { FeedContext, Feeder } from './feeds.ts';
import { sessionOptions } from './provider.ts';
import type { Provider } from './provider-names.ts';
import { allowThreads, threadsOf } from './session-threads.ts';
import { type Floats, floatsOf } from './tensors.ts';

/** What every call of a teacher's sessions needs. */
export interface Call extends FeedContext {
  /** Columns that it takes; undefined where it takes any number. */
  readonly width: number | undefined;
  /** TeacherOptions.onRuntime */
  readonly onRuntime?: ((busy: boolean) => void) | undefined;
  /** Whether rows run one at a time. */
  readonly alone?: boolean;
  /** What runs the model. */
  readonly provider: Provider;
  /** The runtime and its version, if it is not that of `wasm`. */
  readonly runtime?: string | undefined;
  /** Threads that may run batches of a session; 1 is this one. */
  readonly threads: number;
}

/** The runtime of each provider, for messages. */
const RUNTIMES: Readonly<Record<Provider, string>> = {
  wasm: 'onnxruntime-web',
  webgpu: 'onnxruntime-web with WebGPU',
  native: 'onnxruntime-node',
};

/** @throws DebkdError `teacher` if the runtime cannot open the model, `wasm` if the runtime does not start */
export async function openSession(
  { ort, name, onRuntime, provider, threads }: Pick<Call, 'ort' | 'name' | 'onRuntime' | 'provider' | 'threads'>,
  model: Uint8Array,
  externalData: readonly ExternalFile[],
): Promise<InferenceSession> {
  onRuntime?.(true);
  try {
    const session = await ort.InferenceSession.create(model, sessionOptions(provider, externalData));
    allowThreads(session, threads, ort, { model, external: externalData, provider });
    return session;
  } catch (error) {
    const reason = reasonOf(error);
    if (provider === 'webgpu' && /no available backend|webgpu/i.test(reason))
      throw new DebkdError('wasm', {
        subject: 'ONNX runtime',
        seen: `WebGPU did not start (${reason})`,
        remedy: ['use a browser with WebGPU', { id: 'omit-setting', setting: 'provider' }],
      });
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
        ? `${RUNTIMES[provider]} does not support its operator ${operator}`
        : `${RUNTIMES[provider]} cannot open the model (${reason})`,
      remedy: operator
        ? ['export it with another opset', 'export it without this operator']
        : 'check it with onnx.checker and export it again',
    });
  } finally {
    onRuntime?.(false);
  }
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

/** Batches that run now, by what is told about them. */
const running = new WeakMap<(busy: boolean) => void, number>();

/** Reports true at the first of the batches that run at the same time, and again at the end of each but the last. */
function reportRuntime(onRuntime: Call['onRuntime'], change: 1 | -1): void {
  if (!onRuntime) return;
  const count = (running.get(onRuntime) ?? 0) + change;
  running.set(onRuntime, count);
  // the limit of time starts again
  if (change < 0) onRuntime(false);
  if (change < 0 ? count > 0 : count === 1) onRuntime(true);
}

/** Runs a session once, in one of its threads if they have started. @throws DebkdError `teacher` */
export async function callSession(
  session: InferenceSession,
  { feed, from, to, batch, tensors }: Question,
  { ort, name, width, onRuntime }: Call,
  signal?: ProgressOptions['signal'],
): Promise<readonly Tensor[]> {
  reportRuntime(onRuntime, 1);
  try {
    const feeds = await feed(from, to, batch);
    signal?.throwIfAborted();
    const threads = threadsOf(session);
    if (threads?.active) {
      try {
        return await threads.run(feeds, tensors, ort);
      } catch (error) {
        if (!(error instanceof ThreadLost)) throw error;
        signal?.throwIfAborted();
      }
    }
    const result = await session.run(feeds, tensors, { logSeverityLevel: 4 });
    return tensors.map((tensor) => result[tensor] as Tensor);
  } catch (error) {
    // an image that cannot be read, or an abort meanwhile
    if (error instanceof DebkdError || signal?.aborted) throw error;
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `the model failed on ${batch} rows of ${width ?? 'any number of'} values (${reasonOf(error)})`,
      remedy: 'check its input shape and the memory it needs, and export it again',
    });
  } finally {
    reportRuntime(onRuntime, -1);
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
