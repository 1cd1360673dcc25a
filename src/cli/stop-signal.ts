// Being asked to stop: the main thread says so, where a command has something to put in order.
import { parentPort } from 'node:worker_threads';

export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'stop') controller.abort(new DOMException('interrupted', 'AbortError'));
  });
  return controller.signal;
}
