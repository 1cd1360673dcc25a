// Worker threads for the jobs of a comparison: each has an instance of the kernels; nothing is shared.

import { Worker } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { dispose } from '../io/dispose.ts';

/** What a worker answers: how a job ended, or what went wrong with debkd. */
export type Answer = { readonly outcome: Outcome } | { readonly fault: string };

export function openPool(program: URL, inputs: CompareInputs, size: number): Pool {
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
        const onMessage = (answer: Answer): void => {
          end();
          if ('outcome' in answer) resolve(answer.outcome);
          else reject(new Error(answer.fault));
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
