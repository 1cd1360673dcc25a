// Labels chunks of rows, in this process or on the workers of --queue.
import { encodeForTeacher, type TeacherTable } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import { dispose } from '../io/dispose.ts';
import { text, type Values } from '../settings/values.ts';
import type { CachedLabels } from '../teacher/label-cache.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { openCache } from './cache-input.ts';
import { noteTeacher } from './class-notes.ts';
import { openRequestedCluster } from './cluster.ts';
import { openTeacher, teacherOptions } from './teacher-input.ts';

export interface Labeller {
  /** @param title names the rows in messages */
  label(chunk: TeacherTable, title: string): Promise<CachedLabels>;
  /** How many chunks may be labelled at the same time. */
  readonly concurrency: number;
  /** Whether the other chunks are still labelled when one fails. */
  readonly continuesOnError: boolean;
  /** Values that the preprocessing does not list, in the chunks so far. */
  unknownValues(): readonly UnknownCount[];
  close(): Promise<void>;
}

/** Limit of chunks in the queue. */
const CLUSTER_CONCURRENCY = 1024;

export async function openLabeller(values: Values): Promise<Labeller> {
  const path = text(values, 'teacher') as string;
  const { teacher, preprocessing } = await openTeacher(path, values);
  noteTeacher(teacher);
  let unknown: readonly UnknownCount[] = [];
  const unknownValues = () => unknown;
  const encodeRows = (chunk: TeacherTable): Matrix | RawColumns => {
    const found: UnknownCount[] = [];
    const rows = encodeForTeacher(chunk, preprocessing, found);
    unknown = addUnknown([unknown, found]);
    return rows;
  };
  const cluster = await openRequestedCluster(values);
  if (!cluster) {
    const cache = await openCache(values);
    return {
      label: (chunk) => softLabels(teacher, { teacherInputs: encodeRows(chunk) }, { cache }),
      concurrency: 1,
      continuesOnError: false,
      unknownValues,
      close: async () => teacher[dispose](),
    };
  }
  const { labelRows } = await import('../cluster/label-tasks.ts');
  const { packTeacher } = await import('../cluster/packed-teacher.ts');
  const packed = await cluster.upload(await packTeacher(path, await teacherOptions(values)));
  return {
    label: async (chunk, title) => labelRows(cluster, { teacher, packed }, encodeRows(chunk), title),
    concurrency: CLUSTER_CONCURRENCY,
    continuesOnError: true,
    unknownValues,
    async close() {
      teacher[dispose]();
      await cluster.close();
    },
  };
}
