// The slope of a map on the margin: its start value, and when it may be negative.
import { sigmoid } from '../../kernels/elementary.ts';
import { NO_DESIGN } from './design.ts';
import { type CalibrationProblem, scratchOf } from './problem.ts';

/** Beyond this median |margin|, a fit that starts at a slope of 1 has nearly all rows saturated. */
const SATURATES = 10;

/** A start slope of at most 1 that does not saturate the margins. */
export function startSlope(margins: Float64Array): number {
  const sizes = margins.map(Math.abs).sort();
  const typical = sizes[sizes.length >> 1] ?? 0;
  const largest = sizes.at(-1) ?? 0;
  return Math.min(1, SATURATES / Math.max(typical, 1e-3 * largest, SATURATES));
}

/** a v + b, float64 [rows]. @param parameters [b, a] */
export function applyPlatt(problem: CalibrationProblem, parameters: Float64Array): Float64Array {
  const { arena, at, n } = problem;
  const theta = scratchOf(problem, `theta ${parameters.length}`, 8 * parameters.length);
  arena.write(theta, parameters);
  const { data, fields, columns } = NO_DESIGN;
  arena.kernels.applyLogistic(theta, at.v, data, fields, columns, n, at.out);
  return arena.f64(at.out, n);
}

/** A negative slope is kept only beyond this many standard errors, because small samples often reverse the ranking by chance. */
const SIGNIFICANT = 2;

/**
 * The slope a; half its standard error if a is negative but not significantly. That keeps the teacher's ranking and almost nothing
 * else of its margins.
 * @param fitted [b, a] at the minimum
 * @param options.fixedShift whether b is fixed at 0; default false
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

/** The weighted sums of p (1 - p), p (1 - p) v and p (1 - p) v^2 over the rows, the last plus the slope's penalty of 1. */
function curvatureAt(
  problem: CalibrationProblem,
  fitted: Float64Array,
  isFitted: (i: number) => boolean,
): [number, number, number] {
  let [bb, ba, aa] = [0, 0, 1];
  applyPlatt(problem, fitted).forEach((d, i) => {
    if (!isFitted(i)) return;
    const v = problem.margins[i] as number;
    const c = (problem.weights?.[i] ?? 1) * (sigmoid(d) * sigmoid(-d));
    bb += c;
    ba += c * v;
    aa += c * v * v;
  });
  return [bb, ba, aa];
}
