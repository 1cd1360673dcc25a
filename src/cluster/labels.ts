// Soft labels and features by a cluster: each block of rows is a task, and its result an entry of the cache that softLabels reads.
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { AnyDataset } from '../data/stored-dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { packPlain } from '../io/plain.ts';
import { sha256 } from '../io/sha256.ts';
import { BLOCK_ROWS, type CachedLabels, decodeLabels, labelKey } from '../teacher/label-cache.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { teacherRows } from '../teacher/soft-labels.ts';
import type { Cluster } from './coordinator.ts';

/** A teacher that the workers have, too. */
export interface SharedTeacher {
  readonly teacher: Teacher;
  /** Of what packTeacher made, in the store. */
  readonly packed: string;
}

/** Has some rows labelled. @param title what they are called in messages @throws DebkdError `task` */
export async function labelRows(
  cluster: Cluster,
  { teacher, packed }: SharedTeacher,
  rows: Matrix | RawColumns,
  title: string,
): Promise<CachedLabels> {
  const key = labelKey(teacher.identity, rows);
  const count = rows.rows;
  await submit(cluster, packed, rows, { key, title });
  const stored = await cluster.store.get(key);
  const labels = stored && decodeLabels(key, stored, count);
  if (!labels) throw new DebkdError('task', `${title}: their labels in the store are damaged; remove entry ${key}`);
  return labels;
}

async function submit(
  cluster: Cluster,
  teacher: string,
  rows: Matrix | RawColumns,
  task: { readonly key: string; readonly title: string; readonly layer?: string },
): Promise<void> {
  // of this task alone, so that it can be removed after it
  const at = sha256(new TextEncoder().encode(`rows of ${task.key}`));
  const { store } = cluster;
  // many wait at a time: what lies in the store need not be in memory, too
  let held: Matrix | RawColumns | undefined = rows;
  const prepare = async (): Promise<void> => {
    const bytes = packPlain(held);
    held = undefined;
    await store.put(at, bytes);
  };
  try {
    await cluster.run({ kind: 'labels', teacher, rows: at, count: rows.rows, ...task }, prepare);
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'task') throw error;
    throw new DebkdError('task', `${task.title}: ${error.message}`);
  }
  await store.remove(at);
}

/** Blocks that are in memory and in the queue at a time. */
export const AT_A_TIME = 256;

/** How far it is: rows done, of all. */
type Done = (done: number, total: number) => void;

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
  const label = async (from: number): Promise<void> => {
    const to = Math.min(rows.rows, from + BLOCK_ROWS);
    const block = teacherRows(rows, from, to);
    const key = labelKey(teacher.identity, block, layer);
    const title = `${part} rows ${from + 1} to ${to}`;
    await submit(cluster, packed, block, { key, title, ...(layer !== undefined && { layer }) });
    done += to - from;
    onDone?.(done, rows.rows);
  };
  const work = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift())
      ended.push(...(await Promise.allSettled([label(from)])));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  throwAll(ended);
}

/** @throws DebkdError `task` that says which failed; anything else that one of them was rejected with */
function throwAll(ended: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const other = reasons.find((error) => !(error instanceof DebkdError) || error.code !== 'task');
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
    `${messages.length} of ${all} tasks failed, the others are kept in the store: ${shown}${more}`,
  );
}
