// Runs a teacher on a dataset for its margins, or takes them from a cache.
import type { AnyDataset } from '../data/dataset.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type Block, blocksOf, keptLabels, watchBlock } from './blocks.ts';
import { datasetOf, meanMargins } from './combine-teachers.ts';
import type { CachedLabels } from './label-cache.ts';
import type { Teacher } from './teacher.ts';
import type { TextCounts } from './text-inputs.ts';

/** The stage of progress. */
const STAGE = 'soft labels';

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
  const soft = gatherLabels(rows.rows);
  for (const block of blocksOf(teacher, dataset, options.signal)) {
    const kept = await keptLabels(cache, block);
    const watch = { ...rest, firstRow: block.from, partial: kept.partial, ...watchBlock(options, block, STAGE) };
    const labels = kept.known ?? (await block.reader.margins(block.rows, watch));
    if (!kept.known) await kept.put(labels);
    soft.add(block, labels, kept.cached);
    options.onProgress?.({ stage: STAGE, done: block.to, total: block.total });
  }
  return soft.finish();
}

/** Puts the soft labels of blocks together. @param rows of all blocks */
export function gatherLabels(rows: number): {
  /** @param known rows that the cache had */
  add(block: Pick<Block, 'from'>, labels: CachedLabels, known: number): void;
  finish(): SoftLabels;
} {
  const margins = new Float64Array(rows);
  let clippedCount = 0;
  let cached = 0;
  let texts: TextCounts | undefined;
  return {
    add({ from }, labels, known) {
      margins.set(labels.margins, from);
      clippedCount += labels.clippedCount;
      cached += known;
      if (labels.texts)
        texts = { cut: (texts?.cut ?? 0) + labels.texts.cut, empty: (texts?.empty ?? 0) + labels.texts.empty };
    },
    finish: () => ({ margins, clippedCount, cached, ...(texts && { texts }) }),
  };
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
