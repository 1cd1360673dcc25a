// How a student decides, in words: its threshold, and when it defers.
import { describeRule, parseThresholdRule, RULE_VALUES } from '../metrics/threshold-rule.ts';
import type { ChartOf } from './charts/draw.ts';
import type { Point } from './figures-data.ts';
import type { DeferralRecord } from './measure-deferral.ts';
import type { DistillRecord } from './result.ts';
import { show } from './show.ts';

/** The threshold, its rule, and what it gives; undefined where the record does not tell. */
export function thresholdWords({ student, groupThresholds }: DistillRecord): string | undefined {
  const { thresholdChoice: choice, thresholdBy } = student;
  if (!choice) return undefined;
  const rule = parseThresholdRule(choice.rule);
  const name = RULE_VALUES[rule.kind];
  const rows = thresholdBy ? 'corrected labels of the training and validation rows' : 'the validation rows';
  const measured = [
    `${show(choice.value)} on ${rows}`,
    ...(choice.test ? [`${show(choice.test)} on the test rows`] : []),
  ];
  return `${groupThresholds ? 'common ' : ''}threshold ${show(choice.threshold)}, ${describeRule(rule)}: ${name} ${measured.join(', ')}`;
}

/** A share in per cent. */
function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

/** What was promised, or chosen by a rate without a promise; a student's provenance has it, too. */
export type DeferralPromise = Pick<DeferralRecord, 'target' | 'rate' | 'by' | 'confidence' | 'rows'>;

/** Whether a band promises something: one that is chosen by a rate does not. */
export function isPromise({ target }: Pick<DeferralPromise, 'target'>): boolean {
  return target !== undefined;
}

/** What a deferral band is to do, in words. */
export function aimWords({ target, rate, by, confidence }: DeferralPromise): string {
  if (target === undefined) return `at most ${percent(rate ?? 0)} of the rows are deferred`;
  const which = by === 'class' ? 'of the rows of each class that it answers' : 'of the rows that it answers';
  return `at most ${percent(target)} ${which} are wrong, with ${percent(confidence)} confidence`;
}

/** What a deferral band promises, or how it was chosen, in words. */
export function bandWords(promise: DeferralPromise): string {
  const rows = `${promise.rows} held-out validation rows`;
  return isPromise(promise)
    ? `promise: ${aimWords(promise)}, shown on ${rows}`
    : `chosen to defer at most ${percent(promise.rate ?? 0)} of the ${rows}`;
}

/** What a deferral band gives, a line each. */
export function deferralWords(deferral: DeferralRecord): string[] {
  const lines = [bandWords(deferral)];
  const { test, counts } = deferral;
  if (deferral.target === undefined)
    lines.push(
      `errors on the held-out rows that it answers: up to ${percent(counts[0]?.bound ?? 1)} with 95 % confidence`,
    );
  return test ? [...lines, ...measuredWords(test)] : lines;
}

/** What a band gives on test rows, a line each. */
export function measuredWords(test: NonNullable<DeferralRecord['test']>): string[] {
  const lines: string[] = [];
  lines.push(`rows that the student answers alone: ${show(test.answered)}`);
  lines.push(`error rate on them: ${show(test.answeredErrors)}`);
  if (test.classErrors) {
    const [zeros, ones] = test.classErrors;
    lines.push(`error rate on those of class 0: ${show(zeros)}, of class 1: ${show(ones)}`);
  }
  lines.push(`error rate of the student on all rows: ${show(test.student)}`);
  if (test.teacher) lines.push(`error rate of the teacher on all rows: ${show(test.teacher)}`);
  if (test.cascade) lines.push(`error rate if the teacher answers what the student defers: ${show(test.cascade)}`);
  return lines;
}

/** The promise does not hold for other rows. Undefined for a band without one. */
export function shiftNote(promise: Pick<DeferralPromise, 'target'>): string | undefined {
  return isPromise(promise) ? SHIFT_NOTE : undefined;
}

const SHIFT_NOTE =
  'The promise is for rows of the same kind as the validation rows. It does not hold if new rows differ, for example because they are later.';

/** The chart of a band. */
export function deferralCharts(deferral: DeferralRecord | undefined): ChartOf[] {
  const curve = deferral?.curve;
  if (!deferral || !curve) return [];
  const answered = curve.flatMap((point): Point[] =>
    point.answered === null ? [] : [[point.deferred, point.answered]],
  );
  const cascade = curve.flatMap((point): Point[] =>
    point.cascade === undefined ? [] : [[point.deferred, point.cascade]],
  );
  return [
    [
      'Deferral',
      {
        at: deferral.test ? 1 - deferral.test.answered.value : deferral.deferred,
        series: [
          { name: 'rows that the student answers', style: 'student', points: answered },
          ...(cascade.length > 0
            ? [
                {
                  name: 'all rows, the teacher answering the deferred ones',
                  style: 'teacher' as const,
                  points: cascade,
                },
              ]
            : []),
        ],
      },
    ],
  ];
}
