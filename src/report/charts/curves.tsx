/** @jsxImportSource preact */
// Curves over all thresholds: ROC, and precision against recall.
import type { JSX } from 'preact';
import type { Point } from '../figures-data.ts';
import { Chart, type Extra, type Style, UNIT } from './chart.tsx';
import { linePath, type Scale } from './scale.ts';

export interface CurveSeries extends Style {
  readonly points: readonly Point[];
}

type Props = { readonly series: readonly CurveSeries[] } & Extra;

export function Roc({ series, children }: Props): JSX.Element {
  return (
    <Chart
      title="ROC"
      caption="True against false positive rate on the test rows."
      x={{ domain: UNIT, label: 'False positive rate' }}
      y={{ domain: UNIT, label: 'True positive rate' }}
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

export function PrecisionRecall({ series, children }: Props): JSX.Element {
  return (
    <Chart
      title="Precision and recall"
      caption="Precision against recall on the test rows."
      x={{ domain: UNIT, label: 'Recall' }}
      y={{ domain: UNIT, label: 'Precision' }}
      legend={series}
      draw={(x, y) => lines(series, x, y)}
    >
      {children}
    </Chart>
  );
}

function lines(series: readonly CurveSeries[], x: Scale, y: Scale): JSX.Element[] {
  return series.map(({ name, style, points }) => (
    <path key={name} class={`line ${style}`} d={linePath(points, x, y)}>
      <title>{name}</title>
    </path>
  ));
}
