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
import { DebkdError } from '../io/errors.ts';
import { packPlain } from '../io/plain.ts';
import { partKey } from '../student/checkpoint.ts';
import type { Cluster } from './coordinator.ts';

/** Cells in work at a time. */
const SIZE = 512;

/** The `pool` of compare. A cell whose tasks fail is a row that says so. */
export function clusterPool(cluster: Cluster): (inputs: CompareInputs) => Pool {
  return (given) => {
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
        const why = notApplicable(job.method, given);
        if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
        const key = outcomeKey(digest, given.own, job);
        try {
          if (given.tune && !(await cluster.store.has(key))) await parts(job);
          await submit('cell', key, job);
        } catch (error) {
          if (!(error instanceof DebkdError) || error.code !== 'task') throw error;
          return { kind: 'failed', why: error.message, seconds: 0 };
        }
        const stored = await cluster.store.get(key);
        const outcome = stored && decodeOutcome(key, stored);
        return outcome ?? { kind: 'failed', why: `its entry ${key} in the store is damaged; remove it`, seconds: 0 };
      },
      [dispose]: () => undefined,
    };
  };
}
