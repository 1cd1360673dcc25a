// The charts of a comparison: the de-biased methods against the others.
import type { Comparison } from '../compare/comparison.ts';
import { DEBIASED_METHODS } from '../compare/methods.ts';
import { PAIRED, short } from '../compare/tables.ts';
import { LOWER_IS_BETTER, SHORT_NAMES } from '../metrics/metric.ts';
import type { ChartOf } from './charts/draw.ts';
import { capital } from './page.ts';

/** The paired differences of each de-biased method from every other method, with intervals. */
export function comparisonCharts({ paired, methods }: Comparison): ChartOf[] {
  const ours = methods.filter((method) => DEBIASED_METHODS.includes(method));
  return ours.flatMap((a) =>
    PAIRED.flatMap((metric): ChartOf[] => {
      const pairs = methods.flatMap((b) =>
        paired.filter((pair) => pair.a === a && pair.b === b && pair.metric === metric),
      );
      if (pairs.length === 0) return [];
      const name = SHORT_NAMES[metric];
      const better = LOWER_IS_BETTER.has(metric) ? 'Left' : 'Right';
      const chart = {
        title: `${a}: ${name}`,
        caption: `${capital(name)} of ${a} minus that of each other method, with 95 % intervals over seeds. ${better} of 0, ${a} is better.`,
        x: { label: `Difference in ${name}`, format: (x: number) => short(x).replace('-', '−') },
        zero: true,
        groups: pairs.map(({ b, difference }) => ({
          name: b,
          marks: [{ name: `${a} − ${b}`, style: 'student' as const, ...difference }],
        })),
      };
      return [['Intervals', chart]];
    }),
  );
}
