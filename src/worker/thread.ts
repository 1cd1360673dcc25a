// The worker's side: runs the calls of the library, several at a time.
import * as library from '../index.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { Progress } from '../io/progress.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { Reply, Request } from './messages.ts';
import { packError } from './packed-error.ts';
import { buffersOf, isTeacherHandle, mapObjects, pack, teacherHandle, unpack } from './packed-value.ts';

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

const port = await openPort();
const running = new Map<string, AbortController>();
const teachers = new Map<string, Teacher>();

port.listen((message) => {
  if ('abort' in message) running.get(message.id)?.abort(new Error('aborted'));
  else if ('dispose' in message) {
    teachers.get(message.dispose)?.[dispose]();
    teachers.delete(message.dispose);
  } else void answer(message);
});
port.postMessage({ ready: true }, []);

async function answer({ id, call, args, cancellable }: Extract<Request, { call: string }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const value = pack(await perform(id, call, args.map(restore), cancellable ? controller.signal : undefined));
    port.postMessage({ id, value }, buffersOf(value));
  } catch (error) {
    port.postMessage({ id, error: packError(error) }, []);
  } finally {
    running.delete(id);
  }
}

async function perform(
  id: string,
  call: string,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const method = functionOf(call);
  const callArgs =
    call === 'loadTeacher'
      ? [args[0], { ...(args[1] as object | undefined), onRuntime }]
      : signal
        ? [...args.slice(0, -1), { ...(args.at(-1) as object), signal, onProgress }]
        : args;
  const value = await method(...callArgs);
  if (call !== 'loadTeacher') return value;
  teachers.set(id, value as Teacher);
  const { convention, sha256, width, reading } = value as Teacher;
  return { ...teacherHandle(id), convention, sha256, width, reading };

  function onRuntime(busy: boolean): void {
    port.postMessage({ id, busy }, []);
  }
  function onProgress(progress: Progress): void {
    port.postMessage({ id, progress }, []);
  }
}

function functionOf(name: string): (...args: unknown[]) => unknown {
  const known: { readonly [name: string]: unknown } = { ...library };
  // classes begin with a capital, constants have nothing else
  const functions = Object.keys(known).filter((key) => /^[a-z]/.test(key));
  if (functions.includes(name)) return known[name] as (...args: unknown[]) => unknown;
  const near = nearest(name, functions);
  throw new DebkdError(
    'value',
    name in known
      ? `worker: ${name} is no function; import it from debkd itself`
      : `worker: debkd has no function ${quote(name)}; ${near ? `did you mean ${near}?` : 'its functions are the names that debkd exports'}`,
  );
}

/** Unpacks an argument, and replaces handles of teachers by the teachers. */
function restore(value: unknown): unknown {
  return mapObjects(unpack(value), (object) => (isTeacherHandle(object) ? teacherOf(object.id) : undefined));
}

function teacherOf(id: string): Teacher {
  const teacher = teachers.get(id);
  if (teacher) return teacher;
  throw new DebkdError(
    'teacher',
    'worker: this teacher was disposed of, or belongs to another worker; load it in this one',
  );
}
