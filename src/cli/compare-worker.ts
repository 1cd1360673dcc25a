// A worker of pool.ts: does the jobs it is sent, one at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Job } from '../compare/job.ts';
import { openJobs } from '../compare/run-jobs.ts';
import type { Answer } from './pool.ts';

const run = openJobs(workerData as CompareInputs);
parentPort?.on('message', async (job: Job) => {
  const answer = await run(job).then(
    (outcome): Answer => ({ outcome }),
    (error: Error): Answer => ({ fault: error.stack ?? error.message }),
  );
  parentPort?.postMessage(answer);
});
