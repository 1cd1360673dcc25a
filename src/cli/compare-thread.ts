// A thread of thread-pool.ts: runs the jobs it is sent, one at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { type CompareInputs, type Job, openJobs } from '../compare/job.ts';
import type { ThreadReply } from './thread-pool.ts';

const run = openJobs(workerData as CompareInputs);
parentPort?.on('message', async (job: Job) => {
  const reply = await run(job).then(
    (outcome): ThreadReply => ({ outcome }),
    (error: Error): ThreadReply => ({ fault: error.stack ?? error.message }),
  );
  parentPort?.postMessage(reply);
});
