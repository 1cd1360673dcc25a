// The main thread's request to stop, for commands that shut down gracefully.
import { parentPort } from 'node:worker_threads';

export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'stop') controller.abort(new DOMException('interrupted', 'AbortError'));
  });
  return controller.signal;
}
