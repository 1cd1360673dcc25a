// Pictures of groups of rows: what de-biasing moved, and errors before and after.

import type { GroupBias } from '../metrics/group-bias.ts';
import type { Estimate } from '../metrics/metric.ts';
import { figure, MODELS, STUDENT } from './figure.ts';
import type { Draw } from './plot.ts';
import type { DistillResult } from './result.ts';

/** Longer names are cut: the table has them whole. */
const MOST_LETTERS = 26;

const MEASURES: readonly [keyof GroupBias & ('falseNegativeRate' | 'falsePositiveRate' | 'calibrationGap'), string][] =
  [
    ['falseNegativeRate', 'Missed of class 1'],
    ['falsePositiveRate', 'False alarms'],
    ['calibrationGap', 'Probability minus share of class 1'],
  ];

export function groupFigures(draw: Draw, { changes, groups }: DistillResult): string {
  const parts = [...movedFigure(draw, changes), ...biasFigures(draw, groups)];
  return parts.length > 0 ? `<div class="figures">${parts.join('\n')}</div>` : '';
}

function movedFigure(draw: Draw, { groups, meanShift }: DistillResult['changes']): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ column, value, rows: n, meanShift: shift }) => {
    return { name: `${column} = ${value} (${n})`, shift };
  });
  const svg = draw('What moved, by group', ({ barX, ruleX }) => ({
    ...{
      height: 80 + 30 * rows.length,
      marginLeft: 206,
      x: { label: 'Mean shift (log-odds of class 1) →', grid: true },
    },
    y: { label: null, domain: rows.map(({ name }) => name), tickFormat: cut },
    marks: [
      barX(rows, { y: 'name', x: 'shift', fill: STUDENT, fillOpacity: 0.75 }),
      ruleX([0], { strokeOpacity: 0.5 }),
      ruleX([meanShift], { strokeDasharray: '4 3' }),
    ],
  }));
  return [
    figure(svg, 'Groups that de-biasing moved unlike the rest (rows in brackets); dashed: the mean of all rows.'),
  ];
}

function biasFigures(draw: Draw, groups: DistillResult['groups']): string[] {
  if (groups.length === 0) return [];
  return MEASURES.map(([measure, label]) => {
    const rows = groups.flatMap((pair) =>
      (['teacher', 'student'] as const).flatMap((model) => {
        const estimate: Estimate = pair[model][measure];
        return Number.isFinite(estimate.value) ? [{ group: pair[model].group, model, ...estimate }] : [];
      }),
    );
    const svg = draw(label, ({ ruleX, ruleY, dot }) => ({
      ...{ height: 90 + 40 * groups.length, marginLeft: 158, color: MODELS },
      ...{ x: { label: `${label} →`, grid: true }, y: { label: null, axis: null, domain: ['teacher', 'student'] } },
      fy: { label: null, domain: groups.map(({ teacher }) => teacher.group), tickFormat: cut },
      marks: [
        ruleX([0], { strokeOpacity: 0.5 }),
        ruleY(rows, { fy: 'group', y: 'model', x1: 'low', x2: 'high', stroke: 'model', strokeWidth: 2 }),
        dot(rows, { fy: 'group', y: 'model', x: 'value', fill: 'model', r: 4 }),
      ],
    }));
    return figure(svg, `${label}, by group on the test rows, with 95 % intervals.`);
  });
}

/** The end says more than the middle. */
function cut(text: string): string {
  const half = MOST_LETTERS / 2;
  return text.length > MOST_LETTERS ? `${text.slice(0, half - 1)}…${text.slice(-half)}` : text;
}
