// A comparison by a cluster: each cell is a task; tuned, each setting is one, too, after the de-biased labels of its seed.

import { type CompareInputs, inputsDigest } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { type JobPart, jobKey } from '../compare/job-keys.ts';
import { methodSpec } from '../compare/methods.ts';
import { decodeOutcome } from '../compare/outcome.ts';
import { notApplicable } from '../compare/run-jobs.ts';
import { dispose } from '../io/dispose.ts';
import { packPlain } from '../io/plain.ts';
import type { Cluster } from './coordinator.ts';
import { isOfTask, tasksFailed } from './labels.ts';
import { MAX_REPAIRS } from './repair.ts';

/** Cells in work at a time. */
const SIZE = 512;

/** The `pool` of compare, and what its tasks failed by. */
export interface ClusterPool {
  (inputs: CompareInputs): Pool;
  /** To be called after compare. @throws DebkdError `task` that names the cells whose tasks were not done by any worker */
  check(): void;
}

/**
 * The `pool` of compare. A cell that says why it cannot be is a row that says so, as on one machine; where a task was not done, that is
 * the cluster's fault: the row says so, too, and `check` throws.
 */
export function clusterPool(cluster: Cluster): ClusterPool {
  const failures: string[] = [];
  let cells = 0;
  const pool = (given: CompareInputs): Pool => {
    const digest = inputsDigest(given);
    const debiased = new Map<number, Promise<void>>();
    let uploaded: Promise<string> | undefined;
    const keyOf = (part: JobPart, job: Job, setting?: number): string =>
      jobKey({ inputs: given, digest }, part, job, setting) as string;
    const submit = async (kind: JobPart, job: Job, setting?: number): Promise<void> => {
      uploaded ??= cluster.upload(() => packPlain(given));
      const title = `${job.method} of seed ${job.seed}${setting === undefined ? '' : `, setting ${setting + 1}`}`;
      const inputs = await uploaded;
      const key = keyOf(kind, job, setting);
      await cluster.run({ kind, key, title, inputs, job, ...(setting !== undefined && { setting }) });
    };
    const parts = async (job: Job): Promise<void> => {
      const { settings, debiases } = methodSpec(job.method);
      if (debiases) {
        // one for all methods of a seed, before what needs it
        const known = debiased.get(job.seed) ?? submit('debiased', job);
        debiased.set(job.seed, known);
        await known;
      }
      const ended = await Promise.allSettled(settings.map((_, i) => submit('student', job, i)));
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
    };
    return {
      size: SIZE,
      async run(job): Promise<Outcome> {
        cells++;
        const fail = (reason: string): Outcome => {
          failures.push(`${job.method} of seed ${job.seed}: ${reason}`);
          return { kind: 'failed', why: reason, seconds: 0 };
        };
        const why = notApplicable(job.method, given);
        if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
        const key = keyOf('cell', job);
        try {
          for (let tries = 0; tries <= MAX_REPAIRS; tries++) {
            if (given.tune && !(await cluster.store.has(key))) await parts(job);
            await submit('cell', job);
            const stored = await cluster.store.get(key);
            const outcome = stored && decodeOutcome(key, stored);
            if (outcome) return outcome;
            await cluster.store.setAside(key);
          }
        } catch (error) {
          if (!isOfTask(error)) throw error;
          return fail(error.message);
        }
        return fail(`its entry ${key} in the store was damaged again and again; see to the store`);
      },
      [dispose]: () => undefined,
    };
  };
  return Object.assign(pool, {
    check() {
      if (failures.length > 0) throw tasksFailed(failures, cells);
    },
  });
}
