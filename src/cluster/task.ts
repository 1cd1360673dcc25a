// Tasks are the only data in Redis. Their inputs and results are in the store, under keys.
import type { Job } from '../compare/job.ts';
import { ALL_METHODS } from '../compare/methods.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { alteredTask } from './requeue.ts';
import { isSigned, type Signer } from './signature.ts';
import { isKey } from './store.ts';

interface TaskBase {
  /** The build of the coordinator; workers of another build refuse the task. */
  readonly build: string;
  /** The key of its result in the store, which identifies the task. */
  readonly key: string;
  /** The name of the task in messages. */
  readonly title: string;
}

/** Computes the teacher's margins of a block of rows or, with `layer`, its features. */
export interface LabelTask extends TaskBase {
  /** Tells a LabelTask from a CompareTask. */
  readonly kind: 'labels';
  /** The key of the packed teacher. */
  readonly teacher: string;
  /** The key of the rows. */
  readonly rows: string;
  /** The number of rows. */
  readonly count: number;
  /** The tensor to read instead of the output; default: the output. */
  readonly layer?: string;
}

/** Computes a part of a comparison. */
export interface CompareTask extends TaskBase {
  /** The de-biased labels of a seed, a student of one setting, or a whole cell (method and seed). */
  readonly kind: 'debiased' | 'student' | 'cell';
  /** The key of the inputs of the comparison. */
  readonly inputs: string;
  /** The method and the seed. */
  readonly job: Job;
  /** For kind `student`: the index of the setting in the method's list. */
  readonly setting?: number;
}

/** A task of a worker. */
export type Task = LabelTask | CompareTask;

/** Parses the data of a job. @throws DebkdError `task` if it is not a task, is from another build, or has no valid signature */
export function parseTask(data: unknown, build: string, signer?: Signer): Task {
  const task = (data ?? {}) as { readonly [name: string]: unknown };
  if (typeof task['build'] === 'string' && task['build'] !== build) {
    throw new DebkdError('task', {
      subject: 'task',
      seen: `from build ${quote(task['build'])} of debkd`,
      expected: `build ${quote(build)}`,
      remedy: 'install the same build on all machines',
    });
  }
  const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const { kind, job, setting } = task as { kind?: unknown; job?: Partial<Job>; setting?: unknown };
  const named = task['build'] === build && isKey(task['key']) && typeof task['title'] === 'string';
  const labels =
    kind === 'labels' &&
    isKey(task['teacher']) &&
    isKey(task['rows']) &&
    whole(task['count']) &&
    ['string', 'undefined'].includes(typeof task['layer']);
  const compares =
    ['debiased', 'student', 'cell'].includes(kind as string) &&
    isKey(task['inputs']) &&
    ALL_METHODS.includes(job?.method as Job['method']) &&
    whole(job?.seed) &&
    (kind === 'student' ? whole(setting) : setting === undefined);
  if (!named || !(labels || compares) || !isSigned(task, signer)) throw alteredTask();
  return data as Task;
}
