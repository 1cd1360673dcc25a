// Histograms of a student's columns: the types of statistics.json. They hold counts, and no row.

/** What a histogram counts of a column. */
export const HISTOGRAM_KINDS = ['number', 'category', 'date', 'words', 'known n-grams', 'image'] as const;
/** A number, a category, a part of a date, the words of a text, the share of its n-grams that the student knows, or an image. */
export type HistogramKind = (typeof HISTOGRAM_KINDS)[number];

/** Rows by bin. A count from 1 to 9 of a reference is null. */
export interface Histogram {
  /** The raw column. */
  readonly column: string;
  /** What is counted. */
  readonly kind: HistogramKind;
  /** The part of a date; absent otherwise. */
  readonly part?: string;
  /** Ascending: the first bin is below the first edge, and every other bin begins with its edge. Absent for categories. */
  readonly edges?: readonly number[];
  /** The categories with a bin each; one more bin has all other values. Only for categories. */
  readonly categories?: readonly string[];
  /** Rows of each bin; null: from 1 to 9. */
  readonly counts: readonly (number | null)[];
  /** Rows without a value; null: from 1 to 9. */
  readonly missing: number | null;
  /** Rows whose value the student does not list, which are also in a bin; only for categories. */
  readonly unknown?: number | null;
}

/** The student's margins, the log-odds of class 1. */
export interface MarginHistogram {
  /** As in Histogram. */
  readonly edges: readonly number[];
  /** Rows of each bin: the training rows, or the new rows. */
  readonly counts: readonly (number | null)[];
  /** The validation rows, which the student was not fitted to; only in a reference. */
  readonly validation?: readonly (number | null)[];
}

/** Counts of rows: the content of statistics.json, and of what a deployed student has counted. */
export interface Statistics {
  /** Format and version of this file. */
  readonly schema: 'debkd/statistics@1';
  /** SHA-256 of student.debkd. */
  readonly student: string;
  /** Rows that were counted; in a reference the training rows. */
  readonly rows: number;
  /** One or more histograms of each column that the student reads. */
  readonly columns: readonly Histogram[];
  /** The student's answers. */
  readonly margins: MarginHistogram;
}

/** The fewest rows that a reference tells of. */
export const FEWEST_ROWS = 10;

/** Of a category, its place; of a number, the last edge at or below it, as an index of its bin. */
export function binOf(edges: ArrayLike<number>, x: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x >= (edges[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The names of the bins, without that of missing values. */
export function binNames({ edges = [], categories }: Pick<Histogram, 'edges' | 'categories'>): string[] {
  if (categories) return [...categories.map((text) => (text === '' ? '(empty)' : text)), 'other'];
  if (edges.length === 0) return ['any'];
  return Array.from({ length: edges.length + 1 }, (_, i) => {
    if (i === 0) return `below ${edges[0]}`;
    return i === edges.length ? `from ${edges[i - 1]}` : `${edges[i - 1]} to ${edges[i]}`;
  });
}

/** What a histogram is of, in words: `age`, `signup (month)`, `review (words)`. */
export function histogramName({ column, kind, part }: Pick<Histogram, 'column' | 'kind' | 'part'>): string {
  const of = part ?? (kind === 'words' || kind === 'known n-grams' ? kind : undefined);
  return of === undefined ? column : `${column} (${of})`;
}
