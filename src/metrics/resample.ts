// All metrics of one set of predictions, on the original rows and on bootstrap resamples (Efron 1979).
import { countsIn, meanOne } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { dispose } from '../io/dispose.ts';
import { openArena } from '../kernels/memory.ts';
import { seedWords } from '../kernels/random.ts';

/** Values that the kernel's `measure` writes: METRICS, then the four at 0.5. */
export const COLUMNS = 14;
/** Bins of ECE. */
const BINS = 10;

export interface Resampler extends Disposable {
  /** Metrics of the original rows; float64 [COLUMNS]. */
  readonly values: Float64Array;
  /** Metrics of replicates from .. to - 1, float64 [(to - from) x COLUMNS]; a replicate depends only on its number and the seed. */
  draw(seed: number, from: number, to: number): Float64Array;
}

/**
 * Puts predictions into kernel memory; dispose of the resampler after use.
 * @param probabilities of class 1, float64 [rows]
 * @param labels 1 or 0, int8 [rows]
 * @param options.scores rank the rows, such as margins, float64 [rows]; default the probabilities
 * @param options.weights of the rows, float64 [rows]; default all 1. Resamples draw rows with equal probabilities, and a row counts as
 * often as it is drawn, times its weight
 */
export function openResampler(
  probabilities: Float64Array,
  labels: Int8Array,
  threshold: number,
  { scores = probabilities, weights }: { scores?: Float64Array | undefined; weights?: Float64Array | undefined } = {},
): Resampler {
  const arena = openArena();
  const { kernels } = arena;
  const n = labels.length;
  const order = arena.reserve(4 * n);
  const [p, losses, flags] = [arena.reserve(8 * n), arena.reserve(8 * n), arena.reserve(n)];
  const w = weights && n > 0 ? arena.reserve(8 * n) : 0;
  const counts = arena.reserve(2 * n);
  const bins = arena.reserve(3 * BINS * 8);
  const out = arena.reserve(8 * COLUMNS);
  const before = kernels.mark();
  const y = arena.put(labels);
  // the places of the results hold what makes them first: scores, then probabilities, then weights
  arena.write(losses, scores);
  kernels.sortDescending(losses, n, order, p);
  kernels.rankLabels(order, losses, y, n, flags);
  kernels.release(before);
  arena.write(losses, probabilities);
  kernels.rankValues(order, losses, n, p);
  if (weights && w !== 0) {
    // equal weights then give the same bits as none
    arena.write(losses, meanOne(weights));
    kernels.rankValues(order, losses, n, w);
  }
  kernels.rowLosses(p, flags, n, losses);
  kernels.measure(p, losses, flags, 0, n, threshold, bins, out, w);
  return {
    values: arena.f64(out, COLUMNS),
    draw(seed, from, to) {
      const before = kernels.mark();
      const samples = arena.reserve(8 * COLUMNS * (to - from));
      const [low, high] = seedWords(seed);
      const rows: [number, number, number, number, number, number] = [order, p, losses, flags, counts, n];
      kernels.bootstrap(...rows, threshold, bins, low, high, from, to, samples, w);
      const drawn = arena.f64(samples, COLUMNS * (to - from));
      kernels.release(before);
      return drawn;
    },
    [dispose]: () => arena[dispose](),
  };
}

/**
 * Metrics of the labelled rows with a weight above 0, and of bootstrap resamples with seed 1.
 * @returns values float64 [COLUMNS]; resampled float64 [replicates x COLUMNS]
 */
export function resampleMetrics(
  probabilities: Float64Array,
  labels: Int8Array,
  {
    threshold,
    replicates,
    scores = probabilities,
    weights,
  }: { threshold: number; replicates: number; scores?: Float64Array; weights?: Float64Array | undefined },
): { values: Float64Array; resampled: Float64Array } {
  const rows = rowsWhere(labels.length, countsIn({ labels, weights }));
  using resampler = openResampler(
    Float64Array.from(rows, (i) => probabilities[i] as number),
    Int8Array.from(rows, (i) => labels[i] as number),
    threshold,
    {
      scores: Float64Array.from(rows, (i) => scores[i] as number),
      weights: weights && Float64Array.from(rows, (i) => weights[i] as number),
    },
  );
  return { values: resampler.values, resampled: resampler.draw(1, 0, replicates) };
}
