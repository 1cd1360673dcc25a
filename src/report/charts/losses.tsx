/** @jsxImportSource preact */
// Losses by epoch or penalty, during or after training.
import type { JSX } from 'preact';
import type { Point } from '../figures-data.ts';
import { Chart, type Extra, type Style } from './chart.tsx';
import { type Domain, linePath, paddedDomain, roundTicks } from './scale.ts';

/** The losses of a run. */
export interface LossSeries extends Style {
  /** The loss of each epoch from the first; null if it is undefined. */
  readonly values: readonly (number | null)[];
}

interface Props extends Extra {
  readonly title: string;
  readonly caption: string;
  readonly label: string;
  readonly series: readonly LossSeries[];
  /** Number of epochs on the axis. */
  readonly epochs: number;
  readonly height?: number;
  /** Label of the x axis; default `Epoch`. */
  readonly axis?: string;
}

export function Losses({
  title,
  caption,
  label,
  series,
  epochs,
  height = 300,
  axis = 'Epoch',
  children,
}: Props): JSX.Element {
  const domain: Domain = [1, Math.max(2, epochs)];
  return (
    <Chart
      title={title}
      caption={caption}
      height={height}
      x={{ domain, label: axis, ticks: roundTicks(domain).filter(Number.isInteger) }}
      y={{ domain: paddedDomain(series.flatMap(({ values }) => pointsOf(values).map(([, loss]) => loss))), label }}
      legend={series.length > 1 ? series : []}
      draw={(x, y) =>
        series.map(({ name, style, values }) => (
          <path key={name} class={`line ${style}`} d={linePath(pointsOf(values), x, y)}>
            <title>{name}</title>
          </path>
        ))
      }
    >
      {children}
    </Chart>
  );
}

function pointsOf(values: LossSeries['values']): Point[] {
  return values.flatMap((loss, i): Point[] => (loss === null ? [] : [[i + 1, loss]]));
}
