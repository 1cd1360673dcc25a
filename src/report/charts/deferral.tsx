/** @jsxImportSource preact */
// Error rates against the share of rows that a student defers.
import type { JSX } from 'preact';
import { Chart, UNIT } from './chart.tsx';
import { type CurveProps, lines } from './roc.tsx';
import { paddedDomain } from './scale.ts';

/** @param at the share that the student defers */
export function Deferral({ series, at, children }: CurveProps & { readonly at: number }): JSX.Element {
  const most = paddedDomain([0, ...series.flatMap(({ points }) => points.map(([, rate]) => rate))])[1];
  return (
    <Chart
      title="Deferral"
      caption="Error rates on the test rows by the share of rows that the student defers; the vertical line is the share of its band."
      x={{ domain: UNIT, label: 'Share of rows that are deferred' }}
      y={{ domain: [0, most], label: 'Error rate' }}
      legend={series}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(at)} y1={y(0)} x2={x(at)} y2={y(most)} />
          {lines(series, x, y)}
        </>
      )}
    >
      {children}
    </Chart>
  );
}
