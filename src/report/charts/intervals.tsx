/** @jsxImportSource preact */
// Estimates with their intervals, in rows by group.
import type { JSX } from 'preact';
import { type Axis, Chart, type Extra, NAME_LEFT, type Style } from './chart.tsx';
import { Mark } from './mark.tsx';
import { shortName } from './names.ts';
import { paddedDomain, type Scale } from './scale.ts';

/** An estimate. A value that is not finite has no mark, an interval that is not finite no line. */
export interface IntervalMark extends Style {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Marks under a common name. */
export interface IntervalGroup {
  readonly name: string;
  readonly marks: readonly IntervalMark[];
}

interface Props extends Extra {
  readonly title: string;
  readonly caption: string;
  readonly x: Omit<Axis, 'domain'>;
  readonly groups: readonly IntervalGroup[];
  /** Whether the axis includes 0 and marks it with a line. */
  readonly zero: boolean;
  readonly legend?: readonly Style[];
}

const NAME = 20;
const MARK = 14;
const GAP = 4;

export function Intervals({ title, caption, x, groups, zero, legend = [], children }: Props): JSX.Element {
  const values = groups.flatMap(({ marks }) => marks.flatMap(({ value, low, high }) => [value, low, high]));
  const domain = paddedDomain([...(zero ? [0] : []), ...values.filter(isNumber)]);
  const height = NAME + MARK * Math.max(...groups.map(({ marks }) => marks.length)) + GAP;
  const total = height * groups.length;
  return (
    <Chart
      title={title}
      caption={caption}
      height={50 + total}
      x={{ ...x, domain }}
      y={{ domain: [total, 0], label: '', ticks: [] }}
      legend={legend}
      lined={groups.map((_, i) => [height * i + NAME, height * (i + 1)])}
      draw={(sx, sy) => (
        <>
          {zero && <line class="zero" x1={sx(0)} x2={sx(0)} y1={sy(0)} y2={sy(total)} />}
          {groups.map(({ name, marks }, i) => (
            <g key={name}>
              {marks.map((mark, j) => (
                <Row key={mark.name} group={name} mark={mark} x={sx} y={sy(height * i + NAME + (j + 0.5) * MARK)} />
              ))}
              <text class="halo" x={NAME_LEFT} y={sy(height * i + NAME) - 5}>
                {shortName(name)}
              </text>
            </g>
          ))}
        </>
      )}
    >
      {children}
    </Chart>
  );
}

function Row({
  group,
  mark: { name, style, value, low, high },
  x,
  y,
}: {
  readonly group: string;
  readonly mark: IntervalMark;
  readonly x: Scale;
  readonly y: number;
}): JSX.Element | null {
  if (!isNumber(value)) return null;
  const hasInterval = isNumber(low) && isNumber(high);
  const interval = hasInterval ? ` (${low.toFixed(4)} to ${high.toFixed(4)})` : '';
  return (
    <g class={style}>
      <title>{`${group === name ? '' : `${group}, `}${name}: ${value.toFixed(4)}${interval}`}</title>
      {hasInterval && <line class="interval" x1={x(low)} x2={x(high)} y1={y} y2={y} />}
      <Mark style={style} x={x(value)} y={y} r={4} />
    </g>
  );
}

const isNumber = (value: number | null): value is number => Number.isFinite(value);
