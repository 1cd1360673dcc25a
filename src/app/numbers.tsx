// Tables of numbers, also as the text alternative of a chart.
import type { JSX } from 'preact';

interface Props {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The numbers of a chart, collapsed. */
export function ChartNumbers(props: Props): JSX.Element {
  return (
    <details>
      <summary>Numbers</summary>
      <Numbers {...props} />
    </details>
  );
}

export function Numbers({ caption, head, rows }: Props): JSX.Element {
  return (
    // a scrollable region must be reachable by keyboard
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

/** A number with its sign, to three digits. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(3);
  return Number(digits) === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${digits}`;
}
