// The line to a worker of either kind: of the web, or of worker_threads.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { WorkerOptions } from './client.ts';
import { failure, type Line, UNREAD, type WebWorker, webLine } from './web-line.ts';

type Thread = import('node:worker_threads').Worker;

/** The line to a worker that is given, or made here. @throws DebkdError `wasm` or `value` */
export async function openLine({ worker }: Pick<WorkerOptions, 'worker'>): Promise<Line> {
  const made = (worker ?? (await makeWorker())) as WebWorker | Thread;
  if ('addEventListener' in made) return webLine(made);
  if ('on' in made) return threadLine(made);
  throw new DebkdError('value', 'worker: `worker` has no events, expected a Worker that runs debkd/worker-thread');
}

function threadLine(thread: Thread): Line {
  return {
    send: (message) => thread.postMessage(message),
    end: () => void thread.terminate(),
    hold: (on) => (on ? thread.ref() : thread.unref()),
    listen(onReply, onFailure) {
      thread.on('message', onReply);
      thread.on('messageerror', () => onFailure(UNREAD));
      thread.on('error', ({ message }) => onFailure(message));
      thread.on('exit', (code) => onFailure(`it exited with code ${code}`));
    },
  };
}

async function makeWorker(): Promise<object> {
  // where the ONNX runtime was loaded, this may be the Worker of worker_threads
  const web = typeof Worker === 'function' && 'addEventListener' in Worker.prototype;
  const threads =
    !web &&
    (await builtin<typeof import('node:worker_threads')>('node:worker_threads').catch(() => {
      throw new DebkdError('wasm', 'worker: this host has no workers; call debkd itself');
    }));
  try {
    // the literal form is what bundlers look for
    return threads
      ? new threads.Worker(new URL('./thread.js', import.meta.url))
      : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw failure((error as Error).message, false);
  }
}
