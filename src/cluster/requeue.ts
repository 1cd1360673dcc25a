// Failures that are not the task's own fault: it was altered in the queue, or its inputs were damaged. The coordinator queues the task
// again.
import { DebkdError } from '../io/errors.ts';

const QUEUED_TASK = 'queued task';
/** The subject of errors about a task's inputs in the store. */
export const TASK_INPUTS = 'task inputs';

/** How often a task is queued again. */
export const MAX_REQUEUES = 3;

/** @param why what shows it, where it is known */
export function alteredTask(why?: string): DebkdError {
  return new DebkdError('task', {
    subject: QUEUED_TASK,
    seen: `altered in the queue, or not a task of debkd${why === undefined ? '' : ` (${why})`}`,
    remedy: 'use a queue that nothing else writes to',
  });
}

export function isRequeueable({ subject }: DebkdError): boolean {
  return subject === QUEUED_TASK || subject === TASK_INPUTS;
}
