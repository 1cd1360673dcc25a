// The worker's side: runs calls, several at a time. Teachers and open images stay in the worker that opens them.
import type { ImageFiles } from '../data/image-files.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, nearest, printable, quote } from '../io/errors.ts';
import { packError } from '../io/packed-error.ts';
import type { Progress } from '../io/progress.ts';
import type { Source } from '../io/source.ts';
import { openPort } from '../io/thread-port.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { TeacherOptions } from '../teacher/teacher-options.ts';
import { uncloneable } from './cloneable.ts';
import { idGenerator } from './ids.ts';
import { imagesHandle, isImagesHandle, isOpenImages } from './images-handle.ts';
import type { Reply, Request } from './messages.ts';
import { buffersOf, mapObjects, pack, unpack } from './packed-value.ts';
import { callSubject } from './pending-calls.ts';
import { isTeacherHandle, teacherHandle } from './teacher-handle.ts';

/** Functions of the thread for the functions that it serves. */
export interface Host {
  /** The library's loadTeacher. It also reports to the caller when the ONNX runtime works; the caller limits that time. */
  loadTeacher(source: Source, options?: TeacherOptions): Promise<Teacher>;
}

/** Returns a loadTeacher that reports in pairs of `true` and `false`, which allows the caller to count working teachers. */
function openLoader(report: (busy: boolean) => void): Host['loadTeacher'] {
  return async (source, options) => {
    let opening = true;
    let busy = false;
    const onRuntime = (now: boolean): void => {
      // opening reports the start of each step and the end of the last; the time limit applies to each step
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
 * Serves functions to the thread that started this one. If the last argument of a call has
 * `signal` or `onProgress`, the function receives both: they pass on the caller's abort, and report progress to the caller.
 * @param open returns the functions by name; other values, and names that begin with a capital letter, cannot be called
 */
export async function serve(open: (host: Host) => object): Promise<void> {
  const port = await openPort<Request, Reply>();
  const known = open({ loadTeacher: openLoader((busy) => port.postMessage({ busy }, [])) }) as Readonly<
    Record<string, unknown>
  >;
  const running = new Map<string, AbortController>();
  const teachers = new Map<string, Teacher>();
  // images of the caller's tables and datasets; the worker cannot know when those are gone
  const images = new Map<string, ImageFiles>();
  const imageIds = new WeakMap<ImageFiles, string>();
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
      const packed = isTeacher(value) ? keep(value) : pack(value, keepImages);
      try {
        port.postMessage({ id, value: packed }, buffersOf(packed));
      } catch (error) {
        const problem = uncloneable(packed, `${callSubject(call)}, result`);
        throw problem ? new DebkdError('value', problem) : error;
      }
    } catch (error) {
      port.postMessage({ id, error: packError(error) }, []);
    } finally {
      running.delete(id);
    }
  };

  /** Keeps a teacher and returns its handle for the caller. */
  const keep = (teacher: Teacher): object => {
    const id = nextId();
    teachers.set(id, teacher);
    const { convention, sha256, width, reading } = teacher;
    return { ...teacherHandle(id), convention, sha256, width, reading };
  };

  /** Keeps open images and returns their handle; undefined for any other object. */
  const keepImages = (object: object): object | undefined => {
    if (!isOpenImages(object)) return undefined;
    const id = imageIds.get(object) ?? nextId();
    imageIds.set(object, id);
    images.set(id, object);
    return imagesHandle({ id, name: object.name });
  };

  /** Unpacks an argument and replaces handles by their teachers and images. */
  const restore = (value: unknown): unknown =>
    mapObjects(unpack(value), (object) => {
      if (isImagesHandle(object)) {
        const opened = images.get(object.id);
        if (opened) return opened;
        throw new DebkdError('value', {
          subject: `images ${quote(object.name, 200)}`,
          seen: 'opened in another worker',
          remedy: 'open them in this worker',
        });
      }
      if (!isTeacherHandle(object)) return undefined;
      const teacher = teachers.get(object.id);
      if (teacher) return teacher;
      throw new DebkdError('teacher', {
        subject: 'teacher',
        seen: 'disposed, or loaded in another worker',
        remedy: 'load it in this worker',
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
  // names of classes and constants begin with a capital letter
  const functions = Object.keys(known).filter((key) => /^[a-z]/.test(key));
  if (functions.includes(name)) return known[name] as (...args: unknown[]) => unknown;
  const near = nearest(name, functions);
  throw new DebkdError('value', {
    subject: callSubject(printable(name)),
    seen: name in known ? 'not a function' : 'debkd has no such function',
    remedy:
      name in known ? 'import it from debkd' : near ? `did you mean ${near}?` : 'call a function that debkd exports',
  });
}
