// A comparison's pictures: methods of ours against the others.
import type { Comparison } from '../compare/comparison.ts';
import { DEBIASED_METHODS } from '../compare/methods.ts';
import { PAIRED } from '../compare/tables.ts';
import { LOWER_IS_BETTER, SHORT_NAMES } from '../metrics/metric.ts';
import { figure, STUDENT } from './figure.ts';
import { capital } from './page.ts';
import type { Draw } from './plot.ts';

/** Room beside the outermost interval, as a share of the axis. */
const ROOM = 0.06;

/** Paired differences of a method of ours to every other, with intervals. */
export function comparisonFigures(draw: Draw, { paired, methods }: Comparison): string {
  const ours = methods.filter((method) => DEBIASED_METHODS.includes(method));
  const parts = ours.flatMap((a) =>
    PAIRED.flatMap((metric) => {
      const name = SHORT_NAMES[metric];
      const data = paired
        .filter((pair) => pair.a === a && pair.metric === metric)
        .map(({ b, difference }) => ({ b, ...difference }));
      if (data.length === 0) return [];
      const svg = draw(`${a}: ${name}`, ({ ruleX, ruleY, dot }) => ({
        ...{
          height: 70 + 26 * data.length,
          marginLeft: 96,
          y: { label: null, domain: methods.filter((method) => data.some(({ b }) => b === method)) },
        },
        x: {
          ...{ domain: padded(data.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])) },
          label: `Difference in ${name} →`,
          grid: true,
          ticks: 4,
          tickFormat: (x: number) => x.toFixed(3).replace('0.', '.').replace('-', '−'),
        },
        marks: [
          ruleX([0], { strokeOpacity: 0.5 }),
          ruleY(
            data.filter(({ low }) => low !== null),
            { y: 'b', x1: 'low', x2: 'high', stroke: STUDENT, strokeWidth: 2 },
          ),
          dot(data, { y: 'b', x: 'value', fill: STUDENT, r: 4 }),
        ],
      }));
      const better = LOWER_IS_BETTER.has(metric) ? 'Left' : 'Right';
      return [
        figure(
          svg,
          `${capital(name)}: ${a} minus each other method, with 95 % intervals over seeds. ${better} of 0, ${a} is better.`,
        ),
      ];
    }),
  );
  return parts.length > 0 ? `<div class="figures">${parts.join('\n')}</div>` : '';
}

/** From the least to the greatest, 0 among them, with room on both sides. */
function padded(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = ROOM * (high - low || 1);
  return [low - room, high + room];
}
