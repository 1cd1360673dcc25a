/** @jsxImportSource preact */
// The picture of the groups as an SVG file of its own, in light and dark.
import type { JSX } from 'preact';
import type { Style } from './chart.tsx';
import { type Measure, ROW, Row } from './dumbbells.tsx';
import { Mark } from './mark.tsx';
import { linearScale, roundTicks, tickTexts } from './scale.ts';
import { MARK_STYLE } from './style.ts';
import { colourProperties } from './tokens.ts';

interface Props {
  /** What the picture shows. */
  readonly title: string;
  /** Lines under the title. */
  readonly lines: readonly string[];
  readonly measures: readonly Measure[];
  readonly legend: readonly Style[];
  /** The last line. */
  readonly note: string;
}

const [WIDTH, EDGE, GAP] = [960, 32, 36];
const [TITLE, TEXT] = [24, 15];
const LEGEND_ITEM = 150;
/** Letters of a title. */
const MAX_TITLE = 65;

const STYLE = `svg{${colourProperties('light')}}@media(prefers-color-scheme:dark){svg{${colourProperties('dark')}}}
text{font:${TEXT}px system-ui,sans-serif;fill:var(--ink)}.title{font-size:${TITLE}px;font-weight:700}.head{font-size:17px;font-weight:600}.hint{font-size:14px}.soft{fill:var(--soft)}.strong{font-weight:600}
.sheet{fill:var(--paper);stroke:var(--faint)}.halo{stroke:var(--paper);stroke-width:4px;paint-order:stroke}
${MARK_STYLE}
@media(forced-colors:active){.mark{stroke:Canvas}}`;

export function Poster({ title, lines, measures, legend, note }: Props): JSX.Element {
  const rows = Math.max(...measures.map(({ groups }) => groups.length));
  const titles = broken(title, MAX_TITLE);
  const below = 42 + 32 * titles.length + 22 * lines.length;
  const top = below + 88;
  const bottom = top + ROW * rows + 8;
  const height = bottom + 72;
  const column = (WIDTH - 2 * EDGE - GAP * (measures.length - 1)) / measures.length;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox={`0 0 ${WIDTH} ${height}`}
      width={WIDTH}
      height={height}
      role="img"
      aria-label={[title, ...lines, note].join(' ')}
    >
      <style>{STYLE}</style>
      <rect class="sheet" x="0.5" y="0.5" width={WIDTH - 1} height={height - 1} rx="12" />
      {titles.map((line, i) => (
        <text key={line} class="title" x={EDGE} y={48 + 32 * i}>
          {line}
        </text>
      ))}
      {lines.map((line, i) => (
        <text key={line} class="soft" x={EDGE} y={42 + 32 * titles.length + 22 * i}>
          {line}
        </text>
      ))}
      {legend.map(({ name, style }, i) => (
        <g key={name}>
          <g class={style}>
            <Mark style={style} x={EDGE + 8 + LEGEND_ITEM * i} y={below + 8} r={6} />
          </g>
          <text x={EDGE + 22 + LEGEND_ITEM * i} y={below + 13}>
            {name}
          </text>
        </g>
      ))}
      {measures.map(({ title: head, hint, x: axis, groups, text }, k) => {
        const left = EDGE + k * (column + GAP);
        const x = linearScale(axis.domain, left, left + column);
        const ticks = (axis.ticks ?? roundTicks(axis.domain)).filter((_, i, all) => all.length < 6 || i % 2 === 0);
        const texts = axis.format ? ticks.map(axis.format) : tickTexts(ticks);
        return (
          <g key={head}>
            <text class="head" x={left} y={top - 34}>
              {head}
            </text>
            <text class="soft hint" x={left} y={top - 13}>
              {hint}
            </text>
            <path class="grid" d={ticks.map((tick) => `M${x(tick)} ${top}V${bottom}`).join('')} />
            {groups.map((group, i) => (
              <Row
                key={group.name}
                group={group}
                x={x}
                y={top + ROW * i}
                domain={axis.domain}
                text={text}
                letters={16}
              />
            ))}
            {ticks.map((tick, i) => (
              <text key={tick} class="soft" text-anchor="middle" x={x(tick)} y={bottom + 20}>
                {texts[i]}
              </text>
            ))}
          </g>
        );
      })}
      <text class="soft" x={EDGE} y={height - 18}>
        {note}
      </text>
    </svg>
  );
}

/** Lines of at most this many letters. */
function broken(text: string, most: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string;
    if (last !== '' && last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
