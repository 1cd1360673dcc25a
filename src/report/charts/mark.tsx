/** @jsxImportSource preact */
// The mark of a model: each has its own shape and colour.
import type { JSX } from 'preact';
import type { ColorName, Style } from './legend-style.ts';

const CLASSES: readonly ColorName[] = ['class0', 'class1', 'up', 'down'];
const MODELS: readonly ColorName[] = ['teacher', 'student', 'plain', 'hard'];

/** A square for the teacher, a diamond for plain KD, a triangle for hard labels, else a circle. @param r half the width */
export function Mark({
  style,
  x,
  y,
  r,
}: {
  readonly style: ColorName;
  readonly x: number;
  readonly y: number;
  readonly r: number;
}): JSX.Element {
  const at = (value: number): number => Number(value.toFixed(1));
  if (style === 'teacher')
    return <rect class="mark" x={at(x - r)} y={at(y - r)} width={at(2 * r)} height={at(2 * r)} />;
  if (style === 'plain') {
    const d = 1.3 * r;
    return (
      <path
        class="mark"
        d={`M${at(x - d)} ${at(y)}L${at(x)} ${at(y - d)}L${at(x + d)} ${at(y)}L${at(x)} ${at(y + d)}Z`}
      />
    );
  }
  if (style === 'hard')
    return (
      <path
        class="mark"
        d={`M${at(x - 1.2 * r)} ${at(y + r)}L${at(x)} ${at(y - 1.2 * r)}L${at(x + 1.2 * r)} ${at(y + r)}Z`}
      />
    );
  return <circle class="mark" cx={x} cy={y} r={r} />;
}

/** The meaning of the colours, each with its mark on its line. */
export function Legend({ items }: { readonly items: readonly Style[] }): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <p class="legend">
      {items.map(({ name, style }) => (
        <span key={name}>
          <svg viewBox="0 0 30 14" aria-hidden="true" class={style}>
            {CLASSES.includes(style) ? (
              <rect class={`bar ${style}`} x="8" y="1" width="14" height="12" />
            ) : (
              <>
                <path class={`line ${style}`} d="M0 7H30" />
                {MODELS.includes(style) && <Mark style={style} x={15} y={7} r={4.5} />}
              </>
            )}
          </svg>
          {name}
        </span>
      ))}
    </p>
  );
}
