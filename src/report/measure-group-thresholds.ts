// Measures thresholds of groups on the test rows: the rates of each group with the common threshold and with its own, and what it costs.
import type { AnyDataset } from '../data/dataset.ts';
import { countsIn } from '../data/row-weights.ts';
import { share } from '../metrics/group-bias.ts';
import { groupOrder } from '../metrics/groups.ts';
import type { Estimate } from '../metrics/metric.ts';
import { overResamples } from '../metrics/resamples.ts';
import type { GroupThresholdChoice } from '../student/choose-group-thresholds.ts';
import type { GroupThresholds } from '../student/group-thresholds.ts';
import { rowThresholds } from '../student/row-thresholds.ts';

/** A measure with the common threshold and with the thresholds of groups. */
export interface BeforeAfter {
  /** With the common threshold. */
  readonly before: Estimate;
  /** With the thresholds of groups. */
  readonly after: Estimate;
}

/** A group of the test rows. */
export interface MeasuredGroup {
  /** Such as `sex=Female`. */
  readonly group: string;
  /** Its threshold. */
  readonly threshold: number;
  /** Whether the threshold is its own; otherwise it is the common one. */
  readonly own: boolean;
  /** Labelled rows. */
  readonly rows: number;
  /** Those of class 1. */
  readonly positives: number;
  /** Share of class 1 that is predicted 1, with Wilson's interval. */
  readonly truePositiveRate: BeforeAfter;
  /** Share of class 0 that is predicted 1, with Wilson's interval. */
  readonly falsePositiveRate: BeforeAfter;
  /** Share of right answers, with Wilson's interval. */
  readonly accuracy: BeforeAfter;
}

/** Thresholds of groups on labelled rows. */
export interface MeasuredThresholds {
  /** The groups, in order of groupOrder. */
  readonly groups: readonly MeasuredGroup[];
  /** Share of right answers of all rows. */
  readonly accuracy: BeforeAfter;
  /** What the thresholds cost: accuracy before minus accuracy after, on the same resamples. */
  readonly cost: Estimate;
  /** Largest difference of true positive rates between groups with thresholds of their own; NaN with fewer than two. */
  readonly truePositiveGap: BeforeAfter;
  /** The same of false positive rates. */
  readonly falsePositiveGap: BeforeAfter;
}

/** How thresholds of groups were chosen, and what they give on the test rows. */
export interface GroupThresholdsRecord extends GroupThresholdChoice {
  /** On the labelled test rows; absent without them. */
  readonly test?: MeasuredThresholds;
}

/** A student's answers on labelled rows. */
export interface GroupedAnswers {
  readonly student: {
    readonly threshold: number;
    readonly groupThresholds?: GroupThresholds | undefined;
  };
  readonly rows: Pick<AnyDataset, 'labels' | 'weights'>;
  /** The student's probabilities, float64 [rows]. */
  readonly probabilities: Float64Array;
  /** The group of each row, as of groupRows. */
  readonly groups: readonly string[];
}

interface Row {
  readonly group: number;
  readonly label: number;
  readonly weight: number;
  /** What the row is called with the common threshold, and with that of its group. */
  readonly called: readonly [number, number];
}

/** Measures thresholds of groups; undefined without labelled rows. @throws DebkdError as rowThresholds */
export function measureThresholds({
  student,
  rows,
  probabilities,
  groups,
}: GroupedAnswers): MeasuredThresholds | undefined {
  const { labels, weights } = rows;
  const thresholds = rowThresholds(student, groups, labels.length);
  const counted = [...labels.keys()].filter(countsIn(rows));
  if (!thresholds || counted.length === 0) return undefined;
  const names = [...new Set(counted.map((row) => groups[row] as string))].sort(groupOrder);
  const places = new Map(names.map((name, g) => [name, g]));
  const measured = counted.map((row): Row => {
    const p = probabilities[row] as number;
    return {
      group: places.get(groups[row] as string) as number,
      label: labels[row] as number,
      weight: weights?.[row] ?? 1,
      called: [p >= student.threshold ? 1 : 0, p >= (thresholds[row] as number) ? 1 : 0],
    };
  });
  const { column, thresholds: own } = student.groupThresholds as GroupThresholds;
  const isOwn = names.map((name) => own.some(([value]) => `${column}=${value}` === name));
  const thresholdOf = names.map((name) => thresholds[groups.indexOf(name)] as number);
  const of = (times?: Uint16Array): number[] => statistics(measured, isOwn, times);
  const [before, after, cost, ...gaps] = overResamples([...measured.keys()], of(), of) as [
    ...[Estimate, Estimate, Estimate],
    ...Estimate[],
  ];
  const [tprBefore, tprAfter, fprBefore, fprAfter] = gaps as [Estimate, Estimate, Estimate, Estimate];
  return {
    groups: names.map((group, g) => {
      const members = measured.filter((row) => row.group === g);
      const ones = members.filter(({ label }) => label === 1);
      return {
        group,
        threshold: thresholdOf[g] as number,
        own: isOwn[g] as boolean,
        rows: members.length,
        positives: ones.length,
        truePositiveRate: rateOf(ones, ({ called }, k) => called[k] === 1),
        falsePositiveRate: rateOf(
          members.filter(({ label }) => label === 0),
          ({ called }, k) => called[k] === 1,
        ),
        accuracy: rateOf(members, ({ called, label }, k) => called[k] === label),
      };
    }),
    accuracy: { before, after },
    cost,
    truePositiveGap: { before: tprBefore, after: tprAfter },
    falsePositiveGap: { before: fprBefore, after: fprAfter },
  };
}

function rateOf(rows: readonly Row[], has: (row: Row, k: 0 | 1) => boolean): BeforeAfter {
  const weights = rows.map(({ weight }) => weight);
  const places = [...rows.keys()];
  const of = (k: 0 | 1): Estimate => share(places, (i) => has(rows[i] as Row, k), weights);
  return { before: of(0), after: of(1) };
}

/** Accuracies before and after, their difference, and the largest differences of rates: true positive ones before and after, false positive ones. */
function statistics(rows: readonly Row[], isOwn: readonly boolean[], times?: Uint16Array): number[] {
  // for each group, label and kind of threshold, the weight of all rows and of those that are called 1
  const all = new Float64Array(2 * isOwn.length);
  const ones = new Float64Array(4 * isOwn.length);
  let total = 0;
  const right: [number, number] = [0, 0];
  rows.forEach(({ group, label, weight, called }, i) => {
    const w = times ? weight * (times[i] as number) : weight;
    const at = 2 * group + label;
    total += w;
    all[at] = (all[at] as number) + w;
    for (const k of [0, 1] as const) {
      if (called[k] === 1) ones[2 * at + k] = (ones[2 * at + k] as number) + w;
      if (called[k] === label) right[k] += w;
    }
  });
  const gap = (label: 0 | 1, k: 0 | 1): number => {
    const rates = isOwn.flatMap((own, g) => {
      const at = 2 * g + label;
      return own && (all[at] as number) > 0 ? [(ones[2 * at + k] as number) / (all[at] as number)] : [];
    });
    return rates.length < 2 ? NaN : Math.max(...rates) - Math.min(...rates);
  };
  const [before, after] = [right[0] / total, right[1] / total];
  return [before, after, before - after, gap(1, 0), gap(1, 1), gap(0, 0), gap(0, 1)];
}
