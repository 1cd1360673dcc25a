// The slope of a map on the margin: where its fit starts, and when it may be negative.
import { sigmoid } from '../../kernels/elementary.ts';
import { NO_DESIGN } from './design.ts';
import { type CalibrationProblem, scratchOf } from './problem.ts';

/** Typical size of margins at which a logistic fit may still start at a slope of 1: beyond it every row is saturated. */
const SATURATES = 10;

/** A slope to start at, 1 or less, at which the margins are not saturated. */
export function startSlope(margins: Float64Array): number {
  const sizes = margins.map(Math.abs).sort();
  const typical = sizes[sizes.length >> 1] ?? 0;
  const largest = sizes.at(-1) ?? 0;
  return Math.min(1, SATURATES / Math.max(typical, 1e-3 * largest, SATURATES));
}

/** a v + b by the kernel; float64 [rows]. @param parameters [b, a] */
export function applyPlatt(problem: CalibrationProblem, parameters: Float64Array): Float64Array {
  const { arena, at, n } = problem;
  const theta = scratchOf(problem, `theta ${parameters.length}`, 8 * parameters.length);
  arena.write(theta, parameters);
  const { data, fields, columns } = NO_DESIGN;
  arena.kernels.applyLogistic(theta, at.v, data, fields, columns, n, at.out);
  return arena.f64(at.out, n);
}

/** Standard errors by which a slope must be below 0 to stay there: rows that rank the classes the other way round by chance are many. */
const SIGNIFICANT = 2;

/**
 * The slope a, or, where it is below 0 and not significantly so, half its standard error: the teacher's ranking is kept, and a
 * margin says next to nothing of a row but its rank.
 * @param fitted b and a at the minimum
 * @param options.fixedShift whether b is held at 0
 */
export function keepRanking(
  problem: CalibrationProblem,
  [b, a]: readonly [b: number, a: number],
  skip: number,
  { fixedShift = false }: { fixedShift?: boolean } = {},
): number {
  if (a >= 0) return a;
  const { arena, at, n, folds } = problem;
  const labels = arena.bytes(at.y, n);
  const isFitted = (i: number): boolean => (labels[i] as number) < 2 && folds[i] !== skip;
  const [bb, ba, aa] = curvatureAt(problem, Float64Array.of(b, a), isFitted);
  const error = Math.sqrt(fixedShift ? 1 / aa : bb / (bb * aa - ba * ba));
  return a < -SIGNIFICANT * error || !(error > 0) ? a : 0.5 * error;
}

/** Sums of p (1 - p), times v, times v^2, the last with the prior of the slope, in the order of the rows. */
function curvatureAt(
  problem: CalibrationProblem,
  fitted: Float64Array,
  isFitted: (i: number) => boolean,
): [number, number, number] {
  let [bb, ba, aa] = [0, 0, 1];
  applyPlatt(problem, fitted).forEach((d, i) => {
    if (!isFitted(i)) return;
    const v = problem.margins[i] as number;
    const c = sigmoid(d) * sigmoid(-d);
    bb += c;
    ba += c * v;
    aa += c * v * v;
  });
  return [bb, ba, aa];
}
