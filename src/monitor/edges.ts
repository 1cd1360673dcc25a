// Edges of bins: about ten bins with as many rows each. An edge is the shortest decimal between two values, not a value of a row.

/** Bins of numbers. */
const BINS = 10;

/**
 * Chooses edges by quantiles. Equal values share a bin; up to ten different values have a bin each; a constant has bins on both sides.
 * @param sorted finite numbers, ascending
 */
export function chooseEdges(sorted: Float64Array): number[] {
  const n = sorted.length;
  if (n === 0) return [];
  const starts = startsOfRuns(sorted);
  if (starts.length === 1) return aroundConstant(sorted[0] as number);
  const chosen = new Set<number>();
  if (starts.length <= BINS) for (const start of starts.slice(1)) chosen.add(start);
  else {
    for (let k = 1; k < BINS; k++) {
      // the begin of the run at the quantile, or its end if that is nearer
      const at = Math.floor((k * n) / BINS);
      const [start, end] = runAt(sorted, at);
      const cut = start > 0 && (at - start <= end - at || end >= n) ? start : end;
      if (cut > 0 && cut < n) chosen.add(cut);
    }
  }
  return [...chosen].sort((a, b) => a - b).map((cut) => between(sorted[cut - 1] as number, sorted[cut] as number));
}

/** Places where a run of equal values starts; no more than are needed. */
function startsOfRuns(sorted: Float64Array): number[] {
  const starts = [0];
  for (let i = 1; i < sorted.length && starts.length <= BINS; i++) if (sorted[i] !== sorted[i - 1]) starts.push(i);
  return starts;
}

/** The run of values equal to that at `at`: from its first place up to the place after its last. */
function runAt(sorted: Float64Array, at: number): [start: number, end: number] {
  let [start, end] = [at, at + 1];
  while (start > 0 && sorted[start - 1] === sorted[at]) start--;
  while (end < sorted.length && sorted[end] === sorted[at]) end++;
  return [start, end];
}

/** The shortest decimal above a and at most b. */
function between(a: number, b: number): number {
  const middle = a + (b - a) / 2;
  for (let digits = 1; digits <= 17; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short > a && short <= b) return short;
  }
  return b;
}

/** Bins below, at and above a constant. */
function aroundConstant(value: number): number[] {
  const step = Math.max(2 ** -1060, Math.abs(value) * 2 ** -51);
  return [value, value + step];
}

/**
 * Merges neighbouring bins until each has `least` rows or none.
 * @param lists counts of the bins; all of them must be large enough
 * @returns the edges that stay
 */
export function keepEdges(edges: readonly number[], lists: readonly (readonly number[])[], least: number): number[] {
  const kept = [...edges];
  const counts = lists.map((list) => [...list]);
  const sizeOf = (i: number): number => Math.min(...counts.map((list) => list[i] ?? Infinity));
  const isSmall = (i: number): boolean => counts.some((list) => (list[i] as number) > 0 && (list[i] as number) < least);
  for (;;) {
    const small = counts[0]?.findIndex((_, i) => isSmall(i)) ?? -1;
    if (small < 0 || kept.length === 0) return kept;
    const left = small === kept.length || (small > 0 && sizeOf(small - 1) <= sizeOf(small + 1)) ? small - 1 : small;
    kept.splice(left, 1);
    for (const list of counts) list.splice(left, 2, (list[left] as number) + (list[left + 1] as number));
  }
}
