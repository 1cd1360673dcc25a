// A thread that answers one request at a time: a web worker, or a thread of worker_threads.
import { builtin } from './node.ts';
import { type Channel, channelOf, hasWebWorkers } from './thread-channel.ts';

/** A thread ended before it answered: its request can run elsewhere. */
export class ThreadLost extends Error {}

/** What a thread's program sends: first that it takes requests; then any news of a request, and its reply. */
export type ThreadMessage<Reply, News> =
  | { readonly listens: true }
  | { readonly reply: Reply }
  | { readonly news: News };

/** A thread. It ends with the process, which it does not keep alive while it has no request. */
export interface Thread<Request, Reply, News> {
  /** Whether it could not start, or ended. */
  readonly lost: boolean;
  /** One at a time. @throws ThreadLost */
  request(request: Request, onNews?: (news: News) => void): Promise<Reply>;
  end(): void;
}

interface Pending<Reply, News> {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  onNews?: ((news: News) => void) | undefined;
}

/** Time for a thread's program to start. Some hosts never report that it cannot. */
const START_MS = 20_000;

/**
 * Starts a thread and waits until its program takes requests. Where it does not, every request throws ThreadLost.
 * @param WebWorker the host's class of web workers; default: the global one, if the host has one
 */
export async function openThread<Request, Reply, News = never>(
  program: URL,
  WebWorker: typeof Worker | undefined = hasWebWorkers() ? Worker : undefined,
): Promise<Thread<Request, Reply, News>> {
  let pending: Pending<Reply, News> | undefined;
  let onStart: (() => void) | undefined;
  let lost: ThreadLost | undefined;
  const channel = await start<Request, ThreadMessage<Reply, News>>(program, WebWorker).catch((error: unknown) => {
    lost = new ThreadLost(String(error));
    return undefined;
  });
  const settle = (): Pending<Reply, News> | undefined => {
    const settled = pending;
    pending = undefined;
    channel?.keepAlive(false);
    return settled;
  };
  const lose = (reason: string | undefined): void => {
    lost ??= new ThreadLost(reason);
    onStart?.();
    settle()?.reject(lost);
  };
  const thread: Thread<Request, Reply, News> = {
    get lost() {
      return lost !== undefined;
    },
    async request(request, onNews) {
      if (lost) throw lost;
      const reply = new Promise<Reply>((resolve, reject) => {
        pending = { resolve, reject, onNews };
        channel?.keepAlive(true);
      });
      channel?.send(request);
      return reply;
    },
    end() {
      lose('ended');
      channel?.terminate();
    },
  };
  if (!channel) return thread;
  const started = new Promise<void>((resolve) => {
    onStart = resolve;
  });
  channel.listen((message) => {
    if ('listens' in message) onStart?.();
    else if ('news' in message) pending?.onNews?.(message.news);
    else settle()?.resolve(message.reply);
  }, lose);
  const late = setTimeout(() => lose('it did not start'), START_MS);
  await started;
  clearTimeout(late);
  channel.keepAlive(false);
  return thread;
}

async function start<Sent, Received>(
  program: URL,
  WebWorker: typeof Worker | undefined,
): Promise<Channel<Sent, Received>> {
  const worker = WebWorker ? new WebWorker(program, { type: 'module' }) : await nodeThread(program);
  return channelOf<Sent, Received>(worker) as Channel<Sent, Received>;
}

async function nodeThread(program: URL): Promise<object> {
  const threads = await builtin<typeof import('node:worker_threads')>('node:worker_threads');
  return new threads.Worker(program);
}
