// Worker threads for the jobs of a comparison. Each has its own kernels, and they share nothing.
import { Worker } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { dispose } from '../io/dispose.ts';

/** A thread's reply: the outcome of a job, or a bug in debkd. */
export type ThreadReply = { readonly outcome: Outcome } | { readonly fault: string };

export function openThreadPool(program: URL, inputs: CompareInputs, size: number): Pool {
  const workers = Array.from({ length: size }, () => new Worker(program, { workerData: inputs }));
  const idle = [...workers];
  return {
    size,
    run(job: Job) {
      const worker = idle.pop() as Worker; // `compare` runs at most `size` jobs at the same time
      return new Promise<Outcome>((resolve, reject) => {
        const end = (): void => {
          worker.off('message', onMessage).off('error', onError);
          idle.push(worker);
        };
        const onMessage = (reply: ThreadReply): void => {
          end();
          if ('outcome' in reply) resolve(reply.outcome);
          else reject(new Error(reply.fault));
        };
        const onError = (error: Error): void => {
          end();
          reject(error);
        };
        worker.on('message', onMessage).on('error', onError);
        worker.postMessage(job);
      });
    },
    [dispose]() {
      for (const worker of workers) void worker.terminate();
    },
  };
}
