/** @jsxImportSource preact */
// The reliability diagram: the share of class 1 against the predicted probability.
import type { JSX } from 'preact';
import type { ReliabilityBin } from '../figures-data.ts';
import { Chart, type Extra, type Style, UNIT } from './chart.tsx';
import { Mark } from './mark.tsx';

const MIN_RADIUS = 2;
const MAX_RADIUS = 6;

/** The radius of a point grows with the square root of its rows, from a minimum. */
export function pointRadius(rows: number, most: number): number {
  return MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * Math.sqrt(rows / most);
}

/** The bins of a model. */
export interface ReliabilitySeries extends Style {
  readonly bins: readonly ReliabilityBin[];
}

interface Props extends Extra {
  readonly series: readonly ReliabilitySeries[];
  /** The rows that are shown; default the test rows. */
  readonly rows?: string;
}

export function Reliability({ series, rows: shown = 'the test rows', children }: Props): JSX.Element {
  const most = Math.max(...series.flatMap(({ bins }) => bins.map(({ rows }) => rows)));
  return (
    <Chart
      title="Reliability"
      caption={`Reliability on ${shown} in ten bins, with 95 % intervals; larger points have more rows. The diagonal is perfect calibration: of the rows with probability 0.7, 70 % are class 1.`}
      x={{ domain: UNIT, label: 'Mean probability' }}
      y={{ domain: UNIT, label: 'Share of class 1' }}
      legend={series}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          {series.flatMap(({ name, style, bins }) =>
            bins.map(({ rows, probability, share, low, high }) => {
              const [r, cx, cy] = [Number(pointRadius(rows, most).toFixed(1)), x(probability), y(share)];
              return (
                <g key={`${name}${probability}`} class={style}>
                  <title>{`${name}: ${rows} rows, mean probability ${probability.toFixed(3)}, share of class 1 ${share.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`}</title>
                  <line class="interval" x1={cx} x2={cx} y1={y(low)} y2={y(high)} />
                  <Mark style={style} x={cx} y={cy} r={r} />
                </g>
              );
            }),
          )}
        </>
      )}
    >
      {children}
    </Chart>
  );
}
