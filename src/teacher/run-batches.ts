// Runs the batches of a plan, several at a time. The plan and its answers do not depend on how many.
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';

/** How batches are run. */
export interface BatchRun<Batch> {
  /** How many batches may run now; asked before each. */
  readonly concurrency: () => number;
  /** Runs a batch and places its answers. Batches end in any order. */
  readonly run: (batch: Batch) => Promise<void>;
  readonly signal?: ProgressOptions['signal'];
  /** Called at an abort while batches run. They should then end soon, in any way. */
  readonly onAbort?: () => void;
}

/**
 * Runs all batches, and starts them in order. After a failure it starts no more, and throws the error of the first
 * failed batch in the plan, as if they had run one at a time.
 * @throws the signal's reason, if aborted
 */
export async function runBatches<Batch>(plan: Iterable<Batch>, options: BatchRun<Batch>): Promise<void> {
  const { concurrency, run, signal, onAbort } = options;
  const running = new Set<Promise<void>>();
  let failure: { readonly place: number; readonly error: unknown } | undefined;
  let place = 0;
  const start = (batch: Batch): void => {
    const at = place++;
    const work = run(batch)
      .catch((error: unknown) => {
        if (!failure || at < failure.place) failure = { place: at, error };
      })
      .finally(() => running.delete(work));
    running.add(work);
  };
  const abort = (): void => onAbort?.();
  signal?.addEventListener('abort', abort);
  try {
    for (const batch of plan) {
      signal?.throwIfAborted();
      start(batch);
      while (running.size >= Math.max(1, concurrency()) && !failure) await Promise.race(running);
      if (failure) break;
      await yieldToEventLoop();
    }
  } finally {
    await Promise.all(running);
    signal?.removeEventListener('abort', abort);
  }
  if (!failure) return;
  signal?.throwIfAborted();
  throw failure.error;
}
