// The calls to a worker that have not ended.
import type { Progress } from '../io/progress.ts';

/** Names a call in messages. */
export const callSubject = (functionName: string): string => `worker call ${functionName}`;

export interface PendingCall {
  /** The name of the called function. */
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress(progress: Progress): void;
  /** Called when the call ends. */
  cleanUp(): void;
}

export class PendingCalls {
  readonly #calls = new Map<string, PendingCall>();
  readonly #onPending: (pending: boolean) => void;

  /** @param onPending called with true when a call is added, and with false when none is left */
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

  /** Removes and returns a call, which the caller settles. */
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
