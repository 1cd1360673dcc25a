// Collects the statistics of a student's training rows, which later rows are compared with.

import { textCount } from '../data/byte-texts.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { matrixRows, tableChunks } from '../data/row-source.ts';
import type { Split } from '../data/split-parts.ts';
import type { AnyTable, Column } from '../data/table.ts';
import { sha256 } from '../io/sha256.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import { addRows, type Bins, type Counts, columnsFor, countMargins, noCounts } from './count-rows.ts';
import { chooseEdges, keepEdges } from './edges.ts';
import { FEWEST_ROWS, type Histogram, type MarginHistogram, type Statistics } from './histogram.ts';
import { type Measure, measuresOf } from './measures.ts';

/** Most rows that edges are chosen by. */
const SAMPLE = 65536;
/** Most categories with a bin of their own. */
const MAX_CATEGORIES = 30;

/** What collectStatistics reads. */
export interface StatisticsInputs {
  /** The student. */
  readonly student: Student;
  /** The table that the student was trained on. */
  readonly table: AnyTable;
  /** The rows of its parts: those of training and validation are counted. */
  readonly split: Pick<Split, 'train' | 'validation'>;
  /** The same rows, encoded. */
  readonly train: Pick<AnyDataset, 'features' | 'rows'>;
  /** The same rows, encoded. */
  readonly validation: Pick<AnyDataset, 'features' | 'rows'>;
}

/**
 * Counts the training rows in bins: about ten of equal numbers of rows for a number, one for each frequent category, of texts the number
 * of words. The n-grams that a student knows are those of its training rows, so their share is counted on the validation rows. No bin
 * tells of fewer than ten rows: such bins are merged, or their count is null.
 * @returns the content of statistics.json
 * @throws DebkdError `column` if the table lacks a column of the student
 * @example
 * const statistics = collectStatistics({ student, table, split: parts, train, validation });
 * await writeFile('statistics.json', JSON.stringify(statistics));
 */
export function collectStatistics({ student, table, split, train, validation }: StatisticsInputs): Statistics {
  const measures = measuresOf(student.preprocessing);
  const isHeldOut = ({ kind }: Measure): boolean => kind === 'known n-grams';
  const parts = [
    { rows: split.train.slice().sort(), own: measures.filter((measure) => !isHeldOut(measure)) },
    { rows: split.validation.slice().sort(), own: measures.filter(isHeldOut) },
  ].flatMap(({ rows, own }) => countPart({ student, table, rows, measures: own }));
  const byMeasure = new Map(parts);
  return {
    schema: 'debkd/statistics@1',
    student: sha256(encodeStudent(student)),
    rows: split.train.length,
    columns: measures.map((measure) => byMeasure.get(measure) as Histogram),
    margins: countAnswers(student, train, validation),
  };
}

interface Part {
  readonly student: Student;
  readonly table: AnyTable;
  readonly rows: Uint32Array;
  readonly measures: readonly Measure[];
}

/** The histograms of some measures on some rows. */
function countPart({ student, table, rows, measures }: Part): (readonly [Measure, Histogram])[] {
  if (measures.length === 0) return [];
  const bins = chooseBins({ student, table, rows, measures });
  const counts = bins.map(noCounts);
  for (const { chunk, rows: local } of tableChunks(table, rows)) {
    const columns = columnsFor(measures, chunk, student.preprocessing);
    measures.forEach((measure, k) => {
      addRows(counts[k] as Counts, measure, bins[k] as Bins, columns[k] as Column, local);
    });
  }
  return measures.map((measure, k) => [measure, suppressed(measure, bins[k] as Bins, counts[k] as Counts)]);
}

