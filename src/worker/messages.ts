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

function isPlain(value: object): boolean {
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

/** What is copied as it is. */
const COPIED =
  /^(ArrayBuffer|SharedArrayBuffer|Blob|File|Date|RegExp|Set|Error|Boolean|Number|String|WebAssembly\.Module)$/;
const AWAY = 'leave it out, or import debkd itself in a worker of your own and call it there';

/** What of a packed value cannot be sent, or would arrive without its methods, and the way out. @param at what to call it */
export function unsendable(value: unknown, at: string): string | undefined {
  if (typeof value === 'function') return `${at} is a function, which cannot be sent to a worker; ${AWAY}`;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (COPIED.test(kind)) return undefined;
  if (kind === 'Promise') return `${at} is a promise; await it`;
  if (kind === 'Response')
    return `${at} is a Response, which cannot be sent to a worker; give its address, or await its blob()`;
  if ('margins' in value && typeof value.margins === 'function')
    return `${at} is a teacher of this thread; load it with loadTeacher of this worker`;
  const named = value instanceof Map || Array.isArray(value);
  if (!named && !isPlain(value) && Object.getOwnPropertyNames(Object.getPrototypeOf(value)).length > 1)
    return `${at} is a ${value.constructor.name} with methods, which cannot be sent to a worker; ${AWAY}`;
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const found = unsendable(
      item,
      named ? `${at}[${JSON.stringify(Array.isArray(value) ? +key : key)}]` : `${at}.${key}`,
    );
    if (found) return found;
  }
  return undefined;
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
