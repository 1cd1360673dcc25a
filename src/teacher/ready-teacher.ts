// A teacher as it is read for a dataset: class 1 by the label's values, and how it reads images by labelled rows.
import type { AnyDataset } from '../data/dataset.ts';
import { CHUNK_ROWS, teacherRows } from '../data/row-source.ts';
import { rowsWhere } from '../data/rows-where.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { combineTeachers, datasetOf } from './combine-teachers.ts';
import type { Teacher } from './teacher.ts';

/** The members of a dataset that decide how a teacher is read. */
export type DecidingRows = Pick<AnyDataset, 'target' | 'labels' | 'teacherInputs' | 'otherInputs'>;

const known = new WeakMap<Teacher, WeakMap<object, Promise<Teacher>>>();

/**
 * The teacher read for a dataset: Teacher.forTarget, and Teacher.forLabels with a sample of its labelled rows. The same call gives the
 * same teacher.
 * @throws DebkdError as forLabels
 */
export async function readyTeacher(
  teacher: Teacher,
  data: DecidingRows,
  watch: ProgressOptions = {},
): Promise<Teacher> {
  const readings = (teacher.parts ?? [teacher]).filter(({ image }) => image);
  if (readings.length === 0) return teacher.forTarget(data.target);
  const own = known.get(teacher) ?? new WeakMap<object, Promise<Teacher>>();
  known.set(teacher, own);
  const found = own.get(data.teacherInputs) ?? decide(teacher, data, watch);
  own.set(data.teacherInputs, found);
  // a run that was interrupted decides nothing
  found.catch(() => own.delete(data.teacherInputs));
  return found;
}

async function decide(given: Teacher, data: DecidingRows, watch: ProgressOptions): Promise<Teacher> {
  const teacher = given.forTarget(data.target);
  if (teacher.parts) {
    const parts: Teacher[] = [];
    for (const [place, part] of teacher.parts.entries()) parts.push(await decide(part, datasetOf(data, place), watch));
    return parts.every((part, place) => part === teacher.parts?.[place]) ? teacher : combineTeachers(parts);
  }
  if (!teacher.image || teacher.refusal) return teacher;
  const source = teacherRows(data.teacherInputs);
  // of rows in a file, the first block
  const labels = source.all ? data.labels : data.labels.subarray(0, CHUNK_ROWS);
  const rows = sampleLabelled(labels, sampleSize(teacher));
  const read = source.select(rows);
  if ('data' in read) return teacher;
  return teacher.forTable(read).forLabels(
    read,
    Int8Array.from(rows, (row) => labels[row] as number),
    watch,
  );
}

/** Pixels of all images of a sample, and the limits of its rows. */
const PIXELS = 2 ** 19;
const ROWS = { fewest: 32, most: 128 };

/** Rows that decide how a teacher reads images: fewer large ones, which take longer. */
export function sampleSize({ image }: Pick<Teacher, 'image'>): number {
  const [height, width] = image?.size ?? [64, 64];
  return Math.max(ROWS.fewest, Math.min(ROWS.most, Math.floor(PIXELS / (height * width))));
}

/** Up to `count` labelled rows, half of each class as far as there are, evenly spread; ascending. */
export function sampleLabelled(labels: Int8Array, count: number): Uint32Array {
  const classes = [0, 1].map((y) => rowsWhere(labels.length, (row) => labels[row] === y));
  const picked = classes.flatMap((rows) => {
    const wanted = Math.min(rows.length, Math.floor(count / 2));
    return Array.from({ length: wanted }, (_, i) => rows[Math.floor((i * rows.length) / wanted)] as number);
  });
  return Uint32Array.from(picked).sort();
}

/** The notes about how a ready teacher reads images, which the given one has not. */
export function newNotes(given: Teacher, ready: Teacher): string[] {
  if (!(ready.parts ?? [ready]).some(({ image }) => image)) return [];
  return ready.notes.filter((note) => !given.notes.includes(note));
}
