// Follows pending tasks until they end. Events of the queue report most changes; a poll finds changes whose event was lost, for example
// because Redis was unreachable.
import { DebkdError, quote } from '../io/errors.ts';
import type { PendingTask, PendingTasks } from './pending-tasks.ts';
import { alteredTask, isRequeueable, MAX_REQUEUES } from './requeue.ts';
import type { Store } from './store.ts';
import { summaryOf } from './task-error.ts';
import { parseReason } from './task-failure.ts';
import type { TaskEvents, TaskQueue } from './task-queue.ts';
import type { TaskSubscriptions } from './task-subscriptions.ts';
import type { Uploads } from './uploads.ts';

/** Tasks without an event for this time are polled. */
const POLL_AFTER_MS = 4000;
/** Tasks in one poll. */
const MAX_POLLED = 64;
/** The time limit for a store to show an entry that another machine wrote. */
const STORE_DELAY_MS = 90_000;

/** The parts of a coordinator that its monitor needs. */
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

  /** Queues a pending task. @throws DebkdError `queue` if Redis refuses it */
  async enqueue({ id, task }: PendingTask): Promise<void> {
    const { pending, queue } = this.#options;
    await queue.add(id, task);
    // it may have been cancelled in the meantime
    if (!pending.has(id)) await this.withdraw(id);
  }

  /** Removes a task from the queue unless a worker has taken it or another coordinator waits for it. */
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
    void this.#guard(id, (found) => this.#handleFailure(found, parseReason(reason)));
  }

  /** Checks the state of tasks that the queue has not reported for a while. */
  async poll(): Promise<void> {
    const unchecked = this.#options.pending.uncheckedFor(POLL_AFTER_MS).slice(0, MAX_POLLED);
    await Promise.all(unchecked.map(({ id }) => this.#guard(id, (found) => this.#check(found, false))));
  }

  /** Rejects the task if the store fails. After an error of Redis the next poll checks the task again. */
  async #guard(id: string, work: (found: PendingTask) => Promise<void>): Promise<void> {
    const { pending } = this.#options;
    const found = pending.get(id);
    try {
      if (found) await work(found);
    } catch (error) {
      if (error instanceof DebkdError) pending.reject(id, error);
    }
  }

  /** @param completed whether the queue has reported it as completed */
  async #check(found: PendingTask, completed: boolean): Promise<void> {
    const { pending, store, queue } = this.#options;
    const { id, task } = found;
    found.checkedAt = performance.now();
    if (await store.has(task.key)) return pending.resolve(id);
    if (completed) found.completedAt ??= performance.now();
    const state = await queue.stateOf(id);
    if (state.kind === 'malformed') return this.#handleFailure(found, alteredTask());
    if (state.kind === 'failed') return this.#handleFailure(found, parseReason(state.reason));
    if (state.kind === 'pending') return;
    if (found.completedAt !== undefined && performance.now() - found.completedAt > STORE_DELAY_MS)
      return pending.reject(id, this.#resultMissing());
    // the store may show the result later
    if (completed) return;
    // the queue has lost the task, or the result will still appear: let a worker check
    if (state.kind === 'ended') await queue.remove(id);
    if (pending.has(id)) await this.enqueue(found);
  }

  async #handleFailure(found: PendingTask, error: DebkdError): Promise<void> {
    const { pending, store, queue } = this.#options;
    const { id, task } = found;
    // a worker without a heartbeat may still have finished it
    if (await store.has(task.key)) return pending.resolve(id);
    if (isRequeueable(error) && found.requeues < MAX_REQUEUES) return this.#requeue(found, error);
    pending.reject(id, error);
    // a later run may retry it
    await queue.remove(id);
  }

  /** Uploads missing inputs and queues the task again. */
  async #requeue(found: PendingTask, error: DebkdError): Promise<void> {
    const { pending, queue, uploads, onNote } = this.#options;
    found.requeues++;
    onNote?.(`note: ${found.task.title}: ${summaryOf(error)}; queued again`);
    await queue.remove(found.id);
    await uploads.restore();
    if (pending.has(found.id)) await this.enqueue(found);
  }

  #resultMissing(): DebkdError {
    const location = quote(this.#options.store.location, 200);
    return new DebkdError('task', {
      subject: `store ${location}`,
      seen: `the result of a task is missing ${STORE_DELAY_MS / 1000} s after the task was completed`,
      remedy: 'check that all machines share this store',
    });
  }
}
