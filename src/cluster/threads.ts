// The threads of a worker: each has kernels and an ONNX runtime of its own. One that hangs or dies is replaced.
import { Worker as Thread } from 'node:worker_threads';
import { DebkdError } from '../io/errors.ts';
import { exceeded, openLimit } from '../io/limit.ts';
import type { Store } from './store.ts';
import type { Task } from './task.ts';
import type { FromThread } from './task-thread.ts';

export interface Threads {
  /** @throws DebkdError as openPerformer's function, or `teacher` beyond the limit; anything else is a fault */
  run(task: Task): Promise<void>;
  close(): Promise<void>;
}

/** @param program task-thread.ts as it was built */
export function openThreads(
  program: URL,
  store: Pick<Store, 'place' | 'id'>,
  teacherLimit: number,
  secret: string | undefined,
): Threads {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const start = (): Thread => {
    const thread = new Thread(program, { workerData: { place: store.place, id: store.id, secret } });
    all.add(thread);
    // also while it does nothing
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
        const stop = (error: Error): void => {
          end(false);
          reject(error);
          void thread.terminate();
        };
        const limit = openLimit(teacherLimit, () => stop(new DebkdError('teacher', exceeded(teacherLimit))));
        const onError = (error: Error): void => stop(error);
        const onExit = (code: number): void =>
          stop(new Error(`a worker's thread ended by itself with code ${code} (out of memory?)`));
        const onMessage = (message: FromThread): void => {
          if (message.kind === 'runtime') {
            limit(message.busy);
            return;
          }
          end(message.kind !== 'fault');
          if (message.kind === 'done') resolve();
          else if (message.kind === 'refused') reject(new DebkdError(message.code, message.why));
          else stop(new Error(message.why)); // nobody knows in which state it is
        };
        const end = (usable: boolean): void => {
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
