// Errors about failed tasks.
import { DebkdError, type ErrorParts } from '../io/errors.ts';
import { describeRemedy, nameParameter, type Remedy } from '../io/remedies.ts';

/** How many failed tasks a message shows. */
const MAX_SHOWN = 5;

/** Whether a task failed, and not the cluster. */
export function isTaskError(error: unknown): error is DebkdError {
  return error instanceof DebkdError && error.code === 'task';
}

/** An error without its remedies, for notes and lists. */
export function summaryOf({ subject, seen, expected }: ErrorParts): string {
  return `${subject}: ${seen}${expected === undefined ? '' : `, expected ${expected}`}`;
}

/** Shows the first few failures and their remedies. @param total the number of all tasks */
export function tasksFailed(failures: readonly DebkdError[], total: number): DebkdError {
  const shown = failures.slice(0, MAX_SHOWN);
  const more = failures.length > MAX_SHOWN ? `; and ${failures.length - MAX_SHOWN} more` : '';
  const remedies = new Map<string, Remedy>();
  for (const remedy of shown.flatMap((failure) => failure.remedies))
    remedies.set(describeRemedy(remedy, nameParameter), remedy);
  return new DebkdError('task', {
    subject: 'cluster',
    seen: `${failures.length} of ${total} tasks failed: ${shown.map(summaryOf).join('; ')}${more}`,
    remedy: [...remedies.values(), 'run the same again to retry the failed tasks (the store keeps the other results)'],
    cause: failures[0],
  });
}

/** @throws DebkdError `task` that names the tasks that failed; any other error that one of them was rejected with */
export function throwFailures(results: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const other = reasons.find((error) => !isTaskError(error));
  if (other !== undefined) throw other;
  const failures = reasons.filter(isTaskError);
  if (failures.length > 0) throw tasksFailed(failures, results.length);
}
