// Runs a teacher on a dataset for its margins, or takes them from a cache.
import type { AnyDataset } from '../data/dataset.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import type { Progress, ProgressOptions } from '../io/progress.ts';
import { datasetOf, meanMargins } from './combine-teachers.ts';
import { awaitsTable, CACHE_ENTRY_ROWS, decodeLabels, encodeLabels, labelKey, takenRows } from './label-cache.ts';
import { openPartial } from './partial-answers.ts';
import type { Teacher } from './teacher.ts';
import type { TextCounts } from './text-inputs.ts';

/** A teacher's soft labels for the rows of a dataset, in order. */
export interface SoftLabels {
  /** Margins (log-odds of class 1), float64 [rows]; NaN for a row without a given soft label. */
  readonly margins: Float64Array;
  /** Rows whose margin was limited, because the output is a probability that rounds to 0 or 1. */
  readonly clippedCount: number;
  /** Rows that came from the cache. */
  readonly cached: number;
  /** Texts that were cut to the teacher's length, and texts without a token; absent for a teacher that reads no text. */
  readonly texts?: TextCounts;
  /** The soft labels of each of several teachers, whose mean `margins` are; absent for a single teacher. */
  readonly each?: readonly SoftLabels[];
}

/**
 * Runs the teacher on the dataset in batches.
 * @param options.batchSize rows per session call; default 512
 * @param options.cache stores the margins in blocks of 16,384 rows, and an unfinished block every 10 s; a later run, or
 *   one after an interruption, reuses them
 * @throws DebkdError `teacher`, `preprocessing` or `column`, like Teacher.margins; `value` if given soft labels have another number of
 *   rows than the table
 * @throws the signal's reason, if aborted
 * @example
 * const { margins } = await softLabels(teacher, test, { cache: await openDiskCache('cache') });
 * const probabilities = margins.map(sigmoid);
 */
export async function softLabels(
  teacher: Teacher,
  dataset: Pick<AnyDataset, 'teacherInputs' | 'otherInputs' | 'rowNumbers' | 'tableRows'> &
    Partial<Pick<AnyDataset, 'features'>>,
  options: { batchSize?: number; cache?: LabelCache | undefined } & ProgressOptions = {},
): Promise<SoftLabels> {
  if (teacher.parts) {
    const each: SoftLabels[] = [];
    for (const [place, part] of teacher.parts.entries())
      each.push(await softLabels(part, datasetOf(dataset, place), options));
    return meanSoftLabels(each);
  }
  if (teacher.given) return { ...teacher.given.read(dataset), cached: 0 };
  if (teacher.student && dataset.features)
    return { margins: teacher.student.margins(dataset.features), clippedCount: 0, cached: 0 };
  const { cache, ...rest } = options;
  const rows = teacherRows(dataset.teacherInputs);
  // rows of text as tokens take memory: block by block
  if (!cache && rows.all && !teacher.text && !teacher.image)
    return { ...(await teacher.margins(rows.all, rest)), cached: 0 };
  const margins = new Float64Array(rows.rows);
  let clippedCount = 0;
  let cached = 0;
  let texts: TextCounts | undefined;
  let reader = teacher;
  for (let from = 0; from < rows.rows; from += CACHE_ENTRY_ROWS) {
    options.signal?.throwIfAborted();
    const to = Math.min(rows.rows, from + CACHE_ENTRY_ROWS);
    const read = rows.read(from, to);
    // the first rows decide which column holds the texts or images
    if (awaitsTable(reader) && !('data' in read)) reader = reader.forTable(read);
    const block = takenRows(reader, read);
    const key = cache ? labelKey(reader.identity, block) : '';
    const stored = await cache?.get(key);
    const known = stored && decodeLabels(key, stored, to - from);
    const partial = known || !cache ? undefined : await openPartial(cache, key, to - from);
    if (partial) cached += to - from - countNaN(partial.margins);
    const watch = { ...rest, firstRow: from, partial, ...watched(options, from, rows) };
    const labels = known ?? (await reader.margins(block, watch));
    if (known) cached += to - from;
    else await cache?.put(key, encodeLabels(key, labels));
    await partial?.finish();
    margins.set(labels.margins, from);
    clippedCount += labels.clippedCount;
    if (labels.texts)
      texts = { cut: (texts?.cut ?? 0) + labels.texts.cut, empty: (texts?.empty ?? 0) + labels.texts.empty };
    options.onProgress?.({ stage: 'soft labels', done: to, total: rows.rows });
  }
  return { margins, clippedCount, cached, ...(texts && { texts }) };
}

function countNaN(margins: Float64Array): number {
  return margins.reduce((count, v) => count + (Number.isNaN(v) ? 1 : 0), 0);
}

/** The mean of several teachers' soft labels. */
export function meanSoftLabels(each: readonly SoftLabels[]): SoftLabels {
  const sum = (of: (labels: SoftLabels) => number): number => each.reduce((total, labels) => total + of(labels), 0);
  return {
    margins: meanMargins(each.map(({ margins }) => margins)),
    clippedCount: sum(({ clippedCount }) => clippedCount),
    cached: Math.min(...each.map(({ cached }) => cached)),
    each,
  };
}

/** Reports the progress of a block as progress of the dataset. */
function watched(
  { onProgress }: ProgressOptions,
  from: number,
  { rows: total }: { readonly rows: number },
): ProgressOptions {
  if (!onProgress) return {};
  return { onProgress: ({ stage, done }: Progress) => onProgress({ stage, done: from + done, total }) };
}
