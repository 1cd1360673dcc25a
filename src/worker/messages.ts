// What passes between a page and the worker that does its work: calls, progress, aborts, answers. Plain data; students and
// teachers are told from other objects by a mark.
import { DebkdError, type ErrorCode } from '../io/errors.ts';
import type { Progress } from '../io/progress.ts';
import { Student, type StudentData } from '../student/student.ts';

export type Request =
  | {
      readonly id: number;
      readonly call: string;
      readonly args: readonly unknown[];
      readonly watched: boolean;
    }
  | { readonly id: number; readonly abort: true };

export type Reply =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly busy: boolean }
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: PackedError;
    };

interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode | undefined;
  readonly field?: string | undefined;
}

const MARK = 'debkd:kind';

/** A teacher that stays in the worker. */
export interface TeacherMark {
  readonly [MARK]: 'teacher';
  readonly id: number;
}

export const teacherMark = (id: number): TeacherMark => ({ [MARK]: 'teacher', id });
export const isTeacherMark = (value: object): value is TeacherMark => (value as TeacherMark)[MARK] === 'teacher';

/** Copies plain objects and arrays, changing what `change` knows; numbers in typed arrays stay where they are. */
export function mapObjects(value: unknown, change: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)]));
}

/** Students as data that says so. */
export function packStudents(value: unknown): unknown {
  return mapObjects(value, (object) =>
    object instanceof Student ? { [MARK]: 'student', data: { ...object } } : undefined,
  );
}

export function unpackStudents(value: unknown): unknown {
  return mapObjects(value, (object) =>
    (object as { [MARK]?: string })[MARK] === 'student'
      ? new Student((object as unknown as { data: StudentData }).data)
      : undefined,
  );
}

/** The memory of all typed arrays in a value, once each. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  mapObjects(value, (object) => {
    if (ArrayBuffer.isView(object) && object.buffer instanceof ArrayBuffer) found.add(object.buffer);
    return ArrayBuffer.isView(object) ? object : undefined;
  });
  return [...found];
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
