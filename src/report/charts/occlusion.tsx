/** @jsxImportSource preact */
// A map of the cells of an image: how much each changes a margin.
import type { JSX } from 'preact';
import { Chart, type ColorName, type Extra, type Style } from './chart.tsx';

/** Cells of an image, row by row from the top. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  /** In log-odds; [rows x columns] */
  readonly shares: ArrayLike<number>;
}

interface Props extends Cells, Extra {
  readonly title: string;
  readonly caption: string;
  /** Whether shares have a direction, above 0 towards class 1; otherwise they are sizes of changes. Default true. */
  readonly signed?: boolean;
}

const HEIGHT = 400;
const DIRECTIONS: readonly Style[] = [
  { name: 'towards class 1', style: 'up' },
  { name: 'towards class 0', style: 'down' },
];
const SIZES: readonly Style[] = [{ name: 'the stronger, the larger the change', style: 'up' }];

/** Shares of cells as a heat map: the colour is the direction, its strength the size. */
export function Occlusion({ title, caption, rows, columns, shares, signed = true, children }: Props): JSX.Element {
  const numbers = Array.from(shares);
  const largest = numbers.reduce((most, share) => Math.max(most, Math.abs(share)), 0);
  return (
    <Chart
      title={title}
      caption={caption}
      height={HEIGHT}
      x={side(columns, 'Column')}
      y={{ ...side(rows, 'Row'), domain: [rows, 0] }}
      legend={signed ? DIRECTIONS : SIZES}
      draw={(x, y) => (
        <>
          <rect class="under" x={x(0)} y={y(0)} width={x(columns) - x(0)} height={y(rows) - y(0)} />
          {numbers.map((share, i) => {
            const [row, column] = [Math.floor(i / columns), i % columns];
            return (
              <rect
                key={`${row} ${column}`}
                class={colourOf(share)}
                fill-opacity={largest === 0 ? 0 : Number((Math.abs(share) / largest).toFixed(3))}
                x={x(column)}
                y={y(row)}
                width={Number((x(column + 1) - x(column)).toFixed(1))}
                height={Number((y(row + 1) - y(row)).toFixed(1))}
              >
                <title>{`Row ${row + 1}, column ${column + 1}: ${signed && share > 0 ? '+' : ''}${share.toFixed(3)}`}</title>
              </rect>
            );
          })}
        </>
      )}
    >
      {children}
    </Chart>
  );
}

const colourOf = (share: number): ColorName => (share < 0 ? 'down' : 'up');

/** An axis that names each cell in its middle, from 1. */
function side(cells: number, label: string) {
  return {
    domain: [0, cells] as const,
    label,
    ticks: Array.from({ length: cells }, (_, i) => i + 0.5),
    format: (middle: number) => String(middle + 0.5),
  };
}
