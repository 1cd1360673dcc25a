// Runs a task: reads its inputs from the store and puts its result there.
import type { CompareInputs } from '../compare/compare-inputs.ts';
import { encodeOutcome } from '../compare/outcome.ts';
import { type JobParts, openJobParts } from '../compare/run-jobs.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { dispose } from '../io/dispose.ts';
import { encodeEntry } from '../io/entry.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { unpackPlain } from '../io/plain.ts';
import { sha256 } from '../io/sha256.ts';
import { encodeLabels, labelKey } from '../teacher/label-cache.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { openPackedTeacher } from './packed-teacher.ts';
import { INPUTS_DAMAGED, TASK_ALTERED } from './requeue.ts';
import type { Store } from './store.ts';
import type { CompareTask, LabelTask, Task } from './task.ts';

/** How many teachers stay open. */
const MAX_TEACHERS = 4;

/**
 * Runs tasks one at a time; teachers and inputs stay open for the next one.
 * @param storeId the id that the store must still have: a folder that is no longer mounted is another store
 * @param onRuntime is called when the ONNX runtime starts and ends work
 * @throws DebkdError where no machine can do the task; `source` where the store fails
 */
export function openTaskRunner(
  store: Store,
  storeId: string,
  onRuntime?: (busy: boolean) => void,
): (task: Task) => Promise<void> {
  const teachers = new Map<string, Teacher>();
  let comparison: { readonly key: string; readonly parts: JobParts } | undefined;

  const fetch = async (key: string, what: string): Promise<Uint8Array> => {
    const bytes = await store.get(key);
    if (!bytes)
      throw new DebkdError('task', {
        subject: INPUTS_DAMAGED,
        seen: `${what} are not there (${quote(store.location, 200)})`,
        remedy: 'was it emptied? Run the command again',
      });
    return bytes;
  };
  /** Quarantines an entry, which lets the coordinator put it again. */
  const quarantine = async (key: string, what: string): Promise<DebkdError> => {
    await store.quarantine(key);
    return new DebkdError('task', {
      subject: INPUTS_DAMAGED,
      seen: `${what} are damaged, and were moved to damaged/${key} (${quote(store.location, 200)})`,
      remedy: 'run the command again',
    });
  };
  /** Reads an entry whose key is its digest. */
  const fetchVerified = async (key: string, what: string): Promise<Uint8Array> => {
    const bytes = await fetch(key, what);
    if (sha256(bytes) !== key) throw await quarantine(key, what);
    return bytes;
  };

  const teacherOf = async (key: string): Promise<Teacher> => {
    const known =
      teachers.get(key) ?? (await openPackedTeacher(await fetchVerified(key, 'the bytes of the teacher'), onRuntime));
    teachers.delete(key);
    teachers.set(key, known); // the Map's order is that of last use
    for (const [oldest, teacher] of teachers) {
      if (teachers.size <= MAX_TEACHERS) break;
      teachers.delete(oldest);
      teacher[dispose]();
    }
    return known;
  };

  const label = async ({ key, teacher: packed, rows: rowsKey, layer }: LabelTask): Promise<void> => {
    const teacher = await teacherOf(packed);
    const rows = readRows(await fetch(rowsKey, 'its rows'));
    if (!rows) throw await quarantine(rowsKey, 'its rows');
    if (labelKey(teacher.identity, rows, layer) !== key)
      throw new DebkdError('task', {
        subject: 'task',
        seen: 'this worker reads teacher or rows in another way (another ONNX runtime?)',
        remedy: 'run the same on all machines',
      });
    if (layer === undefined) return store.put(key, encodeLabels(key, await teacher.margins(rows)));
    const { values } = await teacher.features(rows, layer);
    await store.put(key, encodeEntry(key, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  };

  const compare = async ({ kind, key, inputs, job, setting = 0 }: CompareTask): Promise<void> => {
    if (comparison?.key !== inputs)
      comparison = {
        key: inputs,
        parts: openJobParts(unpackPlain<CompareInputs>(await fetchVerified(inputs, 'its inputs')), store),
      };
    const { parts } = comparison;
    // the result of one job must not get the key of another
    if (parts.keyOf(kind, job, setting) !== key)
      throw new DebkdError('task', {
        subject: TASK_ALTERED,
        seen: `its key is not that of ${job.method}, seed ${job.seed}`,
      });
    if (kind === 'debiased') return parts.debias(job.seed);
    if (kind === 'student') return parts.train(job, setting);
    const outcome = await parts.finish(job);
    await store.put(key, encodeOutcome(key, outcome));
  };

  return async (task) => {
    if (!(await store.hasId(storeId)))
      throw new DebkdError('source', {
        subject: `store ${quote(store.location, 200)}`,
        seen: 'this is no longer the store that the queue is for',
        remedy: 'is it mounted?',
      });
    // another worker did it, or this one did and its reply was lost
    if (await store.has(task.key)) return;
    await (task.kind === 'labels' ? label(task) : compare(task));
  };
}

/** Unpacks rows; undefined where they are damaged. The key of their labels proves that they are the right ones. */
function readRows(bytes: Uint8Array): Matrix | RawColumns | undefined {
  try {
    return unpackPlain<Matrix | RawColumns>(bytes);
  } catch {
    return undefined;
  }
}
