// Independent jobs of a comparison and their outcomes, as plain data for workers.
import type { CellResult } from './cell.ts';
import type { Method } from './method.ts';

/** A job: one cell of a comparison. */
export interface Job {
  /** The method to train. */
  readonly method: Method;
  /** Seed of the training rows, the first weights and the order of rows. */
  readonly seed: number;
}

/** The outcome of a job. */
export type Outcome = { readonly seconds: number } & (
  | ({ readonly kind: 'done' } & CellResult)
  | { readonly kind: 'not applicable' | 'failed'; readonly why: string }
);
