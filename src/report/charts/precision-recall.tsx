/** @jsxImportSource preact */
// The precision-recall curve.
import type { JSX } from 'preact';
import { Chart, UNIT } from './chart.tsx';
import { type CurveProps, lines } from './roc.tsx';

export function PrecisionRecall({ series, children }: CurveProps): JSX.Element {
  return (
    <Chart
      title="Precision and recall"
      caption="Precision against recall at all thresholds, on the test rows."
      x={{ domain: UNIT, label: 'Recall' }}
      y={{ domain: UNIT, label: 'Precision' }}
      legend={series}
      draw={(x, y) => lines(series, x, y)}
    >
      {children}
    </Chart>
  );
}
