// Errors as plain data, with the code and the field of a DebkdError.
import { DebkdError, type ErrorCode } from '../io/errors.ts';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode | undefined;
  readonly field?: string | undefined;
}

export function packError(error: unknown): PackedError {
  const { name = 'Error', message = String(error) } = error as Error;
  const { code = undefined, field = undefined } = error instanceof DebkdError ? error : {};
  return { name, message, code, field };
}

export function unpackError({ name, message, code, field }: PackedError): Error {
  if (code) return new DebkdError(code, message, field === undefined ? {} : { field });
  const error = new Error(message);
  error.name = name;
  return error;
}
