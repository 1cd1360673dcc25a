// The calls of a worker that have not ended.
import type { Progress } from '../io/progress.ts';

export interface PendingCall {
  /** Of the function that is called. */
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress(progress: Progress): void;
  /** Is called when the call ends. */
  cleanUp(): void;
}

export class PendingCalls {
  readonly #calls = new Map<string, PendingCall>();
  readonly #onPending: (pending: boolean) => void;

  /** @param onPending is called with whether there are calls, when one is added and when the last one ends */
  constructor(onPending: (pending: boolean) => void) {
    this.#onPending = onPending;
  }

  add(id: string, call: PendingCall): void {
    this.#calls.set(id, call);
    this.#onPending(true);
  }

  get(id: string): PendingCall | undefined {
    return this.#calls.get(id);
  }

  /** Removes a call, for its caller to settle it. */
  take(id: string): PendingCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.cleanUp();
    if (this.#calls.size === 0) this.#onPending(false);
    return call;
  }

  takeAll(): PendingCall[] {
    return [...this.#calls.keys()].map((id) => this.take(id) as PendingCall);
  }
}
