// A comparison by a cluster. Each cell is a task; with tuning, so are the de-biased labels of each seed and then each setting.
import { type CompareInputs, inputsDigest } from '../compare/compare-inputs.ts';
import type { Pool } from '../compare/compare-options.ts';
import type { Job, Outcome } from '../compare/job.ts';
import { type JobPart, jobKey } from '../compare/job-keys.ts';
import { methodSpec } from '../compare/methods.ts';
import { decodeOutcome } from '../compare/outcome.ts';
import { notApplicable } from '../compare/run-jobs.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { once } from '../io/once.ts';
import { packPlain } from '../io/plain.ts';
import type { Cluster } from './cluster.ts';
import { MAX_REQUEUES } from './requeue.ts';
import { isTaskError, summaryOf, tasksFailed } from './task-error.ts';

/** Cells in the queue at a time. */
const MAX_CONCURRENT = 512;

/** The `pool` option of compare. It collects the errors of failed tasks. */
export interface ClusterPool {
  (inputs: CompareInputs): Pool;
  /** Call it after compare. @throws DebkdError `task` that names the first five cells whose tasks failed */
  check(): void;
}

/**
 * Makes the `pool` option of compare. A method that is not applicable becomes a row with its reason, as on one machine. If no worker can
 * run a task, the row of its cell has the reason, and `check` throws.
 * @example
 * const pool = clusterPool(cluster);
 * const comparison = await compare(['hard', 'kd', 'debiased'], { teacher, data, student, cache: cluster.store, pool });
 * pool.check();
 */
export function clusterPool(cluster: Cluster): ClusterPool {
  const failures: DebkdError[] = [];
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
          failures.push(error.within(`${job.method} of seed ${job.seed}`));
          return { kind: 'failed', why: summaryOf(error), seconds: 0 };
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
  /** The task of the de-biased labels of each seed. All methods share it. */
  readonly #debiased = new Map<number, Promise<void>>();
  readonly #upload: () => Promise<string>;

  constructor(cluster: Cluster, inputs: CompareInputs) {
    this.#cluster = cluster;
    this.#inputs = inputs;
    this.#digest = inputsDigest(inputs);
    this.#upload = once(() => cluster.upload(() => packPlain(inputs)));
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
      subject: `store ${quote(store.location, 200)}`,
      seen: `the result of the task was damaged after each of ${MAX_REQUEUES + 1} attempts`,
      remedy: 'check the storage',
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
    const title = `${job.method} of seed ${job.seed}${setting === undefined ? '' : `, setting ${setting + 1}`}`;
    const key = this.#keyOf(kind, job, setting);
    const inputs = await this.#upload();
    await this.#cluster.run({ kind, key, title, inputs, job, ...(setting !== undefined && { setting }) });
  }

  #keyOf(part: JobPart, job: Job, setting?: number): string {
    return jobKey({ inputs: this.#inputs, digest: this.#digest }, part, job, setting) as string;
  }
}
