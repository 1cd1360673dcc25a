// Draws random rows to probe a model.
import { denseMatrix, type Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { below } from '../kernels/random.ts';
import type { EncodedInput } from './encoded-inputs.ts';
import type { ColumnInput } from './input-columns.ts';
import type { GraphTensor } from './onnx-graph.ts';
import { isWhole } from './tensors.ts';

/** Ranges that a model may need: both signs; not negative, for logarithms; 0 to 1, for indices of short lists. */
export const RANGES = ['any', 'positive', 'small'] as const;
export type Range = (typeof RANGES)[number];

/** How rows are drawn. */
export interface Draw {
  readonly rows: number;
  /** Largest absolute value. */
  readonly bound: number;
  /** Random words; each number takes the next. */
  readonly source: Iterator<number>;
  readonly range: Range;
}

/** Limit on the random numbers drawn per call; a prime, because rows that repeat them then differ. */
const MAX_DRAWN = 262_139;

/** Rows of `width` numbers for an input. */
export function randomMatrix(input: GraphTensor, width: number, draw: Draw): Matrix {
  const size = draw.rows * width;
  const drawn = Float32Array.from({ length: Math.min(size, MAX_DRAWN) }, () => drawNumber(input.type, draw));
  if (size <= MAX_DRAWN) return denseMatrix(drawn, width);
  // repeat the numbers to fill wide rows, each row from another offset
  const values = new Float32Array(size);
  for (let at = 0; at < size; at += MAX_DRAWN) values.set(drawn.subarray(0, size - at), at);
  return denseMatrix(values, width);
}

/**
 * Draws the columns of each input, numbers as text.
 * @param textsFor the texts that column k of a text input knows
 */
export function randomColumns(
  inputs: readonly ColumnInput[],
  textsFor: (input: string, k: number) => readonly string[],
  draw: Draw,
): RawColumns {
  const codes = Uint32Array.from({ length: draw.rows }, (_, i) => i);
  const columns = inputs.flatMap(({ tensor: { name, type }, width, columns: stated }) =>
    Array.from({ length: stated?.length ?? width ?? 1 }, (_, k) => {
      const pool = type === 'string' ? textsFor(name, k) : [];
      const one = (): string =>
        type === 'string' ? (pool[below(draw.source, Math.max(1, pool.length))] ?? '') : String(drawNumber(type, draw));
      return { name: probeColumn(name, k), codes, texts: Array.from(codes, one) };
    }),
  );
  return { name: 'probe', rows: draw.rows, columns, rowNumbers: codes };
}

/** The name of column k of an input in the rows of a probe. */
const probeColumn = (input: string, k: number): string => `${input}[${k}]`;

/** The inputs as they take the columns of a probe. */
export function probeInputs(inputs: readonly ColumnInput[]): ColumnInput[] {
  return inputs.map((input) => {
    const count = input.columns?.length ?? input.width ?? 1;
    return { ...input, columns: Array.from({ length: count }, (_, k) => probeColumn(input.tensor.name, k)) };
  });
}

/** Rows of encoded columns for several inputs, each column as an input needs it. */
export function randomEncoded(inputs: readonly EncodedInput[], width: number, draw: Draw): Matrix {
  const types = Array.from({ length: width }, () => 'float32');
  for (const { tensor, places } of inputs) {
    // a column of two inputs must fit both
    for (const place of places) if (!isWhole(types[place] as string)) types[place] = tensor.type;
  }
  const values = Float32Array.from({ length: draw.rows * width }, (_, at) =>
    drawNumber(types[at % width] as string, draw),
  );
  return denseMatrix(values, width);
}

function drawNumber(type: string, { source, bound, range }: Draw): number {
  const any = (source.next().value / 2 ** 31 - 1) * bound;
  const x = range === 'any' ? any : range === 'positive' ? Math.abs(any) : Math.abs(any) / bound;
  if (type === 'bool') return x > 0 ? 1 : 0;
  if (type.startsWith('uint')) return Math.round(Math.abs(x));
  return type.startsWith('int') ? Math.round(x) : x;
}
