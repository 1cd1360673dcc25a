// Failures that are not the task's own fault: the task was altered in the queue, or its inputs were damaged. The coordinator queues it
// again.

/** How the reasons of such failures begin: Redis carries an error as its message alone. */
export const TASK_ALTERED = 'task: it was altered in the queue, or is none of debkd';
export const INPUTS_DAMAGED = 'task: its inputs are not whole in the store';

/** How often a task is queued again. */
export const MAX_REQUEUES = 3;

export function isRequeueable(reason: string): boolean {
  return reason.startsWith(TASK_ALTERED) || reason.startsWith(INPUTS_DAMAGED);
}
