// Puts the answers to rows of text, which run by length, back into their order, and pools values of tokens.
import type { TokenBatch, TokenRows } from './text-reading.ts';

/** The values of rows in their own order. @param order the place of each row that ran; [rows] */
export function scatterRows<Values extends Float32Array | Float64Array>(
  values: Values,
  columns: number,
  order: Uint32Array,
): Values {
  const placed = values.slice() as Values;
  order.forEach((place, at) => {
    placed.set(values.subarray(at * columns, (at + 1) * columns), place * columns);
  });
  return placed;
}

/** The mean of a tensor [rows, tokens, values] over each row's own tokens; other tensors as they are. */
export function poolTokens(
  values: ArrayLike<number>,
  { from, to, called, dims }: TokenBatch,
  rows: Pick<TokenRows, 'paddedLength' | 'tokens'>,
): ArrayLike<number> {
  const [, tokens, width] = dims;
  if (dims.length !== 3 || tokens !== rows.paddedLength(from) || width === undefined) return values;
  const means = new Float32Array(called * width);
  for (let i = 0; i < to - from; i++) {
    const { start, length } = rows.tokens(from + i);
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let t = start; t < start + length; t++) sum += values[(i * tokens + t) * width + k] as number;
      means[i * width + k] = length > 0 ? sum / length : 0;
    }
  }
  return means;
}
