// Charts of groups of rows: what de-biasing moved, and errors before and after.
import type { GroupBias } from '../metrics/group-bias.ts';
import type { ChartOf } from './charts/draw.ts';
import { MODELS } from './figures.ts';
import { isGlobal, shiftsOf } from './group-shifts.ts';
import type { DistillResult } from './result.ts';

/** What is measured of each group. */
export const MEASURES: readonly [
  key: keyof GroupBias & ('falseNegativeRate' | 'falsePositiveRate' | 'calibrationGap'),
  label: string,
][] = [
  ['falseNegativeRate', 'Missed of class 1'],
  ['falsePositiveRate', 'False alarms'],
  ['calibrationGap', 'Probability minus share of class 1'],
];

/** One chart; none where one correction was applied to all rows: the groups would suggest a bias that was not found. */
export function shiftCharts({ debias, changes }: DistillResult): ChartOf[] {
  if (changes.groups.length === 0 || isGlobal(debias)) return [];
  const meaning =
    "The further a bar ends from the dashed line, the more unlike the rest were the teacher's errors in that group; furthest first.";
  return [['Shifts', { groups: shiftsOf(changes), all: changes.meanShift, meaning }]];
}

/** A chart for each measure. */
export function biasCharts({ groups }: DistillResult): ChartOf[] {
  if (groups.length === 0) return [];
  return MEASURES.map(([measure, label]): ChartOf => {
    const better = measure === 'calibrationGap' ? 'nearer to 0 is better' : 'lower is better';
    const marks = groups.map((pair) => ({
      name: pair.teacher.group,
      marks: MODELS.map((model) => ({ ...model, ...pair[model.name][measure] })),
    }));
    const caption = `${label}, by group on the test rows, with 95 % intervals; ${better}.`;
    return ['Intervals', { title: label, caption, x: { label }, zero: true, legend: MODELS, groups: marks }];
  });
}
