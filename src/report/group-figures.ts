// Pictures of groups of rows: what de-biasing moved, and errors before and after. Names stand above their marks, where any
// length of them has room.
import type { GroupBias } from '../metrics/group-bias.ts';
import type { Estimate } from '../metrics/metric.ts';
import { figure, MODELS, STUDENT } from './figure.ts';
import { byDistance, groupName, isGlobal } from './group-shifts.ts';
import type { Draw } from './plot.ts';
import type { DistillRecord } from './result.ts';

/** What a picture is wide: longer names lose the middle of their column, never their value. */
const MAX_LETTERS = 48;

/** What is measured of each group. */
export const MEASURES: readonly [
  key: keyof GroupBias & ('falseNegativeRate' | 'falsePositiveRate' | 'calibrationGap'),
  label: string,
][] = [
  ['falseNegativeRate', 'Missed of class 1'],
  ['falsePositiveRate', 'False alarms'],
  ['calibrationGap', 'Probability minus share of class 1'],
];

/** One picture; none where one correction was applied to all rows: the groups would suggest a bias that was not found. */
export function movedFigure(draw: Draw, { debias, changes }: DistillRecord): string {
  if (changes.groups.length === 0 || isGlobal(debias)) return '';
  const { meanShift } = changes;
  const rows = byDistance(changes).map((group, i) => {
    return { at: `${i}`, name: shortened(groupName(group), ` (${group.rows})`), shift: group.meanShift };
  });
  const svg = draw('What moved, by group', ({ barX, ruleX, text }) => ({
    ...{ height: 60 + 40 * rows.length, marginLeft: 16, marginTop: 8 },
    x: { label: 'Mean shift (log-odds of class 1) →', grid: true },
    y: { label: null, axis: null, domain: rows.map(({ at }) => at), padding: 0 },
    marks: [
      barX(rows, { y: 'at', x: 'shift', fill: STUDENT, fillOpacity: 0.75, insetTop: 20, insetBottom: 4 }),
      ruleX([0], { strokeOpacity: 0.5 }),
      ruleX([meanShift], { strokeDasharray: '4 3' }),
      text(rows, { y: 'at', text: 'name', frameAnchor: 'left', dy: -10, dx: 2 }),
    ],
  }));
  const caption = `Bars: the mean shift of each group (rows in brackets); dashed: that of all rows, ${meanShift.toFixed(2)}. The further a bar ends from the dashed line, the more unlike the rest were the teacher's errors in that group; furthest first.`;
  return `<div class="figures">${figure(svg, caption)}</div>`;
}

/** A picture a measure. */
export function biasFigures(draw: Draw, { groups }: DistillRecord): string {
  if (groups.length === 0) return '';
  const parts = MEASURES.map(([measure, label]) => {
    const rows = groups.flatMap((pair) =>
      (['teacher', 'student'] as const).flatMap((model) => {
        const estimate: Estimate = pair[model][measure];
        return Number.isFinite(estimate.value) ? [{ group: pair[model].group, model, ...estimate }] : [];
      }),
    );
    const names = groups.map(({ teacher: { group } }) => ({ group, name: shortened(group, '') }));
    const svg = draw(label, ({ ruleX, ruleY, dot, text }) => ({
      ...{ height: 70 + 50 * groups.length, marginLeft: 16, marginTop: 4, color: MODELS },
      x: { label: `${label} →`, grid: true, inset: 6 },
      y: { label: null, axis: null, domain: ['teacher', 'student'], insetTop: 18, padding: 0.2 },
      fy: { label: null, axis: null, domain: names.map(({ group }) => group) },
      marks: [
        ruleX([0], { strokeOpacity: 0.5 }),
        ruleY(
          rows.filter(({ low }) => Number.isFinite(low)),
          { fy: 'group', y: 'model', x1: 'low', x2: 'high', stroke: 'model', strokeWidth: 2 },
        ),
        dot(rows, { fy: 'group', y: 'model', x: 'value', fill: 'model', r: 4 }),
        text(names, { fy: 'group', text: 'name', frameAnchor: 'top-left', dy: 4, dx: 2 }),
      ],
    }));
    const better = measure === 'calibrationGap' ? 'nearer to 0 is better' : 'lower is better';
    return figure(svg, `${label}, by group on the test rows, with 95 % intervals; ${better}.`);
  });
  return `<div class="figures">${parts.join('\n')}</div>`;
}

/** The end of a name, its value, says more than the rest. */
function shortened(name: string, count: string): string {
  const room = MAX_LETTERS - count.length;
  const kept = name.length > room ? `${name.slice(0, 10)}…${name.slice(11 - room)}` : name;
  return `${kept}${count}`;
}
