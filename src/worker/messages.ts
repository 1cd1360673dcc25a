// The messages between a thread and the thread that started it: calls, aborts and disposals one way, progress and results the other.
import type { Progress } from '../io/progress.ts';
import type { PackedError } from './packed-error.ts';

export type Request =
  | {
      readonly id: string;
      readonly call: string;
      readonly args: readonly unknown[];
      /** Whether the last argument takes `signal` and `onProgress`. */
      readonly cancellable: boolean;
    }
  | { readonly id: string; readonly abort: true }
  /** A teacher, by the id of its handle. */
  | { readonly dispose: string };

export type Reply =
  | { readonly ready: true }
  | { readonly id: string; readonly progress: Progress }
  /** The ONNX runtime starts or stops working for a teacher; each `true` is followed by one `false`. */
  | { readonly busy: boolean }
  | { readonly id: string; readonly value: unknown }
  | { readonly id: string; readonly error: PackedError };
