// Gives a student the band of probabilities in which it defers to someone else.
import type { AnyDataset } from '../data/dataset.ts';
import { countsIn } from '../data/row-weights.ts';
import { checkName } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { type ChosenBand, CONFIDENCE, chooseBand, type DeferralRule, type HeldOutRows } from '../metrics/deferral.ts';
import type { Student } from './student.ts';

/** What was promised, and the held-out rows that show it. */
export interface Deferral extends Omit<ChosenBand, 'band'> {
  /** Highest error rate of the answered rows; absent where a share of rows was asked for. */
  readonly target?: number;
  /** Highest share of rows that are deferred; absent where an error rate was asked for. */
  readonly rate?: number;
  /** Whether the error rate holds for each class apart. */
  readonly by?: 'class';
  /** The confidence of the error rate. */
  readonly confidence: number;
}

/**
 * Gives a student the band of probabilities in which it defers. With a target, the error rate of the rows that it answers is at most the
 * target with 95 % confidence on as many new rows of the same kind as the held-out ones that it answers: risk control by tests in a fixed
 * order (Angelopoulos et al. 2022, "Learn then test"); the order of the bands is ours. Rows of another kind, such as later ones, break the promise.
 * @param heldOut labelled rows that neither trained nor chose anything of the student (holdOut)
 * @param rule `{ target }` with the highest error rate of the answered rows, `{ target, by: 'class' }` for the rows of each class apart, or
 * `{ rate }` with the highest share of deferred rows
 * @throws DebkdError `value` for a target or rate outside 0 to 1, or for both, `rows` if the held-out rows do not show the target
 * @example
 * const { validation, heldOut } = holdOut(parts.validation, 1);
 * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 * const { student: careful, deferral } = chooseDeferral(student, heldOut, { target: 0.05 });
 * careful.predictRecord(record); // { probability: 0.41, label: 0, defer: true }
 */
export function chooseDeferral(
  student: Student,
  heldOut: AnyDataset,
  rule: DeferralRule,
): { student: Student; deferral: Deferral } {
  checkRule(rule);
  if (student.groupThresholds)
    throw new DebkdError('value', {
      subject: 'deferral',
      seen: 'a student with thresholds of groups',
      expected: 'one threshold, which a band is around',
      remedy: 'distil without thresholdPer, or without a band',
    });
  const { band, ...chosen } = chooseBand(rule, student.threshold, heldOutRows(student, heldOut));
  const promised =
    rule.target !== undefined ? { target: rule.target, ...(rule.by && { by: rule.by }) } : { rate: rule.rate };
  const promise = { ...promised, confidence: CONFIDENCE, rows: chosen.rows };
  return {
    student: student.with({ defer: band, provenance: { ...student.provenance, deferral: promise } }),
    deferral: { ...promise, ...chosen },
  };
}

/** The labelled rows with a weight, and the student's probabilities of them. */
export function heldOutRows(student: Student, heldOut: AnyDataset): HeldOutRows {
  const rows = [...heldOut.labels.keys()].filter(countsIn(heldOut));
  const all = student.predictProba(heldOut);
  const { weights } = heldOut;
  return {
    probabilities: Float64Array.from(rows, (row) => all[row] as number),
    labels: Int8Array.from(rows, (row) => heldOut.labels[row] as number),
    weights: weights && Float64Array.from(rows, (row) => weights[row] as number),
  };
}

function checkRule(rule: DeferralRule): void {
  const { target, rate, by } = rule;
  if ((target === undefined) === (rate === undefined))
    throw new DebkdError('value', {
      subject: 'deferral',
      seen: target === undefined ? 'neither a target nor a rate' : 'a target and a rate',
      expected: 'one of them',
    });
  if (by !== undefined) {
    checkName('deferral: by', by, ['class']);
    if (target === undefined)
      throw new DebkdError('value', {
        subject: 'deferral: by',
        seen: `${quote(by)} with a rate`,
        expected: 'a target, because a rate promises nothing about errors',
      });
  }
  const [name, value] = target !== undefined ? (['target', target] as const) : (['rate', rate as number] as const);
  if (value > 0 && value < 1) return;
  throw new DebkdError('value', {
    subject: `deferral: ${name}`,
    seen: String(value),
    expected: 'a number between 0 and 1',
  });
}
