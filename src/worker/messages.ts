// The messages between a worker and its caller: calls, aborts and disposals to the worker; progress and results back.

import type { PackedError } from '../io/packed-error.ts';
import type { Progress } from '../io/progress.ts';

export type Request =
  | {
      readonly id: string;
      readonly call: string;
      readonly args: readonly unknown[];
      /** Whether the caller gave `signal` or `onProgress` in the last argument. */
      readonly cancellable: boolean;
    }
  | { readonly id: string; readonly abort: true }
  /** The id of a teacher's handle. */
  | { readonly dispose: string };

export type Reply =
  | { readonly ready: true }
  | { readonly id: string; readonly progress: Progress }
  /** The ONNX runtime starts or stops working for a teacher. Each `true` is followed by one `false`. */
  | { readonly busy: boolean }
  | { readonly id: string; readonly value: unknown }
  | { readonly id: string; readonly error: PackedError };
