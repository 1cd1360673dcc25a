// What a student that defers gives at other thresholds: each has a band of its own.
import type { Dataset } from '../../data/dataset.ts';
import { countsIn } from '../../data/row-weights.ts';
import { DebkdError } from '../../io/errors.ts';
import { chooseBand, type DeferralRule, type HeldOutRows } from '../../metrics/deferral.ts';
import { heldOutRows } from '../../student/choose-deferral.ts';
import type { DeferBand } from '../../student/decide.ts';
import type { Student } from '../../student/student.ts';
import type { CutBand, ThresholdCuts } from '../messages.ts';
import { cutsOf } from './threshold-cuts.ts';
import { type Decides, keepsAnswers } from './with-threshold.ts';

/** The cuts of a student that defers. @param heldOut the rows that its band was chosen on, by `rule` */
export function deferralCuts(
  student: Student,
  test: Dataset,
  { heldOut, rule }: { readonly heldOut: Dataset; readonly rule: DeferralRule },
): ThresholdCuts {
  const { threshold, defer = { from: threshold, to: threshold } } = student;
  return deferralCutsOf(student.predictProba(test), test, {
    own: { threshold, defer },
    heldOut: heldOutRows(student, heldOut),
    rule,
  });
}

/** @param probabilities of the test rows @param by.own the student's threshold and band */
export function deferralCutsOf(
  probabilities: Float64Array,
  test: Pick<Dataset, 'labels' | 'weights'>,
  { own, heldOut, rule }: { readonly own: Decides; readonly heldOut: HeldOutRows; readonly rule: DeferralRule },
): ThresholdCuts {
  const all = cutsOf(probabilities, test, own.threshold);
  const rows = [...test.labels.keys()].filter(countsIn(test));
  const { labels, weights } = test;
  const [truePositives, falsePositives] = [[...all.truePositives], [...all.falsePositives]];
  const bands = all.cuts.map((threshold, k): CutBand | null => {
    const isPromised = keepsAnswers(own, threshold);
    const band = isPromised ? own.defer : bandAt(threshold, rule, heldOut);
    if (!band) return null;
    const [deferred, called] = [
      [0, 0],
      [0, 0],
    ];
    for (const row of rows) {
      const p = probabilities[row] as number;
      const isIn = p > band.from && p < band.to;
      if (!isIn && p < threshold) continue;
      const [sums, label] = [isIn ? deferred : called, labels[row] as 0 | 1];
      sums[label] = (sums[label] as number) + (weights?.[row] ?? 1);
    }
    const [negatives, positives] = deferred as [number, number];
    [falsePositives[k], truePositives[k]] = called as [number, number];
    return { from: band.from, to: band.to, positives, negatives, isPromised };
  });
  return { ...all, truePositives, falsePositives, bands };
}

/** The band at a threshold, by the same rule on the same rows; undefined where they do not show what is asked. */
function bandAt(threshold: number, rule: DeferralRule, rows: HeldOutRows): DeferBand | undefined {
  try {
    return chooseBand(rule, threshold, rows).band;
  } catch (error) {
    if (error instanceof DebkdError && error.code === 'rows') return undefined;
    throw error;
  }
}
