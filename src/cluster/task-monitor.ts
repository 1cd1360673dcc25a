// Follows pending tasks to their end. The queue's events report most of it; a poll finds what has no event, because Redis was away or
// lost it.
import { DebkdError, problemOf, quote } from '../io/errors.ts';
import type { PendingTask, PendingTasks } from './pending-tasks.ts';
import { isRequeueable, MAX_REQUEUES, TASK_ALTERED } from './requeue.ts';
import type { Store } from './store.ts';
import type { TaskEvents, TaskQueue } from './task-queue.ts';
import type { TaskSubscriptions } from './task-subscriptions.ts';
import type { Uploads } from './uploads.ts';

/** A task without an event for so long is polled, and at most so many at a time. */
const POLL_AFTER_MS = 4000;
const MAX_POLLED = 64;
/** How long a store may take to show an entry that another machine wrote. */
const STORE_DELAY_MS = 90_000;

/** What a monitor works on. */
export interface MonitorOptions {
  readonly pending: PendingTasks;
  readonly queue: TaskQueue;
  readonly store: Store;
  readonly uploads: Uploads;
  readonly subscriptions: TaskSubscriptions;
  readonly onNote?: ((text: string) => void) | undefined;
}

export class TaskMonitor implements TaskEvents {
  readonly #options: MonitorOptions;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** Puts a pending task into the queue. @throws DebkdError `queue` where Redis refuses it */
  async enqueue({ id, task }: PendingTask): Promise<void> {
    const { pending, queue } = this.#options;
    await queue.add(id, task);
    // it may have been cancelled meanwhile
    if (!pending.has(id)) await this.withdraw(id);
  }

  /** Removes a task from the queue, unless a worker has it or another coordinator waits for it. */
  async withdraw(id: string): Promise<void> {
    const { subscriptions, queue } = this.#options;
    if ((await subscriptions.unsubscribe(id)) === 0) await queue.remove(id);
  }

  /** The queue reports a task as completed. */
  completed(id: string): void {
    void this.#guard(id, (found) => this.#check(found, true));
  }

  /** The queue reports a task as failed. */
  failed(id: string, reason: string): void {
    void this.#guard(id, (found) => this.#handleFailure(found, reason));
  }

  /** Checks the state of tasks that the queue has not reported for a while. */
  async poll(): Promise<void> {
    const unchecked = this.#options.pending.uncheckedFor(POLL_AFTER_MS).slice(0, MAX_POLLED);
    await Promise.all(unchecked.map(({ id }) => this.#guard(id, (found) => this.#check(found, false))));
  }

  /** A store that stays away ends the task; what Redis does not answer is polled again. */
  async #guard(id: string, work: (found: PendingTask) => Promise<void>): Promise<void> {
    const { pending } = this.#options;
    const found = pending.get(id);
    try {
      if (found) await work(found);
    } catch (error) {
      if (error instanceof DebkdError) pending.reject(id, error);
    }
  }

  /** @param completed whether the queue reports it as completed */
  async #check(found: PendingTask, completed: boolean): Promise<void> {
    const { pending, store, queue } = this.#options;
    const { id, task } = found;
    found.checkedAt = performance.now();
    if (await store.has(task.key)) return pending.resolve(id);
    if (completed) found.completedAt ??= performance.now();
    const state = await queue.stateOf(id);
    if (state.kind === 'malformed') return this.#handleFailure(found, TASK_ALTERED);
    if (state.kind === 'failed') return this.#handleFailure(found, state.reason);
    if (state.kind === 'pending') return;
    if (found.completedAt !== undefined && performance.now() - found.completedAt > STORE_DELAY_MS)
      return pending.reject(id, this.#resultMissing());
    // the store may show the result later
    if (completed) return;
    // a worker finds out: the result appears after all, or the queue has lost the task
    if (state.kind === 'ended') await queue.remove(id);
    if (pending.has(id)) await this.enqueue(found);
  }

  async #handleFailure(found: PendingTask, reason: string): Promise<void> {
    const { pending, store, queue } = this.#options;
    const { id, task } = found;
    // a worker that was given up may have finished it
    if (await store.has(task.key)) return pending.resolve(id);
    if (isRequeueable(reason) && found.requeues < MAX_REQUEUES) return this.#requeue(found, reason);
    pending.reject(id, new DebkdError('task', problemOf(describeFailure(reason))));
    await queue.remove(id); // a later run may try it again
  }

  /** Queues a task again, with all of its inputs. */
  async #requeue(found: PendingTask, reason: string): Promise<void> {
    const { pending, queue, uploads, onNote } = this.#options;
    found.requeues++;
    onNote?.(`note: ${found.task.title}: ${reason}; it is queued again`);
    await queue.remove(found.id);
    await uploads.restore();
    if (pending.has(found.id)) await this.enqueue(found);
  }

  #resultMissing(): DebkdError {
    const location = quote(this.#options.store.location, 200);
    return new DebkdError('task', {
      subject: `store ${location}`,
      seen: `a task is done, but ${STORE_DELAY_MS / 1000} s later its result is not there`,
      remedy: 'check that all machines share this store',
    });
  }
}

/** BullMQ's message about a task whose workers all died, in plain words; other messages are ours. */
function describeFailure(reason: string): string {
  return /stalled more than/.test(reason)
    ? 'every worker that had it fell silent (killed, or out of memory); see what it does to a machine before it is tried again'
    : reason;
}
