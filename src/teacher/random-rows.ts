// Draws random rows to probe a model.
import { denseMatrix, type Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { below } from '../kernels/random.ts';
import type { GraphTensor } from './onnx-graph.ts';

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

/** Draws a column for each input, numbers as text. @param textsFor the texts that a text input knows */
export function randomColumns(
  inputs: readonly GraphTensor[],
  textsFor: (input: string) => readonly string[],
  draw: Draw,
): RawColumns {
  const codes = Uint32Array.from({ length: draw.rows }, (_, i) => i);
  const columns = inputs.map(({ name, type }) => {
    const pool = type === 'string' ? textsFor(name) : [];
    const one = (): string =>
      type === 'string' ? (pool[below(draw.source, Math.max(1, pool.length))] ?? '') : String(drawNumber(type, draw));
    return { name, codes, texts: Array.from(codes, one) };
  });
  return { name: 'probe', rows: draw.rows, columns, rowNumbers: codes };
}

function drawNumber(type: string, { source, bound, range }: Draw): number {
  const any = (source.next().value / 2 ** 31 - 1) * bound;
  const x = range === 'any' ? any : range === 'positive' ? Math.abs(any) : Math.abs(any) / bound;
  if (type === 'bool') return x > 0 ? 1 : 0;
  if (type.startsWith('uint')) return Math.round(Math.abs(x));
  return type.startsWith('int') ? Math.round(x) : x;
}
