// Predicts a stream of rows with images, a few hundred at a time.
import { encodeColumn } from '../data/chunks.ts';
import { encodeForTeacher } from '../data/dataset.ts';
import type { TeacherTable } from '../data/encode-matrix.ts';
import type { Matrix } from '../data/matrix.ts';
import { decodeImages } from '../data/rasters.ts';
import type { RawRows } from '../data/table.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import type { Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import { noteRenamed, renamedImages, streamImages, studentImageName } from './images-input.ts';
import { onProgress } from './messages.ts';

type Rows = readonly (readonly string[])[];

/** Rows whose images are in memory at a time. */
const ROWS = 256;

/** The same rows in chunks of at most ROWS. */
export async function* smallChunks(chunks: RawRows['chunks']): AsyncGenerator<Rows> {
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.length; from += ROWS) yield chunk.slice(from, from + ROWS);
}

/** Predicts rows with images, in order. */
export interface ImagePredictor {
  /** @throws DebkdError with the row and the path of an image that is missing or damaged */
  predict(rows: Rows): Promise<Float64Array>;
  /** Values that the preprocessing does not list, in the rows so far. */
  unknown(): readonly UnknownCount[];
}

/** Opens the predictor of a student of images. */
export function imagePredictor(student: Student, values: Values, { name, header, images }: RawRows): ImagePredictor {
  const { preprocessing } = student;
  const image = studentImageName(preprocessing) as string;
  const open = streamImages(values, { ...(images && { images }) }, image);
  let before = 0;
  let unknown: readonly UnknownCount[] = [];
  let known: string | undefined;
  return {
    async predict(rows) {
      const columns = header.map((column, j) => encodeColumn(column, rows, j));
      const table: TeacherTable = { name, rows: rows.length, before, columns };
      const opened = await open(table);
      if (known === undefined) {
        known = opened.columns.find((column) => column.images)?.name as string;
        noteRenamed(known, image);
      }
      const named = { ...opened, columns: renamedImages(opened.columns, known, image) };
      const decoded = await decodeImages(named, preprocessing);
      const found: UnknownCount[] = [];
      const matrix = encodeForTeacher(decoded, preprocessing, found) as Matrix;
      unknown = addUnknown([unknown, found]);
      before += rows.length;
      onProgress({ stage: 'images', done: before, total: before });
      return student.predictProba(matrix);
    },
    unknown: () => unknown,
  };
}
