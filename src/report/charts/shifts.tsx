/** @jsxImportSource preact */
// How far de-biasing moved groups of rows.
import type { JSX } from 'preact';
import { byDistance, groupName, type LabelledChanges } from '../group-shifts.ts';
import { Chart, type Extra, NAME_LEFT } from './chart.tsx';
import { shortName } from './names.ts';
import { paddedDomain } from './scale.ts';

interface Props extends Extra {
  readonly changes: LabelledChanges;
  /** What the picture means, after what its marks are. */
  readonly meaning: string;
}

export function Shifts({ changes, meaning, children }: Props): JSX.Element {
  const { meanShift: all } = changes;
  const groups = byDistance(changes);
  return (
    <Chart
      title="What moved, by group"
      caption={`Bars: the mean shift of each group (rows in brackets); dashed: that of all rows, ${all.toFixed(2)}. ${meaning}`}
      height={60 + 34 * groups.length}
      x={{
        domain: paddedDomain([0, all, ...groups.map(({ meanShift }) => meanShift)]),
        label: 'Mean shift (log-odds of class 1)',
      }}
      y={{ domain: [groups.length, 0], label: '', ticks: [] }}
      draw={(x, y) => (
        <>
          {groups.map((group, i) => (
            <g key={groupName(group)}>
              <title>{`${groupName(group)}: ${group.rows} rows, mean shift ${group.meanShift.toFixed(3)}`}</title>
              <rect
                class="bar student"
                x={Math.min(x(0), x(group.meanShift))}
                y={y(i) + 18}
                width={Number(Math.abs(x(group.meanShift) - x(0)).toFixed(1))}
                height="12"
              />
            </g>
          ))}
          <line class="zero" x1={x(0)} x2={x(0)} y1={y(0)} y2={y(groups.length)} />
          <line class="guide" x1={x(all)} x2={x(all)} y1={y(0)} y2={y(groups.length)} />
          {groups.map((group, i) => (
            <text key={groupName(group)} class="halo" x={NAME_LEFT} y={y(i) + 13}>
              {shortName(groupName(group), ` (${group.rows})`)}
            </text>
          ))}
        </>
      )}
    >
      {children}
    </Chart>
  );
}
