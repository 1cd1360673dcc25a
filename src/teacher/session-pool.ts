// Threads that each have a session of the same model. They share no memory.
import { builtin } from '../io/node.ts';
import { type Channel, channelOf } from '../io/thread-channel.ts';
import { HostWorker } from './runtime.ts';
import {
  type SessionModel,
  type SessionReply,
  type SessionRequest,
  type TensorData,
  ThreadLost,
} from './session-messages.ts';

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

/** Time for a thread's program to start. Some hosts never report that it cannot. */
const START_MS = 20_000;

/**
 * Starts the threads, and waits until each has opened its session or failed.
 * @throws Error if no thread starts
 */
export async function openSessionPool(size: number, model: SessionModel): Promise<SessionPool> {
  const threads = await Promise.all(Array.from({ length: size }, openThread));
  const started = await Promise.allSettled(
    threads.map(async (thread) => {
      try {
        await thread.request({ open: model });
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
  const waiting: ((thread: Thread | undefined) => void)[] = [];
  const take = async (): Promise<Thread> => {
    const thread = idle.pop() ?? (await new Promise<Thread | undefined>((resolve) => waiting.push(resolve)));
    if (thread) return thread;
    throw new ThreadLost();
  };
  const drop = (thread: Thread): void => {
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
        const reply = await thread.request({ feeds: plain(feeds), tensors });
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

/** The feeds without the methods of tensors, which a message cannot carry. */
function plain(feeds: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, dims, data }]) => [name, { type, dims: [...dims], data }]),
  );
}

interface Thread {
  /** One at a time. @throws ThreadLost; an Error with the runtime's message */
  request(request: SessionRequest): Promise<SessionReply>;
  end(): void;
}

interface Pending {
  resolve(reply: SessionReply): void;
  reject(error: Error): void;
}

/** Starts a thread, and waits for its program. */
async function openThread(): Promise<Thread> {
  let pending: Pending | undefined;
  let lost: ThreadLost | undefined;
  const channel = await startThread().catch((error: unknown) => {
    lost = new ThreadLost(String(error));
    return undefined;
  });
  const settle = (): Pending | undefined => {
    const settled = pending;
    pending = undefined;
    channel?.keepAlive(false);
    return settled;
  };
  const lose = (reason: string | undefined): void => {
    lost ??= new ThreadLost(reason);
    settle()?.reject(lost);
  };
  const next = (): Promise<SessionReply> =>
    new Promise((resolve, reject) => {
      pending = { resolve, reject };
      channel?.keepAlive(true);
    });
  const thread: Thread = {
    async request(request) {
      if (lost) throw lost;
      const reply = next();
      channel?.send(request);
      return reply;
    },
    end() {
      lose('ended');
      channel?.terminate();
    },
  };
  if (!channel) return thread;
  channel.listen((reply) => {
    if ('failed' in reply) settle()?.reject(new Error(reply.failed));
    else settle()?.resolve(reply);
  }, lose);
  const late = setTimeout(() => lose('it did not start'), START_MS);
  await next().catch(() => undefined);
  clearTimeout(late);
  return thread;
}

// not the literal form that bundlers recognise: many pages never start threads, and Vite's default format of workers cannot hold
// the runtime. A bundle without the program runs teachers in one thread.
const PROGRAM = './session-thread.js';

async function startThread(): Promise<Channel<SessionRequest, SessionReply>> {
  const program = new URL(PROGRAM, import.meta.url);
  const worker = HostWorker ? new HostWorker(program, { type: 'module' }) : await nodeThread(program);
  return channelOf<SessionRequest, SessionReply>(worker) as Channel<SessionRequest, SessionReply>;
}

async function nodeThread(program: URL): Promise<object> {
  const threads = await builtin<typeof import('node:worker_threads')>('node:worker_threads');
  return new threads.Worker(program);
}
