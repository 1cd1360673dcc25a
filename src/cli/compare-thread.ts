// A thread of thread-pool.ts. Runs one job at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Job } from '../compare/job.ts';
import { openJobs } from '../compare/run-jobs.ts';
import type { ThreadReply } from './thread-pool.ts';

const run = openJobs(workerData as CompareInputs);
parentPort?.on('message', async (job: Job) => {
  const reply = await run(job).then(
    (outcome): ThreadReply => ({ outcome }),
    (error: Error): ThreadReply => ({ fault: error.stack ?? error.message }),
  );
  parentPort?.postMessage(reply);
});
