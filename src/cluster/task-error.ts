// Errors of tasks: which ones failed, and whether an error is one of a task at all.
import { DebkdError } from '../io/errors.ts';

/** How many reasons a message shows. */
const MAX_SHOWN = 5;

/** Whether a task failed, and not the cluster. */
export function isTaskError(error: unknown): error is DebkdError {
  return error instanceof DebkdError && error.code === 'task';
}

/** How many of all tasks failed, and the first of them with their reasons. */
export function tasksFailed(messages: readonly string[], all: number): DebkdError {
  const shown = messages.slice(0, MAX_SHOWN).join('; ');
  const more = messages.length > MAX_SHOWN ? `; and ${messages.length - MAX_SHOWN} more` : '';
  return new DebkdError('task', {
    subject: 'cluster',
    seen: `${messages.length} of ${all} tasks failed: ${shown}${more}`,
    remedy: 'the others are kept in the store, run the same command to try these again',
  });
}

/** @throws DebkdError `task` that names the tasks that failed; any other error that one of them was rejected with */
export function throwFailures(results: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const other = reasons.find((error) => !isTaskError(error));
  if (other) throw other;
  const messages = reasons.map(({ message }) => message);
  if (messages.length > 0) throw tasksFailed(messages, results.length);
}
