// A thread's side: runs the calls of its functions, several at a time. A teacher stays in the thread that loads it.
import { dispose } from '../io/dispose.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { Progress } from '../io/progress.ts';
import type { Source } from '../io/source.ts';
import { loadTeacher, type TeacherOptions } from '../teacher/onnx.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { idGenerator } from './ids.ts';
import type { Reply, Request } from './messages.ts';
import { packError } from './packed-error.ts';
import { buffersOf, mapObjects, pack, unpack } from './packed-value.ts';
import { isTeacherHandle, teacherHandle } from './teacher-handle.ts';

interface Port {
  postMessage(message: Reply, transfer: ArrayBuffer[]): void;
  listen(onMessage: (message: Request) => void): void;
}

/** A web worker's own scope, or the parent's port of worker_threads. */
async function openPort(): Promise<Port> {
  const scope = globalThis as unknown as {
    postMessage?(message: Reply, transfer: ArrayBuffer[]): void;
    onmessage?: (event: { data: Request }) => void;
  };
  // a worker of Bun may be of either kind, and its parentPort receives the messages of both
  if (typeof scope.postMessage === 'function' && !('Bun' in globalThis)) {
    return {
      postMessage: (message, transfer) => scope.postMessage?.(message, transfer),
      listen(onMessage) {
        scope.onmessage = ({ data }) => onMessage(data);
      },
    };
  }
  const { parentPort } = await builtin<typeof import('node:worker_threads')>('node:worker_threads');
  return {
    postMessage: (message, transfer) => parentPort?.postMessage(message, transfer),
    listen: (onMessage) => void parentPort?.on('message', onMessage),
  };
}

/** What a thread offers to the functions that it serves. */
export interface Host {
  /** loadTeacher of the library; the caller learns when the ONNX runtime works, and limits its time. */
  loadTeacher(source: Source, options?: TeacherOptions): Promise<Teacher>;
}

/** loadTeacher that reports in pairs: each `true` has its `false`, so that a caller can count them. */
function openLoader(report: (busy: boolean) => void): Host['loadTeacher'] {
  return async (source, options) => {
    let opening = true;
    let busy = false;
    const onRuntime = (now: boolean): void => {
      // opening reports the start of each step and the end of the last one; the limit holds for each step alone
      if (opening && busy) report(false);
      if (now || !opening) report(now);
      busy = now;
    };
    try {
      return await loadTeacher(source, { ...options, onRuntime });
    } finally {
      opening = false;
    }
  };
}

/**
 * Serves functions to the thread that started this one. The last argument of a call has `signal` and `onProgress` when the caller
 * gave them.
 * @param open makes an object of the functions; other values, and names that begin with a capital, cannot be called
 */
export async function serve(open: (host: Host) => object): Promise<void> {
  const port = await openPort();
  const known = open({ loadTeacher: openLoader((busy) => port.postMessage({ busy }, [])) }) as Readonly<
    Record<string, unknown>
  >;
  const running = new Map<string, AbortController>();
  const teachers = new Map<string, Teacher>();
  const nextId = idGenerator();

  const answer = async ({ id, call, args, cancellable }: Extract<Request, { call: string }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const watch = {
      signal: controller.signal,
      onProgress: (progress: Progress) => port.postMessage({ id, progress }, []),
    };
    try {
      const method = functionOf(known, call);
      const callArgs = args.map(restore);
      const value = await method(
        ...(cancellable ? [...callArgs.slice(0, -1), { ...(callArgs.at(-1) as object), ...watch }] : callArgs),
      );
      const packed = isTeacher(value) ? keep(value) : pack(value);
      port.postMessage({ id, value: packed }, buffersOf(packed));
    } catch (error) {
      port.postMessage({ id, error: packError(error) }, []);
    } finally {
      running.delete(id);
    }
  };

  /** Keeps a teacher. @returns its handle, for the caller */
  const keep = (teacher: Teacher): object => {
    const id = nextId();
    teachers.set(id, teacher);
    const { convention, sha256, width, reading } = teacher;
    return { ...teacherHandle(id), convention, sha256, width, reading };
  };

  /** Unpacks an argument, and replaces handles of teachers by the teachers. */
  const restore = (value: unknown): unknown =>
    mapObjects(unpack(value), (object) => {
      if (!isTeacherHandle(object)) return undefined;
      const teacher = teachers.get(object.id);
      if (teacher) return teacher;
      throw new DebkdError('teacher', {
        subject: 'worker',
        seen: 'this teacher was disposed of, or belongs to another worker',
        remedy: 'load it in this one',
      });
    });

  port.listen((message) => {
    if ('abort' in message) running.get(message.id)?.abort(new Error('aborted'));
    else if ('dispose' in message) {
      teachers.get(message.dispose)?.[dispose]();
      teachers.delete(message.dispose);
    } else void answer(message);
  });
  port.postMessage({ ready: true }, []);
}

const isTeacher = (value: unknown): value is Teacher =>
  typeof value === 'object' && value !== null && 'margins' in value && typeof value.margins === 'function';

function functionOf(known: Readonly<Record<string, unknown>>, name: string): (...args: unknown[]) => unknown {
  // classes begin with a capital, constants have nothing else
  const functions = Object.keys(known).filter((key) => /^[a-z]/.test(key));
  if (functions.includes(name)) return known[name] as (...args: unknown[]) => unknown;
  const near = nearest(name, functions);
  throw new DebkdError('value', {
    subject: 'worker',
    seen: name in known ? `${name} is not a function` : `debkd has no function ${quote(name)}`,
    remedy:
      name in known
        ? 'import it from debkd'
        : near
          ? `did you mean ${near}?`
          : 'its functions are those that debkd exports',
  });
}
