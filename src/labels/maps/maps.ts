// Fits and applies the maps from a teacher's margin v and the features to a de-biased margin d, by name.
import type { MapName } from '../debias-names.ts';
import { beta } from './beta.ts';
import { isotonic } from './isotonic.ts';
import type { MapKind } from './kind.ts';
import type { DebiasMap } from './map.ts';
import { platt } from './platt.ts';
import { prior } from './prior.ts';
import type { CalibrationProblem } from './problem.ts';
import { residual } from './residual.ts';
import { temperature } from './temperature.ts';
import { trees } from './trees.ts';

const none: MapKind = {
  fit: () => new Float64Array(0),
  apply: ({ margins }) => margins.slice(),
};

const MAPS: Readonly<Record<MapName, MapKind>> = {
  none,
  prior,
  temperature,
  platt,
  beta,
  isotonic,
  residual,
  trees,
};

/** Fits a map on the labelled rows outside fold `skip` (-1: all). @param start as of MapKind.fit */
export function fitMap(problem: CalibrationProblem, map: DebiasMap, skip: number, start?: Float64Array): Float64Array {
  return MAPS[map.method].fit(problem, map, skip, start);
}

/** d of the problem's rows under fitted parameters; float64 [rows]. */
export function applyMap(problem: CalibrationProblem, map: DebiasMap, parameters: Float64Array): Float64Array {
  return MAPS[map.method].apply(problem, map, parameters);
}
