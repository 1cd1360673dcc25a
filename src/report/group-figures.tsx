/** @jsxImportSource preact */
// Figures of groups of rows: what de-biasing moved, and errors before and after.
import type { JSX } from 'preact';
import type { GroupBias } from '../metrics/group-bias.ts';
import { Intervals } from './charts/intervals.tsx';
import { Shifts } from './charts/shifts.tsx';
import { MODELS } from './figures.tsx';
import { isGlobal } from './group-shifts.ts';
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

/** One figure; none where one correction was applied to all rows: the groups would suggest a bias that was not found. */
export function MovedFigure({ result: { debias, changes } }: { readonly result: DistillResult }): JSX.Element | null {
  if (changes.groups.length === 0 || isGlobal(debias)) return null;
  return (
    <div class="figures">
      <Shifts
        changes={changes}
        meaning="The further a bar ends from the dashed line, the more unlike the rest were the teacher's errors in that group; furthest first."
      />
    </div>
  );
}

/** A figure for each measure. */
export function BiasFigures({ result: { groups } }: { readonly result: DistillResult }): JSX.Element | null {
  if (groups.length === 0) return null;
  return (
    <div class="figures">
      {MEASURES.map(([measure, label]) => (
        <Intervals
          key={measure}
          title={label}
          caption={`${label}, by group on the test rows, with 95 % intervals; ${measure === 'calibrationGap' ? 'nearer to 0 is better' : 'lower is better'}.`}
          x={{ label }}
          zero
          legend={MODELS}
          groups={groups.map((pair) => ({
            name: pair.teacher.group,
            marks: MODELS.map((model) => ({ ...model, ...pair[model.name][measure] })),
          }))}
        />
      ))}
    </div>
  );
}
