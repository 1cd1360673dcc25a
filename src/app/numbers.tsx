// Tables of numbers, also as the text alternative of a chart.
import type { JSX } from 'preact';
import { RESULT_TEXTS } from './result-texts.ts';

interface Props {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly NumbersCell[])[];
  /** Whether a row is a card on a narrow screen. */
  readonly stack?: boolean;
}

/** A text or number, or an element; or a text with an interval in small, and perhaps in bold. */
export type NumbersCell =
  | string
  | number
  | JSX.Element
  | { readonly value: string; readonly small: string; readonly strong: boolean };

/** The numbers of a chart, collapsed. */
export function ChartNumbers(props: Props): JSX.Element {
  return (
    <details>
      <summary>{RESULT_TEXTS.charts.numbers}</summary>
      <Numbers {...props} />
    </details>
  );
}

export function Numbers({ caption, head, rows, stack = false }: Props): JSX.Element {
  return (
    // a scrollable region must be reachable by keyboard
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section class={stack ? 'across' : 'scroll'} tabIndex={0} aria-label={caption}>
      <table class={stack ? 'stack' : undefined}>
        <thead>
          <tr>
            {head.map((text, j) => (
              <th key={j} scope="col">
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
                  <th key={j} scope="row">
                    {shown(cell)}
                  </th>
                ) : (
                  <td key={j} data-label={stack ? head[j] : undefined}>
                    {shown(cell)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function shown(cell: NumbersCell): JSX.Element | string | number {
  if (typeof cell !== 'object' || 'props' in cell) return cell;
  const { value, small, strong } = cell;
  return (
    <>
      {strong ? <strong>{value}</strong> : value} <small>{small}</small>
    </>
  );
}

/** A number with its sign, to three digits. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(3);
  return Number(digits) === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${digits}`;
}
