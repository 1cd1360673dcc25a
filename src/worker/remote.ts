// The types of the functions that can be called in a worker: all of the library except those that take or return functions or open files.
import type * as library from '../index.ts';
import { DebkdError } from '../io/errors.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { OWN_WORKER } from './cloneable.ts';
import { callSubject } from './pending-calls.ts';

type Library = typeof library;
type Functions = { [K in keyof Library as Library[K] extends (...args: never[]) => unknown ? K : never]: Library[K] };

/** Functions whose arguments or results a message cannot carry. */
type NotCallable = 'customLoss' | 'openBrowserCache' | 'openDiskCache' | 'storeTable';
/** The reasons. */
const NOT_CALLABLE: { readonly [K in NotCallable]: string } = {
  openDiskCache: 'returns a cache',
  openBrowserCache: 'returns a cache',
  customLoss: 'takes a function',
  storeTable: 'returns an open file',
};

/** A teacher in the worker that loaded it (loadTeacher) or made it (givenSoftLabels). Only calls of the same worker accept it. */
export interface RemoteTeacher extends Pick<Teacher, 'convention' | 'sha256' | 'width' | 'reading'>, Disposable {}

/** A function of the library, called in a worker: arguments are copied, buffers of results are transferred, teachers are RemoteTeachers. */
export type Remote<F> = F extends (...args: infer A) => infer R
  ? (
      ...args: { [I in keyof A]: WithRemoteTeacher<A[I]> }
    ) => Promise<R extends Teacher | Promise<Teacher> ? RemoteTeacher : Awaited<R>>
  : never;
/** An argument of a call in a worker: each Teacher becomes a RemoteTeacher. */
export type WithRemoteTeacher<T> = T extends Teacher
  ? RemoteTeacher
  : T extends { readonly teacher: Teacher }
    ? Omit<T, 'teacher'> & { readonly teacher: RemoteTeacher }
    : T extends { readonly teacher?: Teacher | undefined; readonly train: unknown }
      ? Omit<T, 'teacher'> & { readonly teacher?: RemoteTeacher | undefined }
      : T;

/**
 * The functions of debkd in a worker; `using` or Symbol.dispose ends the worker. It lacks the functions that take or return functions
 * or open files, and its calls do not accept options that contain functions (a cache, a custom loss): for these, import debkd in a
 * worker of your own.
 */
export type DebkdWorker = {
  readonly [K in Exclude<keyof Functions, NotCallable>]: Remote<Functions[K]>;
} & Disposable;

/** @throws DebkdError `value` if the function cannot be called in a worker */
export function checkCallable(name: string): void {
  if (!Object.hasOwn(NOT_CALLABLE, name)) return;
  throw new DebkdError('value', {
    subject: callSubject(name),
    seen: `it ${NOT_CALLABLE[name as NotCallable]}, which a message cannot carry`,
    remedy: OWN_WORKER,
  });
}
