// The threads of a worker. Each has its own kernels and ONNX runtime; a thread that hangs or dies is replaced.
import { Worker as Thread } from 'node:worker_threads';
import { exceeded, openLimit } from '../io/limit.ts';
import { unpackError } from '../io/packed-error.ts';
import type { Task } from './task.ts';
import type { ThreadData, ThreadMessage } from './task-thread.ts';

export interface TaskThreads {
  /** @throws DebkdError as openTaskRunner's function, or `teacher` after the time limit; any other error is a bug or a dead thread */
  run(task: Task): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param program the built task-thread.ts
 * @param teacherLimit time limit of the ONNX runtime for opening a model or for one batch of rows, in seconds
 */
export function openTaskThreads(program: URL, workerData: ThreadData, teacherLimit: number): TaskThreads {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const start = (): Thread => {
    const thread = new Thread(program, { workerData });
    all.add(thread);
    // an idle thread can fail, too; its exit removes it
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
          kill(new Error(`a thread of the worker exited with code ${code} (out of memory?)`));
        const onMessage = (message: ThreadMessage): void => {
          if (message.kind === 'runtime') {
            limit(message.busy);
            return;
          }
          release(message.kind !== 'fault');
          if (message.kind === 'done') resolve();
          else if (message.kind === 'refused') reject(unpackError(message.error));
          // the state of the thread is unknown
          else kill(new Error(message.reason));
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
