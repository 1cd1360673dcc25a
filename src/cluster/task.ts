// Tasks: all that Redis holds. Their inputs and results are in the store, under keys.
import type { Job } from '../compare/job.ts';
import { ALL_METHODS } from '../compare/methods.ts';
import { DebkdError, problemOf } from '../io/errors.ts';
import { TASK_ALTERED } from './requeue.ts';
import { isSigned, type Signer } from './signature.ts';
import { isKey } from './store.ts';

interface TaskBase {
  /** The build that made it; workers of another build refuse it. */
  readonly build: string;
  /** The key of its result in the store, which identifies the task. */
  readonly key: string;
  /** Its name in messages. */
  readonly title: string;
}

/** The teacher's margins of some rows; or, with `layer`, its features. */
export interface LabelTask extends TaskBase {
  /** Soft labels of some rows. */
  readonly kind: 'labels';
  /** Key of the packed teacher. */
  readonly teacher: string;
  /** Key of the rows. */
  readonly rows: string;
  /** How many they are. */
  readonly count: number;
  /** The tensor to read instead of the output. */
  readonly layer?: string;
}

/** A part of a comparison, or a whole cell of it. */
export interface CompareTask extends TaskBase {
  /** Which part of a comparison. */
  readonly kind: 'debiased' | 'student' | 'cell';
  /** Key of the inputs of the comparison. */
  readonly inputs: string;
  /** Method and seed. */
  readonly job: Job;
  /** Of a student: the index of its setting among the method's. */
  readonly setting?: number;
}

/** What a worker can be asked to do. */
export type Task = LabelTask | CompareTask;

/** Parses the data of a job of the queue. @throws DebkdError `task` where it is no task, of another build, or not as it was signed */
export function parseTask(data: unknown, build: string, signer?: Signer): Task {
  const task = (data ?? {}) as { readonly [name: string]: unknown };
  if (typeof task['build'] === 'string' && task['build'] !== build) {
    throw new DebkdError('task', {
      subject: 'task',
      seen: `made by build ${task['build'].slice(0, 40)} of debkd, this is ${build}`,
      remedy: 'run the same on all machines',
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
  if (!named || !(labels || compares) || !isSigned(task, signer))
    throw new DebkdError('task', { ...problemOf(TASK_ALTERED), remedy: 'use a queue that nothing else writes to' });
  return data as Task;
}
