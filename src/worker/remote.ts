// The functions that can be called in a worker: those of the library, except those that take or make functions or open files.
import type * as library from '../index.ts';
import { DebkdError } from '../io/errors.ts';
import type { Teacher } from '../teacher/teacher.ts';

type Library = typeof library;
type Functions = { [K in keyof Library as Library[K] extends (...args: never[]) => unknown ? K : never]: Library[K] };

/** Functions that take or make what a message cannot carry. */
type NotCallable = 'customLoss' | 'openBrowserCache' | 'openDiskCache' | 'storeTable';
/** Why they cannot be called in a worker. */
const NOT_CALLABLE: { readonly [K in NotCallable]: string } = {
  openDiskCache: 'makes a cache',
  openBrowserCache: 'makes a cache',
  customLoss: 'takes a function',
  storeTable: 'makes an open file',
};

/** A teacher that was loaded in the worker: give it to calls of the same worker. */
export interface RemoteTeacher extends Pick<Teacher, 'convention' | 'sha256' | 'width' | 'reading'>, Disposable {}

/** A function of the library as a call: arguments are copied, results are moved; teachers are those of this worker. */
export type Remote<F> = F extends (...args: infer A) => infer R
  ? (
      ...args: { [I in keyof A]: WithRemoteTeacher<A[I]> }
    ) => Promise<R extends Promise<Teacher> ? RemoteTeacher : Awaited<R>>
  : never;
/** An argument as it is given here: a teacher is one of this worker. */
export type WithRemoteTeacher<T> = T extends Teacher
  ? RemoteTeacher
  : T extends { readonly teacher: Teacher }
    ? Omit<T, 'teacher'> & { readonly teacher: RemoteTeacher }
    : T;

/**
 * The functions of debkd, in a worker; `using` or Symbol.dispose ends it. Those that take or make functions or open files are
 * not among them, nor can options that hold some (a cache, a loss of your own) be given: for these import debkd in a worker of
 * your own.
 */
export type DebkdWorker = {
  readonly [K in Exclude<keyof Functions, NotCallable>]: Remote<Functions[K]>;
} & Disposable;

/** @throws DebkdError `value` for a name that cannot be called in a worker */
export function checkCallable(name: string): void {
  if (!Object.hasOwn(NOT_CALLABLE, name)) return;
  throw new DebkdError('value', {
    subject: 'worker',
    seen: `${name} ${NOT_CALLABLE[name as NotCallable]}, which cannot be sent to a worker`,
    remedy: 'import debkd itself in a worker of your own and call it there',
  });
}
