// Beta calibration (Kull, Silva Filho, Flach 2017): d = a log p - b log(1 - p) + c with a >= 0 and b >= 0.
import { softplus } from '../../kernels/elementary.ts';
import { fitColumns } from './fit-columns.ts';
import type { MapKind } from './kind.ts';
import type { CalibrationProblem } from './problem.ts';
import { startSlope } from './slope.ts';

export const beta: MapKind = {
  /**
   * [a, b, c]. The penalty is ((a - 1)^2 + (b - 1)^2) / 2, as for platt's a. If the unconstrained minimum is out of bounds, takes
   * the best minimum with a = 0, b = 0 or both.
   */
  fit(problem, _map, skip) {
    const { margins, n } = problem;
    const logOne = margins.map((v) => -softplus(-v));
    const logZero = margins.map(softplus);
    const ones = new Float64Array(n).fill(1);
    const slope = startSlope(margins);
    const [a = 0, b = 0, c = 0] = fitColumns(problem, skip, {
      name: 'beta',
      columns: [logOne, logZero, ones],
      penalties: [1, 1, 0],
      centres: [1, 1, 0],
      start: [slope, slope, 0],
    });
    if (a >= 0 && b >= 0) return Float64Array.of(a, b, c);
    const one = { penalties: [1, 0], centres: [1, 0], start: [slope, 0] };
    const [onlyA = 0, shiftA = 0] = fitColumns(problem, skip, { ...one, name: 'beta a', columns: [logOne, ones] });
    const [onlyB = 0, shiftB = 0] = fitColumns(problem, skip, { ...one, name: 'beta b', columns: [logZero, ones] });
    const none = { name: 'beta c', columns: [ones], penalties: [0], centres: [0] };
    const [shift = 0] = fitColumns(problem, skip, none);
    const bounds = [Float64Array.of(0, 0, shift)];
    if (onlyA >= 0) bounds.push(Float64Array.of(onlyA, 0, shiftA));
    if (onlyB >= 0) bounds.push(Float64Array.of(0, onlyB, shiftB));
    const losses = bounds.map((parameters) => lossOf(problem, parameters, skip));
    return bounds[losses.indexOf(Math.min(...losses))] as Float64Array;
  },
  apply: (problem, _map, parameters) => apply(problem, parameters),
};

function apply({ margins }: CalibrationProblem, [a = 0, b = 0, c = 0]: Float64Array): Float64Array {
  return margins.map((v) => -a * softplus(-v) + b * softplus(v) + c);
}

function lossOf(problem: CalibrationProblem, parameters: Float64Array, skip: number): number {
  const labels = problem.arena.bytes(problem.at.y, problem.n);
  const [a = 0, b = 0] = parameters;
  let sum = 0.5 * ((a - 1) * (a - 1) + (b - 1) * (b - 1));
  apply(problem, parameters).forEach((d, i) => {
    if ((labels[i] as number) < 2 && problem.folds[i] !== skip)
      sum += (problem.weights?.[i] ?? 1) * softplus(labels[i] === 1 ? -d : d);
  });
  return sum;
}
