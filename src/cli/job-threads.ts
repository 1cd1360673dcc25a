// Threads for the jobs of a comparison. Each has its own kernels, and they share nothing.
import { Worker } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';

/** A thread's reply: the outcome of a job, or a bug in debkd. */
export type JobReply = { readonly outcome: Outcome } | { readonly fault: string };

/**
 * Starts the threads. A thread that ends in the middle of a job rejects it; one that ends without a job is replaced.
 * @param program the built compare-thread.ts
 */
export function openJobThreads(program: URL, inputs: CompareInputs, size: number): Pool {
  const all = new Set<Worker>();
  const idle: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(program, { workerData: inputs });
    all.add(worker);
    // an idle thread can fail, too; its exit removes it
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      all.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    });
    return worker;
  };
  for (let i = 0; i < size; i++) idle.push(start());
  return {
    size,
    run(job: Job) {
      const worker = idle.pop() ?? start(); // `compare` runs at most `size` jobs at the same time
      return new Promise<Outcome>((resolve, reject) => {
        const end = (): void => {
          worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        };
        const onMessage = (reply: JobReply): void => {
          end();
          idle.push(worker);
          if ('outcome' in reply) resolve(reply.outcome);
          else reject(new Error(reply.fault));
        };
        const onError = (error: Error): void => {
          end();
          reject((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? lost(error.message) : error);
        };
        const onExit = (code: number): void => {
          end();
          reject(lost(`it ended with code ${code} (out of memory?)`));
        };
        worker.on('message', onMessage).on('error', onError).on('exit', onExit);
        worker.postMessage(job);
      });
    },
    [dispose]() {
      for (const worker of all) void worker.terminate();
    },
  };
}

function lost(seen: string): DebkdError {
  return new DebkdError('memory', {
    subject: 'a thread of compare',
    seen,
    remedy: ['use fewer threads (--threads)', 'use fewer rows'],
  });
}
