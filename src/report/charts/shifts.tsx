/** @jsxImportSource preact */
// The mean shift of groups of rows by de-biasing.
import type { JSX } from 'preact';
import { Chart, type Extra, NAME_LEFT } from './chart.tsx';
import { shortName } from './names.ts';
import { paddedDomain } from './scale.ts';

/** The shift of a group. */
export interface Shift {
  readonly name: string;
  readonly rows: number;
  /** Mean shift of its rows, in log-odds. */
  readonly meanShift: number;
}

interface Props extends Extra {
  /** Groups from top to bottom. */
  readonly groups: readonly Shift[];
  /** Mean shift of all rows, in log-odds. */
  readonly all: number;
  /** How to read the chart; the end of the caption. */
  readonly meaning: string;
}

/** The share of a group's height that its name takes. */
const NAME = 0.42;

export function Shifts({ groups, all, meaning, children }: Props): JSX.Element {
  return (
    <Chart
      title="Mean shift by group"
      caption={`Bars show the mean shift of each group (number of rows in brackets), the dashed line that of all rows (${all.toFixed(2)}). ${meaning}`}
      height={60 + 34 * groups.length}
      x={{
        domain: paddedDomain([0, all, ...groups.map(({ meanShift }) => meanShift)]),
        label: 'Mean shift (log-odds of class 1)',
      }}
      y={{ domain: [groups.length, 0], label: '', ticks: [] }}
      lined={groups.map((_, i) => [i + NAME, i + 0.95])}
      draw={(x, y) => (
        <>
          {groups.map(({ name, rows, meanShift }, i) => (
            <g key={name}>
              <title>{`${name}: ${rows} rows, mean shift ${meanShift.toFixed(3)}`}</title>
              <rect
                class="bar student"
                x={Math.min(x(0), x(meanShift))}
                y={y(i) + 18}
                width={Number(Math.abs(x(meanShift) - x(0)).toFixed(1))}
                height="12"
              />
            </g>
          ))}
          <line class="zero" x1={x(0)} x2={x(0)} y1={y(0)} y2={y(groups.length)} />
          {/* the dashes would be lost on the bars */}
          <line class="clear" x1={x(all)} x2={x(all)} y1={y(0)} y2={y(groups.length)} />
          <line class="guide" x1={x(all)} x2={x(all)} y1={y(0)} y2={y(groups.length)} />
          {groups.map(({ name, rows }, i) => (
            <text key={name} class="halo" x={NAME_LEFT} y={y(i) + 10}>
              {shortName(name, ` (${rows})`)}
            </text>
          ))}
        </>
      )}
    >
      {children}
    </Chart>
  );
}
