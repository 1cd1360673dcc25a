// Errors as plain data: the problem of a DebkdError, or the name and message of another error.
import { DebkdError, type ErrorCode, type ErrorParts } from './errors.ts';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  /** Only for a DebkdError. */
  readonly problem?: ErrorParts;
}

export function packError(error: unknown): PackedError {
  const { name = 'Error', message = String(error) } = error as Error;
  if (!(error instanceof DebkdError)) return { name, message };
  const { code, subject, seen, expected, remedies, field } = error;
  return { name, message, code, problem: { subject, seen, expected, remedy: remedies, field } };
}

export function unpackError({ name, message, code, problem }: PackedError): Error {
  if (code && problem) return new DebkdError(code, problem);
  const error = new Error(message);
  error.name = name;
  return error;
}
