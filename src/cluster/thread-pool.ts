// The threads of a worker: each has its own kernels and ONNX runtime. A thread that hangs or dies is replaced.
import { Worker as Thread } from 'node:worker_threads';
import { exceeded, openLimit } from '../io/limit.ts';
import { unpackError } from '../worker/packed-error.ts';
import type { Task } from './task.ts';
import type { ThreadData, ThreadMessage } from './task-thread.ts';

export interface ThreadPool {
  /** @throws DebkdError as openTaskRunner's function, or `teacher` beyond the limit; any other error is a fault */
  run(task: Task): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param program task-thread.ts as it was built
 * @param teacherLimit seconds that the ONNX runtime may work at a time
 */
export function openThreadPool(program: URL, workerData: ThreadData, teacherLimit: number): ThreadPool {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const start = (): Thread => {
    const thread = new Thread(program, { workerData });
    all.add(thread);
    // an idle thread may fail, too
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      all.delete(thread);
      if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    });
    return thread;
  };
  return {
    run(task) {
      const thread = idle.pop() ?? start();
      return new Promise((resolve, reject) => {
        const kill = (error: Error): void => {
          release(false);
          reject(error);
          void thread.terminate();
        };
        const limit = openLimit(teacherLimit, () => kill(exceeded(teacherLimit)));
        const onError = (error: Error): void => kill(error);
        const onExit = (code: number): void =>
          kill(new Error(`a worker's thread ended by itself with code ${code} (out of memory?)`));
        const onMessage = (message: ThreadMessage): void => {
          if (message.kind === 'runtime') {
            limit(message.busy);
            return;
          }
          release(message.kind !== 'fault');
          if (message.kind === 'done') resolve();
          else if (message.kind === 'refused') reject(unpackError(message.error));
          else kill(new Error(message.reason)); // the state of the thread is unknown
        };
        const release = (usable: boolean): void => {
          limit(false);
          thread.off('message', onMessage).off('error', onError).off('exit', onExit);
          if (usable) idle.push(thread);
        };
        thread.on('message', onMessage).on('error', onError).on('exit', onExit);
        thread.postMessage(task);
      });
    },
    async close() {
      await Promise.all([...all].map((thread) => thread.terminate()));
    },
  };
}
