// What a map of label de-biasing is.
import type { MapName } from '../debias-names.ts';
import type { CalibrationProblem } from './problem.ts';

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

/** How a kind of map is fitted and applied. Parameters are plain float64 numbers. */
export interface MapKind {
  /**
   * Fits on the labelled rows outside fold `skip` (-1: all).
   * @param start parameters to start from: of `platt`, or of the last fit on the same rows with another penalty or fewer trees
   */
  fit(problem: CalibrationProblem, map: DebiasMap, skip: number, start?: Float64Array): Float64Array;
  /** d of the problem's rows; float64 [rows]. */
  apply(problem: CalibrationProblem, map: DebiasMap, parameters: Float64Array): Float64Array;
}
