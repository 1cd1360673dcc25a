// One task done: what it is about is read from the store, and what it makes is put there.
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
import { CHANGED, LOST } from './repair.ts';
import type { Store } from './store.ts';
import type { CompareTask, LabelTask, Task } from './task.ts';
import { openPackedTeacher } from './teacher-package.ts';

/** Teachers that are kept open. */
const MAX_TEACHERS = 4;

/**
 * Does tasks one at a time; teachers and inputs are kept for the next.
 * @param id of the store as the queue knows it: a place that has become another, as a folder that is no longer mounted, is not used
 * @param onRuntime told when the ONNX runtime begins and ends to work on something
 * @throws DebkdError what makes the task impossible, here and anywhere; `source` where the store has failed
 */
export function openTaskRunner(
  store: Store,
  id: string,
  onRuntime?: (busy: boolean) => void,
): (task: Task) => Promise<void> {
  const teachers = new Map<string, Teacher>();
  let compared: { readonly key: string; readonly parts: JobParts } | undefined;

  const fetch = async (key: string, what: string): Promise<Uint8Array> => {
    const bytes = await store.get(key);
    if (!bytes)
      throw new DebkdError(
        'task',
        `${LOST}: ${what} are not there (${quote(store.place, 200)}); was it emptied? Run the command again`,
      );
    return bytes;
  };
  /** Out of the way, so that it can be put there again. */
  const damaged = async (key: string, what: string): Promise<DebkdError> => {
    await store.setAside(key);
    return new DebkdError(
      'task',
      `${LOST}: ${what} are damaged, and were moved to damaged/${key} (${quote(store.place, 200)}); run the command again`,
    );
  };
  /** Of what lies under its own hash. */
  const fetchWhole = async (key: string, what: string): Promise<Uint8Array> => {
    const bytes = await fetch(key, what);
    if (sha256(bytes) !== key) throw await damaged(key, what);
    return bytes;
  };

  const teacherOf = async (key: string): Promise<Teacher> => {
    const known =
      teachers.get(key) ?? (await openPackedTeacher(await fetchWhole(key, 'the bytes of the teacher'), onRuntime));
    teachers.delete(key);
    teachers.set(key, known); // the last used is the last to go
    for (const [oldest, teacher] of teachers) {
      if (teachers.size <= MAX_TEACHERS) break;
      teachers.delete(oldest);
      teacher[dispose]();
    }
    return known;
  };

  const label = async ({ key, teacher: packed, rows: at, layer }: LabelTask): Promise<void> => {
    const teacher = await teacherOf(packed);
    const rows = readRows(await fetch(at, 'its rows'));
    if (!rows) throw await damaged(at, 'its rows');
    if (labelKey(teacher.identity, rows, layer) !== key)
      throw new DebkdError(
        'task',
        'task: this worker reads teacher or rows in another way (another ONNX runtime?); run the same on all machines',
      );
    if (layer === undefined) return store.put(key, encodeLabels(key, await teacher.margins(rows)));
    const { values } = await teacher.features(rows, layer);
    await store.put(key, encodeEntry(key, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  };

  const compare = async ({ kind, key, inputs, job, setting = 0 }: CompareTask): Promise<void> => {
    if (compared?.key !== inputs)
      compared = {
        key: inputs,
        parts: openJobParts(unpackPlain<CompareInputs>(await fetchWhole(inputs, 'its inputs')), store),
      };
    const { parts } = compared;
    // what is made for one job must not lie under the key of another
    if (parts.keyOf(kind, job, setting) !== key)
      throw new DebkdError('task', `${CHANGED}: its key is not that of ${job.method}, seed ${job.seed}`);
    if (kind === 'debiased') return parts.debias(job.seed);
    if (kind === 'student') return parts.train(job, setting);
    const outcome = await parts.finish(job);
    await store.put(key, encodeOutcome(key, outcome));
  };

  return async (task) => {
    if (!(await store.is(id)))
      throw new DebkdError(
        'source',
        `store ${quote(store.place, 200)}: this is no longer the store that the queue is for; is it mounted?`,
      );
    // done by somebody else, or by us before an answer was lost
    if (await store.has(task.key)) return;
    await (task.kind === 'labels' ? label(task) : compare(task));
  };
}

/** Rows that were packed; that they are the ones that were meant, the key of their labels says. */
function readRows(bytes: Uint8Array): Matrix | RawColumns | undefined {
  try {
    return unpackPlain<Matrix | RawColumns>(bytes);
  } catch {
    return undefined;
  }
}
