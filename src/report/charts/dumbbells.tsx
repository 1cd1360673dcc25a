/** @jsxImportSource preact */
// Before and after by group: a mark for each model, one below the other, joined from the teacher to the student.
import type { JSX } from 'preact';
import { type Axis, Chart, type ColorName, type Extra, type Style } from './chart.tsx';
import type { IntervalGroup, IntervalMark } from './intervals.tsx';
import { Mark } from './mark.tsx';
import { shortName } from './names.ts';
import type { Domain, Scale } from './scale.ts';

/** One measure of all groups. */
export interface Measure {
  readonly title: string;
  readonly caption: string;
  /** What it measures, in few words. */
  readonly hint: string;
  readonly x: Axis;
  readonly groups: readonly DumbbellGroup[];
  /** Formats a value in words. */
  readonly text: (value: number) => string;
}

/** The models of a group. */
export interface DumbbellGroup extends IntervalGroup {
  /** The values of the teacher and of the student, such as `94 % → 45 %`. */
  readonly values: string;
  /** Its number of rows, next to its name. */
  readonly rows?: number;
}

interface Props extends Omit<Measure, 'hint'>, Extra {
  readonly legend: readonly Style[];
}

/** Height of a group. */
export const ROW = 54;
/** Height of the line above the groups. */
const HEAD = 14;
/** From a name to the lines of the ticks. */
const BELOW = 6;
/** From the top of a group to its name, and to its marks. */
const [NAME, LINE] = [16, 36];
/** How far a model's mark is below the line of its group, so that no interval hides another. */
const OFF: Readonly<Partial<Record<ColorName, number>>> = { teacher: -7, student: 7 };

export function Dumbbells({ title, caption, x, groups, text, legend, children }: Props): JSX.Element {
  const total = HEAD + ROW * groups.length;
  const [teacher, student] = (['teacher', 'student'] as const).map(
    (style) => legend.find((one) => one.style === style)?.name ?? style,
  );
  return (
    <Chart
      title={title}
      caption={caption}
      height={36 + total}
      x={x}
      y={{ domain: [total, 0], label: '', ticks: [] }}
      legend={legend}
      lined={groups.map((_, i) => [HEAD + ROW * i + NAME + BELOW, HEAD + ROW * (i + 1)])}
      draw={(sx, sy) => (
        <>
          {/* what the values on the right are */}
          <text text-anchor="end" x={sx(x.domain[1])} y={sy(0) + 8}>
            {`${teacher} → ${student}`}
          </text>
          {groups.map((group, i) => (
            <Row key={group.name} group={group} x={sx} y={sy(HEAD + ROW * i)} domain={x.domain} text={text} />
          ))}
        </>
      )}
    >
      {children}
    </Chart>
  );
}

/** A group at height y. */
export function Row({
  group: { name, marks, values, rows },
  x,
  y,
  domain: [low, high],
  text,
  letters,
}: {
  readonly group: DumbbellGroup;
  readonly x: Scale;
  readonly y: number;
  readonly domain: Domain;
  readonly text: (value: number) => string;
  /** Letters of a name. */
  readonly letters?: number;
}): JSX.Element {
  const shown = marks.filter(({ value }) => isNumber(value));
  const at = Number((y + LINE).toFixed(1));
  const ends = [shown.find(({ style }) => style === 'teacher'), shown.find(({ style }) => style === 'student')];
  const [from, to] = ends.map((mark) => mark && x(mark.value));
  return (
    <g>
      <path class="grid" d={`M${x(low)} ${at}H${x(high)}`} />
      {low < 0 && high > 0 && <line class="zero" x1={x(0)} x2={x(0)} y1={y} y2={y + ROW} />}
      {from !== undefined && to !== undefined && <line class="link" x1={from} x2={to} y1={at - 7} y2={at + 7} />}
      {shown.map((mark) => (
        <Point key={mark.name} group={name} mark={mark} x={x} y={at + (OFF[mark.style] ?? 0)} text={text} />
      ))}
      <text class="halo" x={x(low)} y={y + NAME}>
        {shortName(name, rows === undefined ? '' : ` (${rows.toLocaleString('en')})`, letters ?? NAME_LETTERS)}
      </text>
      <text class="halo strong" text-anchor="end" x={x(high)} y={y + NAME}>
        {values}
      </text>
    </g>
  );
}

/** Letters of a name next to its values. */
const NAME_LETTERS = 26;

function Point({
  group,
  mark: { name, style, value, low, high },
  x,
  y,
  text,
}: {
  readonly group: string;
  readonly mark: IntervalMark;
  readonly x: Scale;
  readonly y: number;
  readonly text: (value: number) => string;
}): JSX.Element {
  const hasInterval = isNumber(low) && isNumber(high);
  return (
    <g class={style}>
      <title>{`${group}, ${name}: ${text(value)}${hasInterval ? ` (${text(low)} to ${text(high)})` : ''}`}</title>
      {hasInterval && <line class="band" x1={x(low)} x2={x(high)} y1={y} y2={y} />}
      <Mark style={style} x={x(value)} y={y} r={5} />
    </g>
  );
}

const isNumber = (value: number | null): value is number => Number.isFinite(value);
