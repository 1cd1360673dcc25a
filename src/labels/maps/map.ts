// What a map of label de-biasing is.
import type { MapName } from '../debias-names.ts';

/** A map with what it needs to know before it is fitted. */
export interface DebiasMap {
  /** Which kind of map. */
  readonly method: MapName;
  /** Of `residual`; without one, phi has hinges of the margin beside it, and each block of columns a penalty by evidence. */
  readonly penalty?: number;
  /** Of `residual`: what phi is; default the inputs. */
  readonly on?: Basis;
  /** Of `trees`: how many. */
  readonly count?: number;
}

/** The student's inputs alone, or the teacher's features beside them. */
export type Basis = 'inputs' | 'features';
