// A comparison by a cluster: each cell is a task. With tuning, so is each setting, after the de-biased labels of its seed.

import { type CompareInputs, inputsDigest } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { type JobPart, jobKey } from '../compare/job-keys.ts';
import { methodSpec } from '../compare/methods.ts';
import { decodeOutcome } from '../compare/outcome.ts';
import { notApplicable } from '../compare/run-jobs.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { packPlain } from '../io/plain.ts';
import type { Cluster } from './cluster.ts';
import { MAX_REQUEUES } from './requeue.ts';
import { isTaskError, tasksFailed } from './task-error.ts';

/** Cells in work at a time. */
const MAX_CONCURRENT = 512;

/** The `pool` of compare, which collects the reasons of failed tasks. */
export interface ClusterPool {
  (inputs: CompareInputs): Pool;
  /** Call it after compare. @throws DebkdError `task` that names the cells whose tasks failed */
  check(): void;
}

/**
 * The `pool` of compare. A method that is not applicable is a row with its reason, as on one machine. A task that no worker could do is
 * a failure of the cluster: its row has the reason, and `check` throws.
 */
export function clusterPool(cluster: Cluster): ClusterPool {
  const failures: string[] = [];
  let cells = 0;
  const open = (inputs: CompareInputs): Pool => {
    const tasks = new ComparisonTasks(cluster, inputs);
    return {
      size: MAX_CONCURRENT,
      async run(job): Promise<Outcome> {
        cells++;
        const why = notApplicable(job.method, inputs);
        if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
        try {
          return await tasks.runCell(job);
        } catch (error) {
          if (!isTaskError(error)) throw error;
          failures.push(`${job.method} of seed ${job.seed}: ${error.message}`);
          return { kind: 'failed', why: error.message, seconds: 0 };
        }
      },
      [dispose]: () => undefined,
    };
  };
  return Object.assign(open, {
    check() {
      if (failures.length > 0) throw tasksFailed(failures, cells);
    },
  });
}

/** The tasks of one comparison. */
class ComparisonTasks {
  readonly #cluster: Cluster;
  readonly #inputs: CompareInputs;
  readonly #digest: string;
  /** The task of the de-biased labels of each seed, which all methods share. */
  readonly #debiased = new Map<number, Promise<void>>();
  #uploaded: Promise<string> | undefined;

  constructor(cluster: Cluster, inputs: CompareInputs) {
    this.#cluster = cluster;
    this.#inputs = inputs;
    this.#digest = inputsDigest(inputs);
  }

  /** @throws DebkdError `task` */
  async runCell(job: Job): Promise<Outcome> {
    const { store } = this.#cluster;
    const key = this.#keyOf('cell', job);
    for (let attempt = 0; attempt <= MAX_REQUEUES; attempt++) {
      if (this.#inputs.tune && !(await store.has(key))) await this.#runSettings(job);
      await this.#run('cell', job);
      const stored = await store.get(key);
      const outcome = stored && decodeOutcome(key, stored);
      if (outcome) return outcome;
      await store.quarantine(key);
    }
    throw new DebkdError('task', {
      subject: `entry ${key} of the store`,
      seen: 'damaged again after it was computed again',
      remedy: 'check the store',
    });
  }

  /** Trains a student for each setting of the method. */
  async #runSettings(job: Job): Promise<void> {
    const { settings, debiases } = methodSpec(job.method);
    if (debiases) {
      const debiased = this.#debiased.get(job.seed) ?? this.#run('debiased', job);
      this.#debiased.set(job.seed, debiased);
      await debiased;
    }
    const results = await Promise.allSettled(settings.map((_, i) => this.#run('student', job, i)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #run(kind: JobPart, job: Job, setting?: number): Promise<void> {
    this.#uploaded ??= this.#cluster.upload(() => packPlain(this.#inputs));
    const title = `${job.method} of seed ${job.seed}${setting === undefined ? '' : `, setting ${setting + 1}`}`;
    const key = this.#keyOf(kind, job, setting);
    const inputs = await this.#uploaded;
    await this.#cluster.run({ kind, key, title, inputs, job, ...(setting !== undefined && { setting }) });
  }

  #keyOf(part: JobPart, job: Job, setting?: number): string {
    return jobKey({ inputs: this.#inputs, digest: this.#digest }, part, job, setting) as string;
  }
}
