/** @jsxImportSource preact */
// The frame of every chart, as SVG: title, legend, axes and caption. Colours are classes of style.ts.
import type { ComponentChildren, JSX } from 'preact';
import type { Style } from './legend-style.ts';
import { Legend } from './mark.tsx';
import { type Domain, linearScale, roundTicks, type Scale, tickTexts } from './scale.ts';
import { withUnits } from './units.ts';

export type { ColorName, Style } from './legend-style.ts';

/** An axis of a chart. */
export interface Axis {
  readonly domain: Domain;
  /** The quantity with its unit; empty: no label. */
  readonly label: string;
  /** The values of the ticks; default: round numbers. */
  readonly ticks?: readonly number[];
  /** Formats a tick; default: its number. */
  readonly format?: (value: number) => string;
}

interface Props {
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly height?: number;
  /** The meaning of the colours. */
  readonly legend?: readonly Style[];
  /** The parts of the y axis with lines of x ticks, so that none crosses a label; default: all of it. */
  readonly lined?: readonly Domain[];
  /** The marks, given the scales. */
  readonly draw: (x: Scale, y: Scale) => ComponentChildren;
  /** Content under the caption. */
  readonly children?: ComponentChildren;
}

/** Props that every chart accepts in addition to its data. */
export interface Extra {
  /** Content under the caption. */
  readonly children?: ComponentChildren;
}

/** The domain of rates and probabilities. */
export const UNIT: Domain = [0, 1];

/** Text of 13.5 units then has at least 12 pixels on a phone 375 pixels wide. */
const WIDTH = 384;
const HEIGHT = 290;
const RIGHT = 16;
const BOTTOM = 46;
/** Height of the ticks of an axis without a label. */
const TICKS = 28;
/** Left end of marks and their names in a chart without a y axis. */
export const NAME_LEFT = 4;
/** Width of a letter in a tick. */
const LETTER = 7.8;

export function Chart({
  title,
  caption,
  x,
  y,
  height = HEIGHT,
  legend = [],
  lined,
  draw,
  children,
}: Props): JSX.Element {
  const [xTicks, yTicks] = [x.ticks ?? roundTicks(x.domain), y.ticks ?? roundTicks(y.domain)];
  const xTexts = x.format ? xTicks.map(x.format) : tickTexts(xTicks);
  const yTexts = y.format ? yTicks.map(y.format) : tickTexts(yTicks);
  const left = yTexts.length === 0 ? NAME_LEFT : 14 + LETTER * Math.max(...yTexts.map((text) => text.length));
  const [right, top, bottom] = [WIDTH - RIGHT, y.label === '' ? 8 : 28, height - (x.label === '' ? TICKS : BOTTOM)];
  const sx = linearScale(x.domain, left, right);
  const sy = linearScale(y.domain, bottom, top);
  const grid = [
    ...xTicks.flatMap((tick) =>
      (lined?.map((ends) => ends.map(sy)) ?? [[top, bottom]]).map(([from, to]) => `M${sx(tick)} ${from}V${to}`),
    ),
    ...yTicks.map((tick) => `M${left} ${sy(tick)}H${right}`),
  ];
  return (
    <figure class="chart">
      <h3>{title}</h3>
      <Legend items={legend} />
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${title}. ${caption}`}>
        <path class="grid" d={grid.join('')} />
        <g text-anchor="middle">
          {xTicks.map((tick, i) => (
            <text key={tick} x={sx(tick)} y={bottom + 19}>
              {xTexts[i]}
            </text>
          ))}
        </g>
        <g text-anchor="end">
          {yTicks.map((tick, i) => (
            <text key={tick} x={left - 7} y={sy(tick) + 5}>
              {yTexts[i]}
            </text>
          ))}
          {x.label && (
            <text x={right} y={height - 6}>
              {`${x.label} →`}
            </text>
          )}
        </g>
        {y.label && <text x="2" y="14">{`↑ ${y.label}`}</text>}
        {draw(sx, sy)}
      </svg>
      <figcaption>{withUnits(caption)}</figcaption>
      {children}
    </figure>
  );
}
