// Labels chunks of rows, in this process or on the workers of --queue.
import { encodeForTeacher } from '../data/dataset.ts';
import type { TeacherTable } from '../data/encode-matrix.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import { dispose } from '../io/dispose.ts';
import { once } from '../io/once.ts';
import type { Progress } from '../io/progress.ts';
import { text, type Values } from '../settings/values.ts';
import { readsImages } from '../teacher/image-table.ts';
import type { CachedLabels } from '../teacher/label-cache.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { openCache } from './cache-input.ts';
import { noteTeacher } from './class-notes.ts';
import { openRequestedCluster } from './cluster.ts';
import { note, noteIgnored } from './messages.ts';
import { readyForStream, type StreamLabels } from './stream-labels.ts';
import { openTeacher, optionsOf } from './teacher-input.ts';

/** Rows, and where they have one, their label; a teacher of images is tried on those of the first chunk. */
export interface LabelledChunk extends TeacherTable {
  readonly found?: StreamLabels | undefined;
}

export interface Labeller {
  /**
   * @param title names the rows in messages
   * @param onRows gets the number of labelled rows of the chunk, from time to time; never from the workers of a queue
   */
  label(chunk: LabelledChunk, title: string, onRows: (done: number) => void): Promise<CachedLabels>;
  /** How many chunks may be labelled at the same time. */
  readonly concurrency: number;
  /** Whether the other chunks are still labelled when one fails. */
  readonly continuesOnError: boolean;
  /** Values that the preprocessing does not list, in the chunks so far. */
  unknownValues(): readonly UnknownCount[];
  /** Whether the teacher reads images of these rows. @throws DebkdError `teacher` where workers of a queue, which get no images, label */
  readsImages(chunk: LabelledChunk): boolean;
  /** Most tokens of a row of a teacher of text; undefined for another teacher. */
  maxLength(): number | undefined;
  close(): Promise<void>;
}

/** Limit of chunks in the queue. */
const CLUSTER_CONCURRENCY = 1024;

export async function openLabeller(values: Values): Promise<Labeller> {
  const opened = await openTeacher(text(values, 'teacher') as string, values);
  const { preprocessing } = opened;
  let { teacher } = opened;
  if (teacher.refusal) {
    teacher[dispose]();
    throw teacher.refusal;
  }
  noteTeacher(teacher);
  let isFirst = true;
  /** Assigns the columns of the first rows to inputs of several columns. */
  const assign = async (chunk: LabelledChunk): Promise<void> => {
    const assigned = teacher.image
      ? await readyForStream(teacher, chunk, isFirst ? chunk.found : undefined)
      : teacher.forTable(chunk);
    isFirst = false;
    for (const text of assigned.notes) if (!teacher.notes.includes(text)) note(`note: ${text}`);
    teacher = assigned;
  };
  let unknown: readonly UnknownCount[] = [];
  const unknownValues = () => unknown;
  const maxLength = () => teacher.text?.maxLength;
  const isOfImages = (chunk: LabelledChunk): boolean => readsImages([teacher], chunk);
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
      async label(chunk, _, onRows) {
        await assign(chunk);
        const onProgress = ({ done }: Progress): void => onRows(done);
        return softLabels(teacher, { teacherInputs: encodeRows(chunk) }, { cache, onProgress });
      },
      concurrency: 1,
      continuesOnError: false,
      unknownValues,
      readsImages: isOfImages,
      maxLength,
      close: async () => teacher[dispose](),
    };
  }
  noteIgnored(
    ['threads'].filter((name) => values[name] !== undefined),
    'the workers of the queue run the teacher',
  );
  const { labelRows, refuseImages } = await import('../cluster/label-tasks.ts');
  const { packTeacher } = await import('../cluster/packed-teacher.ts');
  /** Uploads the teacher after the first rows have assigned its columns. */
  const upload = once(async () => cluster.upload(await packTeacher(opened.path, optionsOf(opened, teacher))));
  return {
    async label(chunk, title) {
      await assign(chunk);
      const packed = upload();
      const rows = encodeRows(chunk);
      return labelRows(cluster, { teacher, packed: await packed }, rows, title);
    },
    concurrency: CLUSTER_CONCURRENCY,
    continuesOnError: true,
    unknownValues,
    readsImages(chunk) {
      const reads = isOfImages(chunk);
      if (reads) refuseImages(teacher);
      return reads;
    },
    maxLength,
    async close() {
      teacher[dispose]();
      await cluster.close();
    },
  };
}
