// A logistic combination of several teachers' margins.
import type { Dataset } from '../data/dataset.ts';
import { appendColumns, type Matrix } from '../data/matrix.ts';
import type { Arena } from '../kernels/memory.ts';
import { fitColumns } from './maps/fit-columns.ts';
import { placeProblem } from './maps/problem.ts';
import { startSlope } from './maps/slope.ts';

/** The number of the combination in DebiasMap.teacher. */
export const COMBINATION = 0;
/** Smaller standard deviations of a teacher's margins are constant. */
const CONSTANT = 1e-9;

/** Fits the combination on the labelled rows outside fold `skip`, with a ridge penalty on the distance from the mean. */
export function fitCombination(
  arena: Arena,
  teachers: readonly Float64Array[],
  dataset: Dataset,
  skip: number,
): Float64Array {
  const problem = placeProblem(arena, teachers[0] as Float64Array, dataset);
  const share = 1 / teachers.length;
  return fitColumns(problem, skip, {
    name: 'teachers',
    columns: [new Float64Array(dataset.rows).fill(1), ...teachers],
    penalties: [0, ...teachers.map(() => 1)],
    centres: [0, ...teachers.map(() => share)],
    start: [0, ...teachers.map((margins) => share * startSlope(margins))],
  });
}

/** The margins of the combination. */
export function combine(teachers: readonly Float64Array[], weights: Float64Array): Float64Array {
  return (teachers[0] as Float64Array).map((_, row) =>
    teachers.reduce(
      (sum, margins, k) => sum + (weights[k + 1] as number) * (margins[row] as number),
      weights[0] as number,
    ),
  );
}

/** Mean of each teacher's margins, then the standard deviation of each. */
export function scaleOf(teachers: readonly Float64Array[]): Float64Array {
  const moments = teachers.map((margins) => {
    const mean = margins.reduce((sum, v) => sum + v, 0) / margins.length;
    const squares = margins.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
    return [mean, Math.sqrt(squares / margins.length)] as const;
  });
  return Float64Array.from([...moments.map(([mean]) => mean), ...moments.map(([, deviation]) => deviation)]);
}

/** The inputs with each teacher's standardised margins as further columns. */
export function withMargins(features: Matrix, teachers: readonly Float64Array[], scale: Float64Array): Matrix {
  const count = teachers.length;
  const values = new Float32Array(features.rows * count);
  teachers.forEach((margins, k) => {
    const [mean, deviation] = [scale[k] as number, scale[count + k] as number];
    const divisor = deviation > CONSTANT ? deviation : 1;
    for (let row = 0; row < features.rows; row++) values[row * count + k] = ((margins[row] as number) - mean) / divisor;
  });
  return appendColumns(features, values);
}
