// Threads that each have a session of the same model. They share no memory.
import { openThread, type Thread, ThreadLost } from '../io/thread.ts';
import { HostWorker } from './runtime.ts';
import type { SessionModel, SessionReply, SessionRequest, TensorData } from './session-messages.ts';

type SessionThread = Thread<SessionRequest, SessionReply, never>;

/** Sessions of one model that run at the same time. */
export interface SessionPool {
  /** How many batches can run at the same time: the threads that have not failed. */
  readonly concurrency: number;
  /**
   * Runs a batch on the next free thread. The feeds are copied.
   * @throws ThreadLost if its thread ends first; an Error with the runtime's message if the model fails
   */
  run(feeds: Readonly<Record<string, TensorData>>, tensors: readonly string[]): Promise<readonly TensorData[]>;
  /** Ends the threads. Running batches reject with ThreadLost. */
  release(): void;
}

/**
 * Starts the threads, and waits until each has opened its session or failed.
 * @throws Error if no thread starts
 */
export async function openSessionPool(size: number, model: SessionModel): Promise<SessionPool> {
  const threads = await Promise.all(
    Array.from({ length: size }, () =>
      openThread<SessionRequest, SessionReply>(new URL(PROGRAM, import.meta.url), HostWorker),
    ),
  );
  const started = await Promise.allSettled(
    threads.map(async (thread) => {
      try {
        await answer(thread, { open: model });
        return thread;
      } catch (error) {
        thread.end();
        throw error;
      }
    }),
  );
  const idle = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (idle.length === 0) throw (started[0] as PromiseRejectedResult).reason;
  const alive = new Set(idle);
  const waiting: ((thread: SessionThread | undefined) => void)[] = [];
  const take = async (): Promise<SessionThread> => {
    const thread = idle.pop() ?? (await new Promise<SessionThread | undefined>((resolve) => waiting.push(resolve)));
    if (thread) return thread;
    throw new ThreadLost();
  };
  const drop = (thread: SessionThread): void => {
    thread.end();
    alive.delete(thread);
    if (alive.size === 0) for (const resolve of waiting.splice(0)) resolve(undefined);
  };
  return {
    get concurrency() {
      return alive.size;
    },
    async run(feeds, tensors) {
      if (alive.size === 0) throw new ThreadLost();
      const thread = await take();
      try {
        const reply = await answer(thread, { feeds: plain(feeds), tensors });
        return (reply as { outputs: readonly TensorData[] }).outputs;
      } catch (error) {
        if (error instanceof ThreadLost) drop(thread);
        throw error;
      } finally {
        const next = alive.has(thread) ? waiting.shift() : undefined;
        if (next) next(thread);
        else if (alive.has(thread)) idle.push(thread);
      }
    },
    release() {
      for (const thread of [...alive]) drop(thread);
    },
  };
}

/** @throws ThreadLost; an Error with the runtime's message */
async function answer(thread: SessionThread, request: SessionRequest): Promise<SessionReply> {
  const reply = await thread.request(request);
  if ('failed' in reply) throw new Error(reply.failed);
  return reply;
}

/** The feeds without the methods of tensors, which a message cannot carry. */
function plain(feeds: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, dims, data }]) => [name, { type, dims: [...dims], data }]),
  );
}

// not the literal form that bundlers recognise: many pages never start threads, and Vite's default format of workers cannot hold
// the runtime. A bundle without the program runs teachers in one thread.
const PROGRAM = './session-thread.js';
