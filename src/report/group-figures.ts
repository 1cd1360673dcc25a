// Charts by group: the shifts of de-biasing, and the bias of the teacher and the student.
import type { GroupBias } from '../metrics/group-bias.ts';
import type { ChartOf } from './charts/draw.ts';
import { MODELS } from './figures.ts';
import { isGlobal, shiftsOf } from './group-shifts.ts';
import type { DistillRecord } from './result.ts';

/** The measures of a group's bias. */
export const MEASURES: readonly [
  key: keyof GroupBias & ('falseNegativeRate' | 'falsePositiveRate' | 'calibrationGap'),
  label: string,
][] = [
  ['falseNegativeRate', 'False-negative rate'],
  ['falsePositiveRate', 'False-positive rate'],
  ['calibrationGap', 'Mean probability minus share of class 1'],
];

/** The chart of shifts by group. None if all rows have the same correction: it would suggest a group bias that was not found. */
export function shiftCharts({ debias, changes }: DistillRecord): ChartOf[] {
  if (changes.groups.length === 0 || isGlobal(debias)) return [];
  const meaning =
    'A bar that ends far from the dashed line shows a bias of the teacher that is specific to its group. The largest differences come first.';
  return [['Shifts', { groups: shiftsOf(changes), all: changes.meanShift, meaning }]];
}

/** One chart for each measure. */
export function biasCharts({ groups }: DistillRecord): ChartOf[] {
  if (groups.length === 0) return [];
  return MEASURES.map(([measure, label]): ChartOf => {
    const better = measure === 'calibrationGap' ? 'closer to 0 is better' : 'lower is better';
    const marks = groups.map((pair) => ({
      name: pair.teacher.group,
      marks: MODELS.map((model) => ({ ...model, ...pair[model.name][measure] })),
    }));
    const caption = `${label} by group on the test rows, with 95 % intervals; ${better}.`;
    return ['Intervals', { title: label, caption, x: { label }, zero: true, legend: MODELS, groups: marks }];
  });
}
