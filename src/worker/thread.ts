// The worker's side: does what it is called for, one call beside another, with the whole library at hand.
import * as library from '../index.ts';
import { builtin } from '../io/node.ts';
import type { Teacher } from '../teacher/onnx.ts';
import {
  buffersOf,
  isTeacherMark,
  mapObjects,
  packError,
  packStudents,
  type Reply,
  type Request,
  teacherMark,
  unpackStudents,
} from './messages.ts';

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
  if (typeof scope.postMessage === 'function') {
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
const running = new Map<number, AbortController>();
const teachers = new Map<number, Teacher>();

port.listen((message) => {
  if ('abort' in message) running.get(message.id)?.abort(new Error('aborted'));
  else void answer(message);
});

async function answer({ id, call, args, watched }: Extract<Request, { call: string }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const value = packStudents(await perform(id, call, args.map(restore), watched ? controller.signal : undefined));
    port.postMessage({ id, value }, buffersOf(value));
  } catch (error) {
    port.postMessage({ id, error: packError(error) }, []);
  } finally {
    running.delete(id);
  }
}

async function perform(
  id: number,
  call: string,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (call === 'dispose') {
    const [of] = args as [number];
    teachers.get(of)?.[Symbol.dispose]();
    teachers.delete(of);
    return undefined;
  }
  const act = (library as unknown as { readonly [name: string]: (...args: unknown[]) => unknown })[call];
  if (typeof act !== 'function')
    throw new library.DebkdError(
      'value',
      `worker: debkd has no function ${JSON.stringify(call)}; see its index of names`,
    );
  const given =
    call === 'loadTeacher'
      ? [args[0], { ...(args[1] as object | undefined), onRuntime }]
      : signal
        ? [...args.slice(0, -1), { ...(args.at(-1) as object), signal, onProgress }]
        : args;
  const value = await act(...given);
  if (call !== 'loadTeacher') return value;
  teachers.set(id, value as Teacher);
  const { convention, sha256, width, reading, layers } = value as Teacher & { layers?: unknown };
  return { ...teacherMark(id), convention, sha256, width, reading, layers };

  function onRuntime(busy: boolean): void {
    port.postMessage({ id, busy }, []);
  }
  function onProgress(progress: library.Progress): void {
    port.postMessage({ id, progress }, []);
  }
}

/** Marks of teachers as the teachers, data of students as students. */
function restore(value: unknown): unknown {
  const students = unpackStudents(value);
  return mapObjects(students, (object) => (isTeacherMark(object) ? teachers.get(object.id) : undefined));
}
