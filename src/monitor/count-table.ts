// Counts a table and its margins in the bins of a reference, block by block.
import { encode } from '../data/dataset.ts';
import { decodeImages } from '../data/rasters.ts';
import { allRows, tableChunks } from '../data/row-source.ts';
import { readWeights } from '../data/row-weights.ts';
import type { AnyTable, Column, Table } from '../data/table.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Student } from '../student/student.ts';
import { addRows, type Counts, columnsFor, countMargins, noCounts } from './count-rows.ts';
import { type Histogram, histogramName, type Statistics } from './histogram.ts';
import { type Measure, measuresOf } from './measures.ts';

/** Rows of images that are decoded at a time. */
const IMAGE_ROWS = 2048;

/** The counts of a table, and what else is known of its rows. */
interface Counted {
  readonly counts: Statistics;
  readonly margins: Float64Array;
  readonly unknown: readonly UnknownCount[];
  readonly weights: Float64Array | undefined;
}

/** Counts the rows of a table in the bins of the reference, block by block. */
export async function countTable(
  student: Student,
  table: AnyTable,
  reference: Statistics,
  { weights: weightColumn, signal, onProgress }: { readonly weights?: string | undefined } & ProgressOptions,
): Promise<Counted> {
  const { preprocessing } = student;
  const measures = measuresOf(preprocessing);
  checkColumns(measures, reference);
  const counts = reference.columns.map(noCounts);
  const margins = new Float64Array(table.rows);
  const weights = weightColumn === undefined ? undefined : new Float64Array(table.rows);
  const unknown: (readonly UnknownCount[])[] = [];
  let done = 0;
  for (const { chunk, rows } of blocksOf(
    table,
    preprocessing.columns.some(({ kind }) => kind === 'image'),
  )) {
    signal?.throwIfAborted();
    const columns = columnsFor(measures, chunk, preprocessing);
    measures.forEach((measure, k) => {
      addRows(counts[k] as Counts, measure, reference.columns[k] as Histogram, columns[k] as Column, rows);
    });
    const data = encode(await decodeImages(chunk, preprocessing, { rows }), preprocessing, { rows });
    margins.set(student.margins(data), done);
    if (weightColumn !== undefined) weights?.set(readWeights(chunk, weightColumn, rows), done);
    unknown.push(data.unknown ?? []);
    done += rows.length;
    onProgress?.({ stage: 'counting rows', done, total: table.rows });
    await yieldToEventLoop();
  }
  return {
    counts: {
      schema: 'debkd/statistics@1',
      student: reference.student,
      rows: table.rows,
      columns: reference.columns.map((bins, k): Histogram => {
        const { counts: own, missing, unknown: count } = counts[k] as Counts;
        return { ...bins, counts: own, missing, ...(bins.categories && { unknown: count }) };
      }),
      margins: { edges: reference.margins.edges, counts: countMargins(reference.margins.edges, margins) },
    },
    margins,
    unknown: addUnknown(unknown),
    weights,
  };
}

/** Blocks of a table: its chunks, or all rows of one in memory; fewer at a time with images. */
function* blocksOf(table: AnyTable, hasImages: boolean): Generator<{ chunk: Table; rows: Uint32Array }> {
  for (const { chunk } of tableChunks(table)) {
    const rows = allRows(chunk);
    const most = hasImages ? IMAGE_ROWS : Math.max(1, rows.length);
    for (let from = 0; from < rows.length; from += most) yield { chunk, rows: rows.subarray(from, from + most) };
  }
}

/** Checks that the reference has the columns of the student. @throws DebkdError `value` */
function checkColumns(measures: readonly Measure[], reference: Statistics): void {
  const names = (list: readonly Pick<Histogram, 'column' | 'kind' | 'part'>[]): string =>
    JSON.stringify(list.map((one) => [one.kind, histogramName(one)]));
  if (names(measures) === names(reference.columns)) return;
  throw new DebkdError('value', {
    subject: 'statistics',
    seen: 'their columns are not those of the student',
    remedy: 'give the statistics.json that distill wrote',
  });
}
