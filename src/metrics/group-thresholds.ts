// Chooses a threshold for each group, so that error rates are alike: equality of opportunity and equalised odds by post-processing (Hardt,
// Price and Srebro 2016), here with decisions that do not depend on chance.
import type { GroupGoal } from './group-goals.ts';
import { between, countsAt, type SortedRows, sortRows } from './threshold-by-rule.ts';

/** Rates of the rows that are called class 1. */
export interface Rates {
  /** Share of the rows of class 1. */
  readonly truePositive: number;
  /** Share of the rows of class 0. */
  readonly falsePositive: number;
}

/** A threshold of a group, and what it gives. */
interface Point extends Rates {
  readonly threshold: number;
  /** Sum of the weights of the rows that are called right. */
  readonly correct: number;
}

/** Rows to choose on. */
export interface GroupedRows {
  /** Probabilities of class 1, float64 [rows]. */
  readonly probabilities: Float64Array;
  /** Labels 1 and 0, [rows]. */
  readonly labels: ArrayLike<number>;
  /** Weights above 0, [rows]; default: all 1. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** The rates of rows at a threshold. */
export function ratesAt(threshold: number, { probabilities, labels, weights }: GroupedRows): Rates {
  const counts = countsAt(threshold, sortRows(probabilities, labels, weights));
  return {
    truePositive: counts.truePositive / counts.positive,
    falsePositive: counts.falsePositive / counts.negative,
  };
}

/**
 * Chooses a threshold for each group.
 *
 * - `equal-opportunity`: the one whose true positive rate is nearest to the common one.
 * - `equalised-odds`: those with the smallest difference of true and of false positive rates, between any two groups and between a group and
 *   the common rates; of these, those with the most right answers. The common rates keep the answer away from calling no row class 1,
 *   which makes all rates alike.
 *
 * Thresholds are midway between two probabilities of the group; the highest on ties.
 * @param common rates of all rows at the common threshold
 * @param groups rows of each group, with both classes
 */
export function chooseByGroup(goal: GroupGoal, common: Rates, groups: readonly GroupedRows[]): number[] {
  const curves = groups.map(curveOf);
  const points =
    goal === 'equal-opportunity'
      ? curves.map((curve) => nearest(curve, ({ truePositive }) => Math.abs(truePositive - common.truePositive)))
      : chooseOdds(curves, common);
  return points.map(({ threshold }) => threshold);
}

/** What each threshold of a group gives, the highest threshold first: the points of its ROC curve. */
function curveOf({ probabilities, labels, weights }: GroupedRows): Point[] {
  const rows = sortRows(probabilities, labels, weights);
  const { positive, negative } = countsAt(Infinity, rows);
  const curve: Point[] = [];
  let [ones, zeros] = [0, 0];
  const add = (threshold: number): void => {
    curve.push({
      threshold,
      truePositive: ones / positive,
      falsePositive: zeros / negative,
      correct: ones + (negative - zeros),
    });
  };
  const at = (row: number): number => rows.probabilities[row] as number;
  const n = rows.probabilities.length;
  if (at(0) < 1) add(between(1, at(0)));
  for (let row = 0; row < n; row++) {
    const weight = weightOf(rows, row);
    if (rows.targets[row] === 1) ones += weight;
    else zeros += weight;
    const next = row + 1 < n ? at(row + 1) : 0;
    if (row + 1 === n || next !== at(row)) add(between(at(row), next));
  }
  return curve;
}

const weightOf = ({ weights }: SortedRows, row: number): number => weights[row] as number;

/** The first point with the least distance. */
function nearest(curve: readonly Point[], distance: (point: Point) => number): Point {
  return curve.reduce((best, point) => (distance(point) < distance(best) ? point : best));
}

/** A choice of one point for each group, which is better with a smaller difference, then with more right answers. */
interface Choice {
  readonly points: readonly Point[];
  readonly difference: number;
  readonly correct: number;
}

/**
 * Rates of all groups and the common ones are in a square; its side is their largest difference. Rates grow along a curve, so the first
 * point above a square's lower corner needs the smallest square. Corners whose distance to the common rates is above the best difference so far are passed over.
 */
function chooseOdds(curves: readonly (readonly Point[])[], common: Rates): readonly Point[] {
  const distance = (point: Rates): number =>
    Math.max(Math.abs(point.truePositive - common.truePositive), Math.abs(point.falsePositive - common.falsePositive));
  let best = choiceOf(
    curves.map((curve) => nearest(curve, distance)),
    common,
  );
  for (const low of lowest(curves, common, 'truePositive')) {
    if (common.truePositive - low > best.difference) break;
    for (const left of lowest(curves, common, 'falsePositive')) {
      if (common.falsePositive - left > best.difference) break;
      const found = inSquare(curves, common, { low, left }, best.difference);
      if (found && isBetter(found, best)) best = found;
    }
  }
  return best.points;
}

/** The values of a rate up to the common one, the highest first. */
function lowest(curves: readonly (readonly Point[])[], common: Rates, rate: keyof Rates): number[] {
  const values = [common[rate], ...curves.flatMap((curve) => curve.map((point) => point[rate]))];
  return [...new Set(values)].filter((value) => value <= common[rate]).sort((a, b) => b - a);
}

/** The best choice with the smallest square from a corner on; undefined if its side is above `most`. */
function inSquare(
  curves: readonly (readonly Point[])[],
  common: Rates,
  { low, left }: { readonly low: number; readonly left: number },
  most: number,
): Choice | undefined {
  let side = Math.max(common.truePositive - low, common.falsePositive - left);
  const starts: number[] = [];
  for (const curve of curves) {
    const start = Math.max(firstFrom(curve, 'truePositive', low), firstFrom(curve, 'falsePositive', left));
    const { truePositive, falsePositive } = curve[start] as Point;
    side = Math.max(side, truePositive - low, falsePositive - left);
    if (side > most) return undefined;
    starts.push(start);
  }
  const isInside = ({ truePositive, falsePositive }: Point): boolean =>
    truePositive - low <= side && falsePositive - left <= side;
  const points = curves.map((curve, g) => {
    const start = starts[g] as number;
    let found = curve[start] as Point;
    for (let k = start + 1; k < curve.length; k++) {
      const point = curve[k] as Point;
      if (!isInside(point)) break;
      if (point.correct > found.correct) found = point;
    }
    return found;
  });
  return choiceOf(points, common);
}

/** The first point whose rate is at least a value: curves end at 1. */
function firstFrom(curve: readonly Point[], rate: keyof Rates, value: number): number {
  let [from, to] = [0, curve.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((curve[middle] as Point)[rate] >= value) to = middle;
    else from = middle + 1;
  }
  return from;
}

function choiceOf(points: readonly Point[], common: Rates): Choice {
  const spread = (rate: keyof Rates): number => {
    const values = [common[rate], ...points.map((point) => point[rate])];
    return Math.max(...values) - Math.min(...values);
  };
  return {
    points,
    difference: Math.max(spread('truePositive'), spread('falsePositive')),
    correct: points.reduce((sum, { correct }) => sum + correct, 0),
  };
}

/** On ties, the choice with the higher thresholds, group by group. */
function isBetter(a: Choice, b: Choice): boolean {
  if (a.difference !== b.difference) return a.difference < b.difference;
  if (a.correct !== b.correct) return a.correct > b.correct;
  const k = a.points.findIndex((point, g) => point.threshold !== b.points[g]?.threshold);
  return k >= 0 && (a.points[k] as Point).threshold > (b.points[k] as Point).threshold;
}