/** Bins by quantiles of evenly spaced rows; all categories that the student lists. */
function chooseBins({ student, table, rows, measures }: Part): Bins[] {
  const size = Math.min(rows.length, SAMPLE);
  const sample = Uint32Array.from({ length: size }, (_, i) => rows[Math.floor((i * rows.length) / size)] as number);
  const values = measures.map(() => [] as number[]);
  for (const { chunk, rows: local = sample } of tableChunks(table, sample)) {
    const columns = columnsFor(measures, chunk, student.preprocessing);
    measures.forEach((measure, k) => {
      const column = columns[k] as Column;
      if (!measure.numbers) return;
      const has = new Uint32Array(textCount(column));
      for (const row of local) has[column.codes[row] as number] = 1;
      const numbers = measure.numbers(column, has);
      for (const row of local) {
        const x = numbers[column.codes[row] as number] as number;
        if (!Number.isNaN(x)) (values[k] as number[]).push(x);
      }
    });
  }
  return measures.map(({ listed }, k) => (listed ? { categories: listed } : { edges: edgesOf(values[k] as number[]) }));
}

const edgesOf = (values: ArrayLike<number>): number[] => chooseEdges(Float64Array.from(values).sort());

/** The histogram without counts from 1 to 9: small bins are merged, and what still is small is null. */
function suppressed(measure: Measure, { edges, categories }: Bins, found: Counts): Histogram {
  const { column, kind, part } = measure;
  const shared = { column, kind, ...(part !== undefined && { part }) };
  const missing = orNull(found.missing);
  if (!categories) {
    const kept = keepEdges(edges ?? [], [found.counts], FEWEST_ROWS);
    const counts = merged(edges ?? [], kept, found.counts);
    return { ...shared, edges: kept, ...hidden(counts, missing) };
  }
  const order = [...categories.keys()]
    .filter((i) => (found.counts[i] as number) >= FEWEST_ROWS)
    .sort((i, j) => (found.counts[j] as number) - (found.counts[i] as number) || i - j)
    .slice(0, MAX_CATEGORIES);
  const own = order.map((i) => found.counts[i] as number);
  const all = found.counts.reduce((sum, count) => sum + count, 0);
  const other = all - own.reduce((sum, count) => sum + count, 0);
  const kept = order.map((i) => categories[i] as string);
  return { ...shared, categories: kept, ...hidden([...own, other], missing), unknown: orNull(found.unknown) };
}

/** The counts after edges were removed. */
function merged(edges: readonly number[], kept: readonly number[], counts: readonly number[]): number[] {
  const sums = [0];
  counts.forEach((count, i) => {
    if (i > 0 && kept.includes(edges[i - 1] as number)) sums.push(0);
    sums[sums.length - 1] = (sums.at(-1) as number) + count;
  });
  return sums;
}

const orNull = (count: number): number | null => (count > 0 && count < FEWEST_ROWS ? null : count);

/** Replaces small counts by null. The largest count is then rounded down, so that the number of all rows does not tell a small count. */
function hidden(all: readonly number[], missing: number | null): Pick<Histogram, 'counts' | 'missing'> {
  const counts = all.map(orNull);
  if (missing !== null && !counts.includes(null)) return { counts, missing };
  const largest = counts.reduce((best: number, count, i) => ((count ?? 0) > (counts[best] ?? 0) ? i : best), 0);
  const count = counts[largest] ?? null;
  if (count !== null) counts[largest] = count - (count % FEWEST_ROWS);
  return { counts, missing };
}

/** The histogram of the student's margins, and that of the validation rows, which the student was not fitted to. */
function countAnswers(
  student: Student,
  train: StatisticsInputs['train'],
  validation: StatisticsInputs['validation'],
): MarginHistogram {
  const [fitted, heldOut] = [train, validation].map((part) => marginsOf(student, part)) as [Float64Array, Float64Array];
  const edges = edgesOf(heldOut.length >= FEWEST_ROWS ? heldOut : fitted);
  const lists = [fitted, heldOut].map((margins) => countMargins(edges, margins));
  const kept = keepEdges(edges, lists, FEWEST_ROWS);
  const [counts = [], own = []] = lists.map((list) => hidden(merged(edges, kept, list), 0).counts);
  return { edges: kept, counts, validation: own };
}

/** Margins of evenly spaced rows. */
function marginsOf(student: Student, { features, rows }: StatisticsInputs['train']): Float64Array {
  if (rows <= SAMPLE) return student.margins(features);
  const sample = Uint32Array.from({ length: SAMPLE }, (_, i) => Math.floor((i * rows) / SAMPLE));
  return student.margins(matrixRows(features).select(sample));
}
