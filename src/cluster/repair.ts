// What has happened to a task on its way and is no fault of its own: the coordinator puts it in order and into the queue again.

/** Beginnings of reasons; messages go through Redis as texts. */
export const CHANGED = 'task: it was changed in the queue, or is none of debkd';
export const LOST = 'task: what it is about is not whole in the store';

/** How often a task is put again. */
export const MOST_REPAIRS = 3;

export function isRepairable(reason: string): boolean {
  return reason.startsWith(CHANGED) || reason.startsWith(LOST);
}
