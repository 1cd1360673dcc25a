// What thresholds give on the labelled test rows, as sums that say nothing about single rows.
import type { Dataset } from '../../data/dataset.ts';
import { countsIn } from '../../data/row-weights.ts';
import { between } from '../../metrics/threshold-by-rule.ts';
import type { Student } from '../../student/student.ts';
import type { ThresholdCuts } from '../messages.ts';

/** Cuts at quantiles of the probabilities. */
const QUANTILES = 200;

/** The cuts of a student on its test rows. */
export function thresholdCuts(student: Student, test: Dataset): ThresholdCuts {
  return cutsOf(student.predictProba(test), test, student.threshold);
}

/** @param own the student's threshold, which is one of the cuts */
export function cutsOf(
  probabilities: Float64Array,
  { labels, weights }: Pick<Dataset, 'labels' | 'weights'>,
  own: number,
): ThresholdCuts {
  const p = (row: number): number => probabilities[row] as number;
  const rows = [...labels.keys()].filter(countsIn({ labels, weights })).sort((a, b) => p(a) - p(b));
  const cuts = [...new Set([0, ...quantileCuts(rows.map(p)), own, 1])].sort((a, b) => a - b);
  const [truePositives, falsePositives]: [number[], number[]] = [[], []];
  const sums = [0, 0];
  let next = rows.length - 1;
  for (const cut of [...cuts].reverse()) {
    for (; next >= 0 && p(rows[next] as number) >= cut; next--) {
      const row = rows[next] as number;
      sums[labels[row] as number] = (sums[labels[row] as number] as number) + (weights?.[row] ?? 1);
    }
    truePositives.unshift(sums[1] as number);
    falsePositives.unshift(sums[0] as number);
  }
  const [negative, positive] = sums as [number, number];
  return { cuts, truePositives, falsePositives, positive, negative, isWeighted: weights !== undefined };
}

/** Midway between neighbouring probabilities at the quantiles. @param sorted ascending */
function quantileCuts(sorted: readonly number[]): number[] {
  return Array.from({ length: QUANTILES }, (_, k) => {
    let at = Math.floor((k * sorted.length) / QUANTILES);
    const high = sorted[at] as number;
    // equal probabilities are on the same side
    while (at >= 0 && sorted[at] === high) at--;
    return at < 0 ? high : between(high, sorted[at] as number);
  });
}
