// A comparison by a cluster: each cell is a task; tuned, each setting is one, too, after the de-biased labels of its seed.
import type { Pool } from '../compare/compare.ts';
import {
  type CompareInputs,
  debiasedPart,
  inputsDigest,
  type Job,
  notApplicable,
  type Outcome,
  partsKey,
  studentPart,
} from '../compare/job.ts';
import { methodSpec } from '../compare/methods.ts';
import { decodeOutcome, outcomeKey } from '../compare/outcome.ts';
import { dispose } from '../io/dispose.ts';
import { packPlain } from '../io/plain.ts';
import { partKey } from '../student/checkpoint.ts';
import type { Cluster } from './coordinator.ts';
import { isOfTask, tasksFailed } from './labels.ts';

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
    const run = partsKey(digest);
    const debiased = new Map<number, Promise<void>>();
    let uploaded: Promise<string> | undefined;
    const submit = async (
      kind: 'debiased' | 'student' | 'cell',
      key: string,
      job: Job,
      setting?: number,
    ): Promise<void> => {
      uploaded ??= cluster.upload(packPlain(given));
      const title = `${job.method} of seed ${job.seed}${setting === undefined ? '' : `, setting ${setting + 1}`}`;
      const inputs = await uploaded;
      await cluster.run({ kind, key, title, inputs, job, ...(setting !== undefined && { setting }) });
    };
    const parts = async (job: Job): Promise<void> => {
      const { settings, ours } = methodSpec(job.method);
      if (ours) {
        // one for all methods of a seed, before what needs it
        const known = debiased.get(job.seed) ?? submit('debiased', partKey(run, debiasedPart(given, job.seed)), job);
        debiased.set(job.seed, known);
        await known;
      }
      const ended = await Promise.allSettled(
        settings.map((setting, i) => submit('student', partKey(run, studentPart(given, job, setting)), job, i)),
      );
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
        const key = outcomeKey(digest, given.own, job);
        try {
          if (given.tune && !(await cluster.store.has(key))) await parts(job);
          await submit('cell', key, job);
        } catch (error) {
          if (!isOfTask(error)) throw error;
          return fail(error.message);
        }
        const stored = await cluster.store.get(key);
        const outcome = stored && decodeOutcome(key, stored);
        return outcome ?? fail(`its entry ${key} in the store is damaged; remove it`);
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
