// Runs a task: reads its inputs from the store and writes its result there.
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
import { alteredTask, TASK_INPUTS } from './requeue.ts';
import type { Store } from './store.ts';
import type { CompareTask, LabelTask, Task } from './task.ts';

/** Teachers that stay open. */
const MAX_TEACHERS = 4;

/**
 * Returns a function that runs one task at a time. Teachers and inputs stay open for the next task.
 * @param storeId the id that the store must still have: a folder that is no longer mounted has another id
 * @param onRuntime called when the ONNX runtime starts and stops working
 * @throws DebkdError `source` if the store fails; any other code if no machine can run the task
 */
export function openTaskRunner(
  store: Store,
  storeId: string,
  onRuntime?: (busy: boolean) => void,
): (task: Task) => Promise<void> {
  const teachers = new Map<string, Teacher>();
  let comparison: { readonly key: string; readonly parts: JobParts } | undefined;

  const location = quote(store.location, 200);
  const fetch = async (key: string, noun: string): Promise<Uint8Array> => {
    const bytes = await store.get(key);
    if (!bytes)
      throw new DebkdError('task', {
        subject: TASK_INPUTS,
        seen: `${noun} missing from the store ${location} (was it emptied?)`,
        remedy: 'run the command again',
      });
    return bytes;
  };
  /** Quarantines an entry. The coordinator then uploads it again. */
  const quarantine = async (key: string, noun: string): Promise<DebkdError> => {
    await store.quarantine(key);
    return new DebkdError('task', {
      subject: TASK_INPUTS,
      seen: `${noun} damaged in the store ${location}, and moved to damaged/${key}`,
      remedy: 'run the command again',
    });
  };
  /** Reads an entry whose key is its digest. */
  const fetchVerified = async (key: string, noun: string): Promise<Uint8Array> => {
    const bytes = await fetch(key, noun);
    if (sha256(bytes) !== key) throw await quarantine(key, noun);
    return bytes;
  };

  const teacherOf = async (key: string): Promise<Teacher> => {
    const known = teachers.get(key) ?? (await openPackedTeacher(await fetchVerified(key, 'teacher'), onRuntime));
    // move it to the end: the Map is in order of last use
    teachers.delete(key);
    teachers.set(key, known);
    for (const [oldest, teacher] of teachers) {
      if (teachers.size <= MAX_TEACHERS) break;
      teachers.delete(oldest);
      teacher[dispose]();
    }
    return known;
  };

  const label = async ({ key, teacher: packed, rows: rowsKey, layer }: LabelTask): Promise<void> => {
    const opened = await teacherOf(packed);
    const rows = readRows(await fetch(rowsKey, 'rows'));
    if (!rows) throw await quarantine(rowsKey, 'rows');
    // a model of images may take columns of numbers, which only the rows show; a queue has no images
    const teacher = opened.image && 'columns' in rows ? opened.forTable(rows) : opened;
    if (labelKey(teacher.identity, rows, layer) !== key)
      throw new DebkdError('task', {
        subject: 'worker',
        seen: 'reads the teacher or the rows differently from the coordinator (another ONNX runtime?)',
        remedy: 'install the same packages on all machines',
      });
    if (layer === undefined) return store.put(key, encodeLabels(key, await teacher.margins(rows)));
    const { values } = await teacher.features(rows, layer);
    await store.put(key, encodeEntry(key, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  };

  const compare = async ({ kind, key, inputs, job, setting = 0 }: CompareTask): Promise<void> => {
    if (comparison?.key !== inputs)
      comparison = {
        key: inputs,
        parts: openJobParts(unpackPlain<CompareInputs>(await fetchVerified(inputs, 'comparison')), store),
      };
    const { parts } = comparison;
    // without this check the result of one job could get the key of another
    if (parts.keyOf(kind, job, setting) !== key)
      throw alteredTask(`its key is not the key of ${job.method}, seed ${job.seed}`);
    if (kind === 'debiased') return parts.debias(job.seed);
    if (kind === 'student') return parts.train(job, setting);
    const outcome = await parts.finish(job);
    await store.put(key, encodeOutcome(key, outcome));
  };

  return async (task) => {
    if (!(await store.hasId(storeId)))
      throw new DebkdError('source', {
        subject: `store ${location}`,
        seen: 'not the store that this worker was started with (no longer mounted?)',
        remedy: 'mount it',
      });
    // another worker has computed it, or this one has and its reply was lost
    if (await store.has(task.key)) return;
    await (task.kind === 'labels' ? label(task) : compare(task));
  };
}

/** Unpacks rows; undefined if they are damaged. The key of their labels, which the caller checks, depends on the rows. */
function readRows(bytes: Uint8Array): Matrix | RawColumns | undefined {
  try {
    return unpackPlain<Matrix | RawColumns>(bytes);
  } catch {
    return undefined;
  }
}
