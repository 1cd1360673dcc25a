// What passes between a thread and the one that started it: calls, progress, aborts, answers. Plain data; students, teachers
// and addresses are told from other objects by a mark.
import { DebkdError, type ErrorCode } from '../io/errors.ts';
import type { Progress } from '../io/progress.ts';

export type Request =
  | {
      readonly id: string;
      readonly call: string;
      readonly args: readonly unknown[];
      readonly watched: boolean;
    }
  | { readonly id: string; readonly abort: true }
  /** The id of a teacher's mark. */
  | { readonly dispose: string };

export type Reply =
  | { readonly ready: true }
  | { readonly id: string; readonly progress: Progress }
  /** The ONNX runtime begins or ends to work on something. */
  | { readonly busy: boolean }
  | { readonly id: string; readonly value: unknown }
  | { readonly id: string; readonly error: PackedError };

interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode | undefined;
  readonly field?: string | undefined;
}

/** Ids that calls and teachers of no other worker have: one must not be taken for another. */
export function openIds(): () => string {
  const own = crypto.getRandomValues(new Uint32Array(4)).join('-');
  let count = 0;
  return () => `${own}:${++count}`;
}

/** The property that tells students, teachers and addresses from other objects. */
export const KIND = 'debkd:kind';

/** A teacher that stays in the worker. */
export interface TeacherMark {
  readonly [KIND]: 'teacher';
  readonly id: string;
}

export const teacherMark = (id: string): TeacherMark => ({ [KIND]: 'teacher', id });
export const isTeacherMark = (value: object): value is TeacherMark => (value as TeacherMark)[KIND] === 'teacher';

/** Whether an object is of no class. */
export function isPlain(value: object): boolean {
  const above = Object.getPrototypeOf(value);
  return above === null || Object.getPrototypeOf(above) === null;
}

/** Copies plain objects, arrays and maps, changing what `change` knows; numbers in typed arrays stay where they are. */
export function mapObjects(value: unknown, change: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, mapObjects(item, change)]));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)]));
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
