// What long calls use of threads: tasks by name, which give the same result in any thread.
import { DebkdError, quote } from './errors.ts';

/** The most threads that one call may have. */
const MAX_THREADS = 1024;

/** @throws DebkdError `value` if it is not a whole number from 1 to 1024 */
export function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return;
  throw new DebkdError('value', {
    subject: 'option threads',
    seen: quote(String(threads)),
    expected: `a whole number from 1 to ${MAX_THREADS}`,
  });
}

/** A task that any thread can run: its result depends on nothing but this. All of it is plain data. */
export interface ThreadTask {
  /** Name of the task (src/threads/tasks.ts). */
  readonly name: 'fit maps' | 'fit student' | 'importance' | 'evaluate';
  /** Large objects that several tasks use. A thread gets each once and keeps those of its last task. */
  readonly shared: readonly object[];
  /** What is of this task alone. */
  readonly args: object;
}

/** Threads that run tasks, or none: then tasks run in the calling thread. */
export interface Threads {
  /** How many tasks can run at the same time. */
  readonly size: number;
  /**
   * Runs a task in the next free thread, or `here` where no thread can.
   * @param onNews receives what the task reports while it runs
   * @throws the task's error; DebkdErrors keep their class
   */
  run<Result, News = never>(
    task: ThreadTask,
    here: () => Promise<Result>,
    onNews?: (news: News) => void,
  ): Promise<Result>;
}
