// How many labelled rows there are, by class.

interface LabelledRows {
  /** 1, 0 or -1 (no label), [rows]. */
  readonly labels: ArrayLike<number>;
  /** A row of weight 0 does not count; default: every labelled row does. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Numbers of labelled rows. */
export interface LabelCounts {
  readonly rows: number;
  /** Rows of class 1. */
  readonly ones: number;
  /** Rows of class 0. */
  readonly zeros: number;
  /** Rows of the class with fewer of them. */
  readonly rarer: number;
}

/** Counts the labelled rows of one or several parts together. */
export function countLabels(...parts: readonly LabelledRows[]): LabelCounts {
  let [ones, zeros] = [0, 0];
  for (const { labels, weights } of parts) {
    for (let i = 0; i < labels.length; i++) {
      if (weights && !((weights[i] as number) > 0)) continue;
      const y = labels[i] as number;
      if (y === 1) ones++;
      else if (y >= 0) zeros++;
    }
  }
  return { rows: ones + zeros, ones, zeros, rarer: Math.min(ones, zeros) };
}
