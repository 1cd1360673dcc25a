// A failed task's error as text, because BullMQ keeps only the message of an error: the message for dashboards, then the error as data.
import { DebkdError } from '../io/errors.ts';
import { type PackedError, packError, unpackError } from '../io/packed-error.ts';

/** The reason of a failed task, as a worker gives it to BullMQ. */
export function packReason(error: unknown): string {
  const packed = packError(error);
  return `${packed.message}\n${JSON.stringify(packed)}`;
}

/** The error of a failed task, with the code `task`; its cause is the worker's error where a worker refused the task. */
export function parseReason(reason: string): DebkdError {
  const error = unpackReason(reason);
  if (error instanceof DebkdError) {
    const { subject, seen, expected, remedies, field } = error;
    return new DebkdError('task', { subject, seen, expected, remedy: remedies, field, cause: error });
  }
  // BullMQ's own reason after the last worker has lost the task
  if (/stalled more than/.test(reason))
    return new DebkdError('task', {
      subject: 'workers',
      seen: 'every worker that took the task stopped responding (killed, or out of memory?)',
      remedy: 'check the memory of the workers',
    });
  return new DebkdError('task', { subject: 'worker', seen: `unexpected error (${error?.message ?? reason})` });
}

/** Undefined for a reason that packReason did not make; anybody with access to Redis can write one. */
function unpackReason(reason: string): Error | undefined {
  try {
    const packed = JSON.parse(reason.slice(reason.lastIndexOf('\n') + 1)) as PackedError;
    const { subject, seen } = packed.problem ?? { subject: '', seen: '' };
    return [packed.message, subject, seen].every((part) => typeof part === 'string') ? unpackError(packed) : undefined;
  } catch {
    return undefined;
  }
}
