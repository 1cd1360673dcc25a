/** @jsxImportSource preact */
// The ROC curve.
import type { JSX } from 'preact';
import type { Point } from '../figures-data.ts';
import { Chart, type Extra, type Style, UNIT } from './chart.tsx';
import { linePath, type Scale } from './scale.ts';

/** The curve of a model. */
export interface CurveSeries extends Style {
  readonly points: readonly Point[];
}

/** Props of a chart of curves. */
export type CurveProps = { readonly series: readonly CurveSeries[] } & Extra;

export function Roc({ series, children }: CurveProps): JSX.Element {
  return (
    <Chart
      title="ROC"
      caption="True-positive rate against false-positive rate at all thresholds, on the test rows."
      x={{ domain: UNIT, label: 'False-positive rate' }}
      y={{ domain: UNIT, label: 'True-positive rate' }}
      legend={series}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          {lines(series, x, y)}
        </>
      )}
    >
      {children}
    </Chart>
  );
}

/** A line for each model. */
export function lines(series: readonly CurveSeries[], x: Scale, y: Scale): JSX.Element[] {
  return series.map(({ name, style, points }) => (
    <path key={name} class={`line ${style}`} d={linePath(points, x, y)}>
      <title>{name}</title>
    </path>
  ));
}
