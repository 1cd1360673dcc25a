// A thread of job-threads.ts. Runs one job at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { CompareInputs } from '../compare/compare-inputs.ts';
import type { Job } from '../compare/job.ts';
import { openJobs } from '../compare/run-jobs.ts';
import type { JobReply } from './job-threads.ts';

const run = openJobs(workerData as CompareInputs);
parentPort?.on('message', async (job: Job) => {
  const reply = await run(job).then(
    (outcome): JobReply => ({ outcome }),
    (error: Error): JobReply => ({ fault: error.stack ?? error.message }),
  );
  parentPort?.postMessage(reply);
});
