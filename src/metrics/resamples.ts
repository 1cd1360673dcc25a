// Bootstrap resamples of rows (Efron 1979) for statistics that the kernel does not measure.
import { below, words } from '../kernels/random.ts';
import { STREAM_THRESHOLD } from '../kernels/streams.ts';
import { interval } from './intervals.ts';
import type { Estimate } from './metric.ts';

/** Resamples: at most, at least, and blocks drawn in all. */
const RESAMPLES = { most: 200, least: 50, drawn: 5e5 };
/** Rows are resampled in at most so many blocks; with more rows, those of a block are drawn together. */
const BLOCKS = 20_000;

/**
 * 95 % intervals of statistics over resamples of the rows.
 * @param order the place of each row before they were sorted, [rows]: rows that are neighbours in a sorted list are not drawn together
 * @param values the statistics of the rows
 * @param of the statistics of a resample, in which row i counts `times[i]` times
 */
export function overResamples(
  order: ArrayLike<number>,
  values: readonly number[],
  of: (times: Uint16Array) => readonly number[],
): Estimate[] {
  const n = order.length;
  if (n === 0) return values.map((value) => ({ value, low: value, high: value }));
  const blocks = Math.min(n, BLOCKS);
  const { most, least, drawn } = RESAMPLES;
  const resamples = Math.max(least, Math.min(most, Math.floor(drawn / blocks)));
  const times = new Uint16Array(n);
  const found = Array.from({ length: resamples }, (_, k) => {
    const counts = new Uint16Array(blocks);
    const source = words(1, STREAM_THRESHOLD, k);
    for (let i = 0; i < blocks; i++) {
      const block = below(source, blocks);
      counts[block] = (counts[block] as number) + 1;
    }
    for (let row = 0; row < n; row++) times[row] = counts[(order[row] as number) % blocks] as number;
    return of(times);
  });
  return values.map((value, c) => ({
    value,
    ...interval(
      Float64Array.from(found, (one) => one[c] as number),
      value,
    ),
  }));
}
