// The tasks that a coordinator waits for, and the counts of ended tasks.
import type { Task } from './task.ts';

/** A task that has not ended. */
export interface PendingTask {
  readonly id: string;
  readonly task: Task;
  /** Settles when the task ends. */
  readonly settled: Promise<void>;
  /** The time of the last check, from performance.now(). */
  checkedAt: number;
  /** The time of the first report that it is completed, while its result is not yet in the store. */
  completedAt: number | undefined;
  /** The number of times it was queued again. */
  requeues: number;
}

interface Entry extends PendingTask {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class PendingTasks {
  readonly #entries = new Map<string, Entry>();
  #done = 0;
  #failed = 0;

  get size(): number {
    return this.#entries.size;
  }

  get done(): number {
    return this.#done;
  }

  get failed(): number {
    return this.#failed;
  }

  get(id: string): PendingTask | undefined {
    return this.#entries.get(id);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** The tasks that were not checked for this time, longest first. */
  uncheckedFor(ms: number): PendingTask[] {
    const limit = performance.now() - ms;
    return [...this.#entries.values()]
      .filter(({ checkedAt }) => checkedAt < limit)
      .sort((a, b) => a.checkedAt - b.checkedAt);
  }

  add(id: string, task: Task): PendingTask {
    let [resolve, reject]: [() => void, (error: unknown) => void] = [() => undefined, () => undefined];
    const settled = new Promise<void>((onDone, onError) => {
      [resolve, reject] = [onDone, onError];
    });
    settled.catch(() => undefined);
    const checkedAt = performance.now();
    const entry = { id, task, settled, resolve, reject, checkedAt, completedAt: undefined, requeues: 0 };
    this.#entries.set(id, entry);
    return entry;
  }

  /** Call it when the result is in the store. */
  resolve(id: string): void {
    this.#take(id, (entry) => {
      this.#done++;
      entry.resolve();
    });
  }

  reject(id: string, error: unknown): void {
    this.#take(id, (entry) => {
      this.#failed++;
      entry.reject(error);
    });
  }

  /** Counts a task whose result is already in the store. */
  countDone(): void {
    this.#done++;
  }

  #take(id: string, end: (entry: Entry) => void): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    end(entry);
  }
}
