// Worker threads for the jobs of a comparison: each has its own kernels; nothing is shared.
import { Worker } from 'node:worker_threads';
import type { Pool } from '../compare/compare.ts';
import type { CompareInputs, Job, Outcome } from '../compare/job.ts';
import { dispose } from '../io/dispose.ts';

/** What a thread sends back: how a job ended, or a fault of debkd. */
export type ThreadReply = { readonly outcome: Outcome } | { readonly fault: string };

export function openThreadPool(program: URL, inputs: CompareInputs, size: number): Pool {
  const workers = Array.from({ length: size }, () => new Worker(program, { workerData: inputs }));
  const idle = [...workers];
  return {
    size,
    run(job: Job) {
      const worker = idle.pop() as Worker; // compare() asks for no more than `size` at a time
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
