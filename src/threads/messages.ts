// The messages between open-threads.ts and its threads.

import type { PackedError } from '../io/packed-error.ts';
import type { ThreadTask } from '../io/threads.ts';

/** A task, with the numbers of its shared objects and those objects that the thread does not have yet. */
export interface TaskRequest extends Pick<ThreadTask, 'name' | 'args'> {
  readonly shared: readonly number[];
  readonly fresh: readonly (readonly [number: number, object: object])[];
}

export type TaskReply = { readonly value: unknown } | { readonly error: PackedError };
