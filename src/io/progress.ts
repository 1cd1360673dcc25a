// Progress and cancellation of long calls.
import type { AbortSignalLike } from './host-types.ts';

/** The progress of a long call. */
export interface Progress {
  /** Name of the stage, such as `soft labels` or `student 2 of 6`. */
  readonly stage: string;
  /** Steps of this stage that are done. */
  readonly done: number;
  /** Total steps of this stage, in the same unit as `done`. */
  readonly total: number;
  /** The share of the stage's time that is done, where its steps are known to take different times. */
  readonly share?: number;
  /**
   * Losses of the last epoch, if a student is being trained: mean training loss, and validation cross-entropy or NaN.
   */
  readonly losses?: { readonly train: number; readonly validation: number };
  /** The progress of the whole call, in `distill` and `compare`. */
  readonly overall?: {
    /** The share of the call that is done, by the time that its steps take; it never falls. */
    readonly done: number;
    /** Always 1. */
    readonly total: number;
    /** The estimated seconds left, as they are known now; absent where too little is known. */
    readonly secondsLeft?: number;
  };
  /** The step of the whole call that runs now: after the last progress of a stage, the next one. */
  readonly step?: {
    /** Its number, from 1. */
    readonly number: number;
    /** The number of all steps. */
    readonly of: number;
    /** What it does, such as `training student 3 of 6, label mix 0.3`. */
    readonly name: string;
    /** Its part of the seconds left. */
    readonly secondsLeft?: number;
  };
}

/** Options of every long call. */
export interface ProgressOptions {
  /** Aborting it rejects the call with the signal's reason; nothing is left half-done. */
  readonly signal?: AbortSignalLike | undefined;
  /** Called from time to time, and at the end of each stage. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

// Hosts like Node process messages by the thousand before they let signals and timers run: use setImmediate there.
const immediate = (globalThis as { setImmediate?: (resume: () => void) => unknown }).setImmediate;
let channel: MessageChannel | undefined;
let waiting: (() => void)[] = [];

/** Yields to the event loop: signals can fire and a page can draw. Faster than setTimeout. */
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
