// Soft labels and features by a cluster: each block of rows is a task, and its result an entry of the cache that softLabels reads.
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { AnyDataset } from '../data/stored-dataset.ts';
import { decodeEntry } from '../io/entry.ts';
import { DebkdError } from '../io/errors.ts';
import { packPlain } from '../io/plain.ts';
import { sha256 } from '../io/sha256.ts';
import { BLOCK_ROWS, type CachedLabels, decodeLabels, labelKey } from '../teacher/label-cache.ts';
import { teacherRows } from '../teacher/soft-labels.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { Cluster } from './coordinator.ts';

/** A teacher that the workers have, too. */
export interface SharedTeacher {
  /** The same, here. */
  readonly teacher: Teacher;
  /** Of what packTeacher made, in the store. */
  readonly packed: string;
}

/**
 * Has some rows labelled.
 * @param title what they are called in messages
 * @throws DebkdError `task`
 */
export function labelRows(
  cluster: Cluster,
  { teacher, packed }: SharedTeacher,
  rows: Matrix | RawColumns,
  title: string,
): Promise<CachedLabels> {
  const key = labelKey(teacher.identity, rows);
  const count = rows.rows;
  return submit(cluster, packed, { key, title, count }, boxed(rows), (stored) => decodeLabels(key, stored, count));
}

/** Many wait at a time: what lies in the store must not be in memory, too, so nobody else may hold these rows. */
function boxed(rows: Matrix | RawColumns): () => Uint8Array {
  let held: Matrix | RawColumns | undefined = rows;
  return () => {
    const bytes = packPlain(held);
    held = undefined;
    return bytes;
  };
}

/** @param open what the entry holds; undefined where it is damaged: then it is set aside and made again */
async function submit<T>(
  cluster: Cluster,
  teacher: string,
  task: { readonly key: string; readonly title: string; readonly count: number; readonly layer?: string },
  pack: () => Uint8Array,
  open: (stored: Uint8Array) => T | undefined,
): Promise<T> {
  // of this task alone, so that it can be removed after it
  const at = sha256(new TextEncoder().encode(`rows of ${task.key}`));
  const { store } = cluster;
  const { key, title } = task;
  const sound = async (): Promise<T | undefined> => {
    const stored = await store.get(key);
    const found = stored && open(stored);
    if (stored && found === undefined) await store.setAside(key);
    return found;
  };
  const there = await sound();
  if (there !== undefined) return there;
  const lend = { prepare: async () => store.put(at, pack()), clean: () => store.remove(at) };
  try {
    return await cluster.run({ kind: 'labels', teacher, rows: at, ...task }, { ...lend, take: sound });
  } catch (error) {
    if (!isOfTask(error)) throw error;
    throw new DebkdError('task', `${title}: ${error.message}`);
  }
}

/** Blocks that are in memory and in the queue at a time. */
const AT_A_TIME = 256;

/** How far it is: rows done, of all. */
export type Done = (done: number, total: number) => void;

/**
 * Has a whole dataset labelled: afterwards softLabels, or hiddenFeatures with `layer`, find all of it in the store.
 * @throws DebkdError `task` that names all blocks that failed
 */
export async function labelDataset(
  cluster: Cluster,
  { teacher, packed }: SharedTeacher,
  { teacherInputs: rows }: AnyDataset,
  options: { readonly part: string; readonly layer?: string; readonly onDone?: Done },
): Promise<void> {
  const { part, layer, onDone } = options;
  const starts = Array.from({ length: Math.ceil(rows.rows / BLOCK_ROWS) }, (_, k) => k * BLOCK_ROWS);
  let done = 0;
  const ended: PromiseSettledResult<void>[] = [];
  // no frame that waits holds the block
  const label = (from: number): Promise<void> => {
    const to = Math.min(rows.rows, from + BLOCK_ROWS);
    const block = teacherRows(rows, from, to);
    const title = `${part} rows ${from + 1} to ${to}`;
    const key = labelKey(teacher.identity, block, layer);
    const task = { key, title, count: to - from, ...(layer !== undefined && { layer }) };
    return submit(cluster, packed, task, boxed(block), (stored) => decodeEntry(key, stored)).then(() => {
      done += to - from;
      onDone?.(done, rows.rows);
    });
  };
  const work = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      const [one] = await Promise.allSettled([label(from)]);
      ended.push(one);
      // what is no fault of these rows would be so for all others
      if (one.status === 'rejected' && !isOfTask(one.reason)) starts.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  throwAll(ended);
}

/** @throws DebkdError `task` that says which failed; anything else that one of them was rejected with */
function throwAll(ended: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const other = reasons.find((error) => !isOfTask(error));
  if (other) throw other;
  if (reasons.length > 0) {
    throw tasksFailed(
      reasons.map(({ message }) => message),
      ended.length,
    );
  }
}

/** How many of all tasks failed, and the first of them with their reasons. */
export function tasksFailed(messages: readonly string[], all: number): DebkdError {
  const shown = messages.slice(0, 5).join('; ');
  const more = messages.length > 5 ? `; and ${messages.length - 5} more` : '';
  return new DebkdError(
    'task',
    `cluster: ${messages.length} of ${all} tasks failed: ${shown}${more}; the others are kept in the store, run the same command to try these again`,
  );
}

/** Whether a task failed, and not the cluster. */
export function isOfTask(error: unknown): error is DebkdError {
  return error instanceof DebkdError && error.code === 'task';
}
