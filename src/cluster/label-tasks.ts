// Soft labels and features by a cluster. Each block of rows is a task, and its result is an entry of the cache that softLabels reads.
import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { teacherRows } from '../data/row-source.ts';
import { decodeEntry } from '../io/entry.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { packPlain } from '../io/plain.ts';
import { sha256 } from '../io/sha256.ts';
import { CACHE_ENTRY_ROWS, type CachedLabels, decodeLabels, labelKey, takenRows } from '../teacher/label-cache.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { Cluster } from './cluster.ts';
import type { LabelTask } from './task.ts';
import { isTaskError, throwFailures } from './task-error.ts';

/** A teacher that the workers can open. */
export interface SharedTeacher {
  /** The teacher in this process. */
  readonly teacher: Teacher;
  /** The store key of the packed teacher (see packTeacher). */
  readonly packed: string;
}

/**
 * Labels rows by the workers of a cluster.
 * @param title names the rows in messages
 * @throws DebkdError `task` if the task fails; as Cluster.run
 */
export function labelRows(
  cluster: Cluster,
  { teacher, packed }: SharedTeacher,
  all: Matrix | RawColumns,
  title: string,
): Promise<CachedLabels> {
  refuseImages(teacher);
  const rows = takenRows(teacher, all);
  const key = labelKey(teacher.identity, rows);
  const count = rows.rows;
  return runLabelTask(cluster, {
    task: { teacher: packed, key, title, count },
    pack: packOnce(rows),
    decode: (stored) => decodeLabels(key, stored, count),
  });
}

/** The workers of a queue get rows of a table, and no images. @throws DebkdError `teacher` */
export function refuseImages({ image, name }: Pick<Teacher, 'image' | 'name'>): void {
  if (!image) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: 'it reads images, which the workers of a queue do not get',
    remedy: 'label the rows without the queue',
  });
}

/** Packs the rows once and releases them: the rows of waiting tasks are in the store and must not also stay in memory. */
function packOnce(rows: Matrix | RawColumns): () => Uint8Array {
  let held: Matrix | RawColumns | undefined = rows;
  return () => {
    const bytes = packPlain(held);
    held = undefined;
    return bytes;
  };
}

interface LabelWork<T> {
  readonly task: Omit<LabelTask, 'build' | 'kind' | 'rows'>;
  /** Encodes the rows. */
  readonly pack: () => Uint8Array;
  /** Decodes the result; undefined if it is damaged. */
  readonly decode: (stored: Uint8Array) => T | undefined;
}

/** Runs a task unless its result is in the store. A damaged result is quarantined and computed again. */
async function runLabelTask<T>(cluster: Cluster, { task, pack, decode }: LabelWork<T>): Promise<T> {
  const { store } = cluster;
  const { key, title } = task;
  // a key of this task only, which makes it safe to remove the rows after the task
  const rows = sha256(new TextEncoder().encode(`rows of ${key}`));
  const read = async (): Promise<T | undefined> => {
    const stored = await store.get(key);
    const result = stored && decode(stored);
    if (stored && result === undefined) await store.quarantine(key);
    return result;
  };
  const earlier = await read();
  if (earlier !== undefined) return earlier;
  try {
    return await cluster.run(
      { ...task, kind: 'labels', rows },
      { prepare: async () => store.put(rows, pack()), cleanUp: () => store.remove(rows), read },
    );
  } catch (error) {
    throw isTaskError(error) ? error.within(title) : error;
  }
}

/** Blocks of a dataset in the queue at a time. */
const MAX_CONCURRENT = 256;

/** Called with the number of labelled rows and of all rows. */
export type OnRowsDone = (done: number, total: number) => void;

/**
 * Labels a whole dataset. Afterwards softLabels (with `layer`, hiddenFeatures) finds the results of all rows in the store.
 * @param options.part names the dataset in messages
 * @param options.layer the tensor to read instead of the output; default: the output
 * @throws DebkdError `task` that names the first five failed blocks; as Cluster.run
 */
export async function labelDataset(
  cluster: Cluster,
  { teacher, packed }: SharedTeacher,
  { teacherInputs }: AnyDataset,
  options: { readonly part: string; readonly layer?: string; readonly onDone?: OnRowsDone },
): Promise<void> {
  refuseImages(teacher);
  const { part, layer, onDone } = options;
  const rows = teacherRows(teacherInputs);
  const starts = Array.from({ length: Math.ceil(rows.rows / CACHE_ENTRY_ROWS) }, (_, k) => k * CACHE_ENTRY_ROWS);
  let done = 0;
  const results: PromiseSettledResult<void>[] = [];
  // not async, because the frame of an async function would keep the block in memory while it waits
  const labelBlock = (from: number): Promise<void> => {
    const to = Math.min(rows.rows, from + CACHE_ENTRY_ROWS);
    const block = takenRows(teacher, rows.read(from, to));
    const key = labelKey(teacher.identity, block, layer);
    return runLabelTask(cluster, {
      task: {
        teacher: packed,
        key,
        title: `${part} rows ${from + 1} to ${to}`,
        count: to - from,
        ...(layer !== undefined && { layer }),
      },
      pack: packOnce(block),
      decode: (stored) => decodeEntry(key, stored),
    }).then(() => {
      done += to - from;
      onDone?.(done, rows.rows);
    });
  };
  const work = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      const [result] = await Promise.allSettled([labelBlock(from)]);
      results.push(result);
      // any other error is one of the cluster: stop
      if (result.status === 'rejected' && !isTaskError(result.reason)) starts.length = 0;
    }
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
  throwFailures(results);
}
