// The interface of a kind of map.
import type { DebiasMap } from './map.ts';
import type { CalibrationProblem } from './problem.ts';

/** How a kind of map is fitted and applied. Parameters are plain float64 numbers. */
export interface MapKind {
  /**
   * Fits on the labelled rows outside fold `skip` (-1: all).
   * @param start parameters to start from: those of `platt`, or of the last fit on the same rows with another penalty or fewer
   * trees; default those of the kind
   */
  fit(problem: CalibrationProblem, map: DebiasMap, skip: number, start?: Float64Array): Float64Array;
  /** d of the problem's rows; float64 [rows]. */
  apply(problem: CalibrationProblem, map: DebiasMap, parameters: Float64Array): Float64Array;
}
