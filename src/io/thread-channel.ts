// The message channel to a web worker or a thread of worker_threads.

/** A message channel to a worker of either kind. */
export interface Channel<Sent, Received> {
  send(message: Sent): void;
  /** @param onFailure called when the worker fails, ends, or its message is lost; with the reason, if there is one */
  listen(onMessage: (message: Received) => void, onFailure: (reason: string | undefined) => void): void;
  terminate(): void;
  /** Whether the worker keeps the process alive. */
  keepAlive(on: boolean): void;
}

/** The part of a web worker that a channel uses. */
export interface WebWorker<Sent, Received> {
  postMessage(message: Sent): void;
  addEventListener(type: string, listener: (event: Event & { data: Received; message?: string }) => void): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}

type Thread = import('node:worker_threads').Worker;

/** The failure of a worker whose message was lost. */
export const UNREADABLE = 'an answer could not be read (out of memory?)';

/** Opens the channel to a web worker. */
export function webChannel<Sent, Received>(worker: WebWorker<Sent, Received>): Channel<Sent, Received> {
  return {
    send: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    keepAlive: (on) => (on ? worker.ref?.() : worker.unref?.()),
    listen(onMessage, onFailure) {
      worker.addEventListener('message', ({ data }) => onMessage(data));
      worker.addEventListener('messageerror', () => onFailure(UNREADABLE));
      worker.addEventListener('error', (event) => {
        // the calls reject with this error; without preventDefault Deno ends the program
        event.preventDefault();
        onFailure(event.message);
      });
    },
  };
}

/** Opens the channel to a thread of worker_threads. */
export function threadChannel<Sent, Received>(thread: Thread): Channel<Sent, Received> {
  return {
    send: (message) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
    keepAlive: (on) => (on ? thread.ref() : thread.unref()),
    listen(onMessage, onFailure) {
      thread.on('message', onMessage);
      thread.on('messageerror', () => onFailure(UNREADABLE));
      thread.on('error', ({ message }) => onFailure(message));
      thread.on('exit', (code) => onFailure(`exited with code ${code}`));
    },
  };
}

/** Opens the channel to a worker of either kind; undefined if it is neither. */
export function channelOf<Sent, Received>(worker: object): Channel<Sent, Received> | undefined {
  if ('addEventListener' in worker) return webChannel(worker as WebWorker<Sent, Received>);
  return 'on' in worker ? threadChannel(worker as Thread) : undefined;
}

/** Whether the host has web workers. The ONNX runtime may have replaced the global Worker by that of worker_threads. */
export function hasWebWorkers(): boolean {
  return typeof Worker === 'function' && 'addEventListener' in Worker.prototype;
}
