/** @jsxImportSource preact */
// A comparison's figures: methods of ours against the others.
import type { JSX } from 'preact';
import type { Comparison } from '../compare/compare.ts';
import { DEBIASED_METHODS } from '../compare/methods.ts';
import { PAIRED, short } from '../compare/tables.ts';
import { LOWER_IS_BETTER, SHORT_NAMES } from '../metrics/metric.ts';
import { Intervals } from './charts/intervals.tsx';
import { capital } from './page.ts';

/** Paired differences of a method of ours to every other, with intervals. */
export function ComparisonFigures({ result }: { readonly result: Comparison }): JSX.Element | null {
  const { paired, methods } = result;
  const ours = methods.filter((method) => DEBIASED_METHODS.includes(method));
  const charts = ours.flatMap((a) =>
    PAIRED.flatMap((metric) => {
      const pairs = methods.flatMap((b) =>
        paired.filter((pair) => pair.a === a && pair.b === b && pair.metric === metric),
      );
      if (pairs.length === 0) return [];
      const name = SHORT_NAMES[metric];
      const better = LOWER_IS_BETTER.has(metric) ? 'Left' : 'Right';
      return [
        <Intervals
          key={`${a} ${metric}`}
          title={`${a}: ${name}`}
          caption={`${capital(name)}: ${a} minus each other method, with 95 % intervals over seeds. ${better} of 0, ${a} is better.`}
          x={{ label: `Difference in ${name}`, format: (x) => short(x).replace('-', '−') }}
          zero
          groups={pairs.map(({ b, difference }) => ({
            name: b,
            marks: [{ name: `${a} − ${b}`, style: 'student', ...difference }],
          }))}
        />,
      ];
    }),
  );
  return charts.length > 0 ? <div class="figures">{charts}</div> : null;
}
