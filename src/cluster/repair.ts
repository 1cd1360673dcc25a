// Failures that are not the task's own fault: it was changed in the queue, or its inputs were damaged. The coordinator queues it again.

/** Beginnings of reasons; messages go through Redis as texts. */
export const CHANGED = 'task: it was changed in the queue, or is none of debkd';
export const LOST = 'task: what it is about is not whole in the store';

/** How often a task is put again. */
export const MAX_REPAIRS = 3;

export function isRepairable(reason: string): boolean {
  return reason.startsWith(CHANGED) || reason.startsWith(LOST);
}
