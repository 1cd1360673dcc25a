// The worker's end of a message channel.
import { builtin } from './node.ts';

/** Messages from and to the thread that started this one. */
export interface Port<Received, Sent> {
  postMessage(message: Sent, transfer: ArrayBuffer[]): void;
  listen(onMessage: (message: Received) => void): void;
}

/** Opens the global scope of a web worker, or the parent port of worker_threads. */
export async function openPort<Received, Sent>(): Promise<Port<Received, Sent>> {
  const scope = globalThis as unknown as {
    postMessage?(message: Sent, transfer: ArrayBuffer[]): void;
    onmessage?: (event: { data: Received }) => void;
  };
  // a worker of Bun can be of either kind; its parentPort receives the messages of both
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
