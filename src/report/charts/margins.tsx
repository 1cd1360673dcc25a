/** @jsxImportSource preact */
// Histograms of the margins by class, before and after de-biasing.
import type { JSX } from 'preact';
import type { Figures, Histogram } from '../figures-data.ts';
import { Chart, type Extra, type Style } from './chart.tsx';
import { roundTicks, type Scale, tickTexts } from './scale.ts';

const CLASSES: readonly (Style & { readonly key: 'negatives' | 'positives' })[] = [
  { key: 'negatives', name: 'class 0', style: 'class0' },
  { key: 'positives', name: 'class 1', style: 'class1' },
];

/** The text of a tick. The outermost bins include all margins beyond the limit. */
export function marginTick(margin: number, limit: number): string {
  const end = Math.abs(margin) < limit ? '' : margin < 0 ? '≤ ' : '≥ ';
  return `${end}${margin < 0 ? '−' : ''}${Math.abs(margin)}`;
}

/** The teacher's margins point up, the de-biased ones down; class 1 is stacked on class 0. */
export function Margins({ margins, children }: { readonly margins: Figures['margins'] } & Extra): JSX.Element {
  const { teacher, debiased } = margins;
  const limit = -(teacher.from[0] as number);
  const most = Math.max(1, ...[teacher, debiased].flatMap((h) => h.from.map((_, k) => rowsOf(h, k))));
  return (
    <Chart
      title="Margins"
      caption="Margins of the labelled training rows by class: the teacher's above the line, the de-biased ones below it. The outermost bars include all margins beyond the axis."
      x={{
        domain: [-limit, limit],
        label: 'Margin (log-odds of class 1)',
        ticks: [-limit, -limit / 2, 0, limit / 2, limit],
        format: (margin) => marginTick(margin, limit),
      }}
      y={{
        domain: [-most, most],
        label: 'Training rows',
        ticks: roundTicks([-most, most]).filter(Number.isInteger),
        format: (rows) => tickTexts([Math.abs(rows)]).join(),
      }}
      legend={CLASSES}
      draw={(x, y) => (
        <>
          {bars(teacher, 'teacher', x, y)}
          {bars(debiased, 'de-biased', x, (rows) => y(-rows))}
          <line class="zero" x1={x(-limit)} x2={x(limit)} y1={y(0)} y2={y(0)} />
          <text class="halo" x={x(-limit) + 4} y={y(most) + 12}>
            teacher
          </text>
          <text class="halo" x={x(-limit) + 4} y={y(-most) - 4}>
            de-biased
          </text>
        </>
      )}
    >
      {children}
    </Chart>
  );
}

function bars(histogram: Histogram, labels: string, x: Scale, y: Scale): JSX.Element[] {
  const { from, width } = histogram;
  return from.flatMap((low, k) =>
    CLASSES.flatMap(({ key, name, style }) => {
      const rows = histogram[key][k] as number;
      if (rows === 0) return [];
      const below = key === 'positives' ? (histogram.negatives[k] as number) : 0;
      const [start, end] = [y(below), y(below + rows)];
      return [
        <rect
          key={`${low}${key}`}
          class={`bar ${style}`}
          x={x(low) + 0.5}
          y={Math.min(start, end)}
          width={Math.max(1, Number((x(low + width) - x(low) - 1).toFixed(1)))}
          height={Number(Math.abs(end - start).toFixed(1))}
        >
          <title>{`${labels}, ${name}: ${Number(rows.toFixed(1))} rows ${binName(from, k, width)}`}</title>
        </rect>,
      ];
    }),
  );
}

function rowsOf({ negatives, positives }: Histogram, k: number): number {
  return (negatives[k] as number) + (positives[k] as number);
}

/** The range of a bin; the outermost bins have only one end. */
function binName(from: readonly number[], k: number, width: number): string {
  const low = from[k] as number;
  const [start, end] = [low, low + width].map((margin) => margin.toFixed(1).replace('-', '−'));
  if (k === 0) return `below ${end}`;
  return k === from.length - 1 ? `from ${start} on` : `from ${start} to ${end}`;
}
