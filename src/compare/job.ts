// A comparison as independent jobs: what all of them need, and one of them done. Plain data, so that workers can have it.
import type { CellResult } from './cell.ts';
import type { Method } from './method.ts';

/** A cell of a comparison: a method under a seed. */
export interface Job {
  /** What to train by. */
  readonly method: Method;
  /** Of rows, start and order. */
  readonly seed: number;
}

/** How a job ended. */
export type Outcome = { readonly seconds: number } & (
  | ({ readonly kind: 'done' } & CellResult)
  | { readonly kind: 'not applicable' | 'failed'; readonly why: string }
);
