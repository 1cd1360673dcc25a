// Threads for the tasks of one call. They start with the first task and share no memory.
import { dispose } from '../io/dispose.ts';
import { unpackError } from '../io/packed-error.ts';
import { openThread, type Thread, ThreadLost } from '../io/thread.ts';
import type { Threads, ThreadTask } from '../io/threads.ts';
import type { TaskReply, TaskRequest } from './messages.ts';

// not the literal form that bundlers recognise: a bundle without the program runs all tasks in one thread
const PROGRAM = './work-thread.js';

interface TaskThread {
  readonly thread: Thread<TaskRequest, TaskReply, unknown>;
  /** The numbers of the shared objects that it has. */
  has: ReadonlySet<number>;
}

let held: (Threads & Disposable) | undefined;

/**
 * Keeps threads for all calls with as many of them until the result is disposed of: a second call then finds them started. A program that
 * makes one call after another holds them; calls at the same time would wait for each other's tasks.
 */
export function holdThreads(size: number): Disposable {
  const threads = startThreads(size);
  held = threads;
  return {
    [dispose]() {
      if (held === threads) held = undefined;
      threads[dispose]();
    },
  };
}

/** Returns threads for one call, to be disposed of at its end. @param size the most threads, 2 or more */
export function openThreads(size: number): Threads & Disposable {
  if (held?.size !== size) return startThreads(size);
  const { run } = held;
  return { size, run, [dispose]: () => undefined };
}

/** Returns threads that end when the result is disposed of. */
function startThreads(size: number): Threads & Disposable {
  const idle: TaskThread[] = [];
  const all = new Set<TaskThread>();
  let starting = 0;
  let failed = false;
  let ended = false;
  let waiting: (() => void)[] = [];
  const numbers = new WeakMap<object, number>();
  let last = 0;
  // tasks in this thread would disturb each other's kernel memory
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const numberOf = (object: object): number => {
    const number = numbers.get(object) ?? ++last;
    numbers.set(object, number);
    return number;
  };
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  /** A free thread, or a new one; undefined where none is left. */
  const take = async (): Promise<TaskThread | undefined> => {
    for (;;) {
      const free = idle.pop();
      if (free) return free;
      if (ended || (failed && all.size === 0)) return undefined;
      if (!failed && all.size + starting < size) {
        starting++;
        const thread = await openThread<TaskRequest, TaskReply, unknown>(new URL(PROGRAM, import.meta.url));
        starting--;
        const opened = { thread, has: new Set<number>() };
        if (ended || thread.lost) {
          thread.end();
          failed = true;
          wake();
          continue;
        }
        all.add(opened);
        return opened;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const runIn = async (taken: TaskThread, task: ThreadTask, onNews: (news: unknown) => void): Promise<unknown> => {
    const shared = task.shared.map(numberOf);
    const fresh = task.shared.flatMap((object, i) => {
      const number = shared[i] as number;
      return taken.has.has(number) ? [] : [[number, object] as const];
    });
    taken.has = new Set(shared);
    const reply = await taken.thread.request({ name: task.name, args: task.args, shared, fresh }, onNews);
    if ('error' in reply) throw unpackError(reply.error);
    return reply.value;
  };
  return {
    size,
    async run<Result>(
      task: ThreadTask,
      here: () => Promise<Result>,
      onNews: (news: never) => void = () => undefined,
    ): Promise<Result> {
      const taken = await take();
      if (!taken) {
        if (ended) throw new ThreadLost('ended');
        return inTurn(here);
      }
      try {
        const value = await runIn(taken, task, onNews as (news: unknown) => void);
        idle.push(taken);
        return value as Result;
      } catch (error) {
        if (!(error instanceof ThreadLost)) {
          idle.push(taken);
          throw error;
        }
        all.delete(taken);
        // out of memory, perhaps: no thread replaces it
        failed = true;
        if (ended) throw error;
        return inTurn(here);
      } finally {
        wake();
      }
    },
    [dispose]() {
      ended = true;
      for (const { thread } of all) thread.end();
      wake();
    },
  };
}
