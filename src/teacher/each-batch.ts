// Runs a session on all rows, batch by batch, in this thread or in several.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type AnyRows, openFeeder } from './feeds.ts';
import { runBatches } from './run-batches.ts';
import { type Call, callSession, rowsOf } from './session.ts';
import { threadsOf } from './session-threads.ts';

const BATCH = 512;

/** Rows per call that fit a session's memory, after larger calls failed. */
const fitting = new WeakMap<InferenceSession, number>();
/** Divides the rows of a call that ran out of memory. */
const SMALLER = 4;

/** What runs on which rows. */
export interface Run {
  readonly session: InferenceSession;
  readonly rows: AnyRows;
  readonly call: Call;
}

/** The tensor to compute for all rows. */
export interface Asked extends Run {
  readonly tensor: string;
}

/** How rows run. */
export interface Watch extends ProgressOptions {
  readonly stage: string;
  /** Default 512. */
  readonly batchSize?: number;
  /** Runs no more batches after so many rows, and starts no threads for them; default: all rows. */
  readonly most?: number;
}

/** Rows [from, to), and `called` rows of the call: those after the first `to - from` are padding. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly called: number;
}

/** The values of a tensor for the rows of a call, and its sizes. */
export interface Answer {
  readonly values: ArrayLike<number>;
  readonly dims: readonly number[];
}

/**
 * Computes a tensor for all rows; see eachAnswer.
 * @param watch.isKnown whether rows [from, to) need not run
 */
export async function eachBatch(
  { tensor, ...run }: Asked,
  { isKnown, ...watch }: Watch & { readonly isKnown?: ((from: number, to: number) => boolean) | undefined },
  onAnswer: (values: ArrayLike<number>, place: Place & Pick<Answer, 'dims'>) => void,
): Promise<void> {
  const tensors = [tensor];
  const wanted = (from: number, to: number): readonly string[] => (isKnown?.(from, to) ? [] : tensors);
  await eachAnswer(run, wanted, watch, (answers, place) => {
    const { values, dims } = answers.get(tensor) as Answer;
    onAnswer(values, { ...place, dims });
  });
}

/**
 * Runs the session on all rows in batches of `batchSize` or of the model's fixed size; in smaller ones if memory runs out. Several
 * batches run at the same time where the session has threads.
 * @param wanted the tensors to compute for rows [from, to); if there are none, these rows do not run
 * @param onAnswer gets the tensors of a batch by their names, batch by batch in any order
 */
export async function eachAnswer(
  { session, rows, call }: Run,
  wanted: (from: number, to: number) => readonly string[],
  watch: Watch,
  onAnswer: (answers: ReadonlyMap<string, Answer>, place: Place) => void,
): Promise<void> {
  const { stage, batchSize = BATCH, most = Infinity, signal, onProgress } = watch;
  const { binding, name } = call;
  const feed = openFeeder(call, rows);
  const threads = threadsOf(session);
  let size = call.alone ? 1 : (binding.batch ?? Math.min(batchSize, fitting.get(session) ?? batchSize));
  let done = 0;
  const progress = (from: number, to: number): void => {
    done += to - from;
    onProgress?.({ stage, done, total: rows.rows });
  };
  function* plan(): Generator<Part> {
    let planned = 0;
    for (let from = 0; from < rows.rows && planned < most; ) {
      const to = 'endOf' in rows ? rows.endOf(from, size) : Math.min(rows.rows, from + size);
      const tensors = wanted(from, to);
      if (tensors.length === 0) progress(from, to);
      else {
        planned += to - from;
        yield { from, to, tensors };
      }
      from = to;
    }
  }
  const run = async ({ from, to, tensors }: Part): Promise<void> => {
    const called = binding.batch ?? to - from;
    const started = performance.now();
    const isHere = !threads?.active;
    try {
      const tensorsOfBatch = await callSession(session, { feed, from, to, batch: called, tensors }, call, signal);
      const answers = tensorsOfBatch.map((tensor, k): [string, Answer] => {
        const output = tensors[k] as string;
        return [output, { values: rowsOf(tensor, called, output, name), dims: tensor.dims }];
      });
      onAnswer(new Map(answers), { from, to, called });
    } catch (error) {
      if (binding.batch !== undefined || called === 1 || !isOutOfMemory(error)) throw error;
      size = Math.min(size, Math.ceil(called / SMALLER));
      fitting.set(session, size);
      const step = Math.ceil(called / SMALLER);
      for (let at = from; at < to; at += step) {
        signal?.throwIfAborted();
        await run({ from: at, to: Math.min(to, at + step), tensors });
      }
      return;
    }
    progress(from, to);
    const ms = performance.now() - started;
    if (isHere && most === Infinity) await threads?.consider(ms, (ms * (rows.rows - to)) / (to - from));
  };
  const concurrency = (): number => threads?.concurrency ?? 1;
  await runBatches(plan(), { concurrency, run, signal, onAbort: () => threads?.end() });
}

/** A batch of the plan. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly tensors: readonly string[];
}

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof DebkdError && /bad_alloc|out of memory|failed to allocate|SafeIntOnOverflow/i.test(error.message)
  );
}
