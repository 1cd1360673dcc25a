// Axes and scales of the page's pictures, as SVG: sharp on any screen, in the page's own colours, readable without eyes by the
// numbers below.
import type { ComponentChildren, JSX } from 'preact';

export type Scale = (value: number) => number;

export interface Axis {
  readonly domain: readonly [number, number];
  readonly label: string;
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

const WIDTH = 420;
const HEIGHT = 290;
const LEFT = 58;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 44;

interface Props {
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly height?: number;
  /** The marks, given the scales. */
  readonly draw: (x: Scale, y: Scale) => ComponentChildren;
  /** What each colour is. */
  readonly legend?: readonly (readonly [className: string, label: string])[];
  /** The numbers, for those who cannot see or want them. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function Chart({ title, caption, x, y, height = HEIGHT, draw, legend, head, rows }: Props): JSX.Element {
  const sx = scale(x.domain, LEFT, WIDTH - RIGHT);
  const sy = scale(y.domain, height - BOTTOM, TOP);
  const [xTicks, yTicks] = [x.ticks ?? ticks(x.domain), y.ticks ?? ticks(y.domain)];
  const [fx, fy] = [x.format ?? short, y.format ?? short];
  return (
    <figure>
      <h3>{title}</h3>
      {legend && (
        <p class="legend">
          {legend.map(([name, label]) => (
            <span key={label} class={name}>
              {label}
            </span>
          ))}
        </p>
      )}
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${title}. ${caption}`}>
        <g class="axis">
          {xTicks.map((tick) => (
            <g key={tick}>
              <line x1={sx(tick)} x2={sx(tick)} y1={TOP} y2={height - BOTTOM} />
              <text x={sx(tick)} y={height - BOTTOM + 16} text-anchor="middle">
                {fx(tick)}
              </text>
            </g>
          ))}
          {yTicks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={sy(tick)} y2={sy(tick)} />
              <text x={LEFT - 6} y={sy(tick) + 4} text-anchor="end">
                {fy(tick)}
              </text>
            </g>
          ))}
          <text x={(LEFT + WIDTH - RIGHT) / 2} y={height - 8} text-anchor="middle">
            {x.label}
          </text>
          <text transform={`translate(14 ${(TOP + height - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">
            {y.label}
          </text>
        </g>
        {draw(sx, sy)}
      </svg>
      <figcaption>{caption}</figcaption>
      <details>
        <summary>Numbers</summary>
        <Numbers head={head} rows={rows} caption={title} />
      </details>
    </figure>
  );
}

export function Numbers({ caption, head, rows }: Pick<Props, 'head' | 'rows'> & { caption: string }): JSX.Element {
  return (
    // a region that scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <thead>
          <tr>
            {head.map((text) => (
              <th key={text} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) =>
                j === 0 ? (
                  <th key={head[j]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={head[j]}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function scale([low, high]: readonly [number, number], from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** Some round numbers within a domain. */
export function ticks([low, high]: readonly [number, number]): number[] {
  const rough = (high - low) / 4 || 1;
  const power = Number(rough.toExponential().replace(/^.*e/, '1e'));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** A path through points. */
export function path(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join('');
}
