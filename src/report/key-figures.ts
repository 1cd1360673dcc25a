// The figures that a reader wants first: the student's next to the teacher's.
import { type Estimate, LOWER_IS_BETTER, type Metric } from '../metrics/metric.ts';
import type { KeyFigure } from './charts/summary.tsx';
import { changeOf, differenceOf } from './difference.ts';
import type { DistillRecord } from './result.ts';
import { sizeText } from './short-numbers.ts';
import { show } from './show.ts';

const NAMES: readonly (readonly [Metric, string])[] = [
  ['auc', 'AUC'],
  ['logLoss', 'Log-loss'],
  ['ece', 'Calibration error'],
];

/** AUC, log-loss, calibration error and size; only what was measured. */
export function keyFigures(result: DistillRecord): KeyFigure[] {
  const { teacher, student, metrics, metricsWithTeacher, differences } = result;
  const [before, after] = [teacher.metrics.test, (metricsWithTeacher ?? metrics).test ?? metrics.test];
  const pairedOf = (metric: Metric) =>
    metric === 'logLoss' || metric === 'auc' ? differences?.teacher?.[metric] : undefined;
  const measured = after
    ? NAMES.map((named) => figure(named, pairedOf(named[0]), [after[named[0]], before?.[named[0]]]))
    : [];
  const [own, others] = [student.bytes, teacher.bytes];
  if (own === undefined) return measured;
  const size: KeyFigure = {
    name: 'Size',
    value: sizeText(own),
    // several teachers and given soft labels have no size to compare with
    ...(others !== undefined && {
      better: 'smaller is better',
      teacher: sizeText(others),
      change: sizeChange(own, others),
    }),
  };
  return [...measured, size];
}

/** A quarter more or less is about the same: both are rounded, and neither decides anything. */
function sizeChange(own: number, others: number): NonNullable<KeyFigure['change']> {
  if (own > 1.25 * others) return 'worse';
  return own < others / 1.25 ? 'better' : 'about the same';
}

function figure(
  [metric, name]: readonly [Metric, string],
  paired: Estimate | undefined,
  [after, before]: readonly [Estimate, Estimate | undefined],
): KeyFigure {
  const lower = LOWER_IS_BETTER.has(metric);
  const change = before && changeOf(paired ?? differenceOf(after, before), lower);
  const value = ({ value: x }: Estimate): string => (Number.isFinite(x) ? x.toFixed(3) : 'not defined');
  return {
    name,
    better: `${lower ? 'lower' : 'higher'} is better`,
    value: value(after),
    ...(before && { teacher: value(before) }),
    ...(change && { change: change === 'none' ? 'no clear difference' : change }),
    intervals: `student ${show(after)}${before ? `, teacher ${show(before)}` : ''}`,
  };
}
