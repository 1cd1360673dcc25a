// Progress and cancellation: one shape for every long call.
import type { AbortSignalLike } from './host-types.ts';

/** How far a long call is. */
export interface Progress {
  /** What is being done: 'soft labels', 'student 2 of 6' ... */
  readonly stage: string;
  /** Steps done and steps in all, of this stage. */
  readonly done: number;
  /** In the same unit as `done`. */
  readonly total: number;
  /** Of the epoch that was done, where a student is trained: mean training loss, and validation cross-entropy or NaN. */
  readonly losses?: { readonly train: number; readonly validation: number };
}

/** What every long call accepts. */
export interface ProgressOptions {
  /** Aborting rejects the call with the signal's reason; nothing is left half-done. */
  readonly signal?: AbortSignalLike | undefined;
  /** Told now and then, and at the end of each stage. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

// of hosts like Node: there messages are taken a thousand at a time, and no signal or timer comes between them
const immediate = (globalThis as { setImmediate?: (resume: () => void) => unknown }).setImmediate;
let channel: MessageChannel | undefined;
let waiting: (() => void)[] = [];

/** Lets the event loop turn, so that a signal can fire and a page can draw. Faster than setTimeout. */
export function yieldToEventLoop(): Promise<void> {
  if (immediate) return new Promise((resolve) => immediate(resolve));
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const ready = waiting;
      waiting = [];
      for (const resume of ready) resume();
    };
  }
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel?.port2.postMessage(0);
  });
}
