// student.debkd, as student-format.ts has it. No row of data, no time, no path, no host.

import type { AnyDataset } from '../data/dataset.ts';
import { storedPreprocessing } from '../data/preprocessing.ts';
import { matrixRows } from '../data/row-source.ts';
import { DebkdError } from '../io/errors.ts';
import type { Bytes } from '../io/host-types.ts';
import { sha256Bytes } from '../io/sha256.ts';
import { bytesOf, concat, nameOf, type Source } from '../io/source.ts';
import { checkArchitecture } from './architecture.ts';
import { Student } from './student.ts';
import { DAMAGED, MAGIC, parseStudent, VERSION } from './student-format.ts';

/** The bytes of student.debkd; the same student gives the same bytes. */
export function encodeStudent(student: Student): Bytes {
  const { architecture, preprocessing, threshold, provenance, parameters } = student;
  const header = new TextEncoder().encode(
    JSON.stringify({
      architecture: checkArchitecture(architecture),
      preprocessing: storedPreprocessing(preprocessing),
      threshold,
      provenance,
    }),
  );
  const prefix = new Uint8Array(12);
  prefix.set(MAGIC);
  const view = new DataView(prefix.buffer);
  view.setUint16(6, VERSION, true);
  view.setUint32(8, header.length, true);
  const body = new Uint8Array(4 * parameters.length);
  const floats = new DataView(body.buffer);
  parameters.forEach((x, i) => {
    floats.setFloat32(4 * i, x, true);
  });
  const content = concat([prefix, header, body]);
  return concat([content, sha256Bytes(content)]);
}

/**
 * The bytes of student.debkd, read back and asked one row: what cannot be opened again is never handed out.
 * @param rows any that the student answers; the first is asked
 * @throws DebkdError `student` where what is read back is another student, or none
 */
export function encodeChecked(student: Student, rows: Pick<AnyDataset, 'features' | 'rows'>): Bytes {
  const bytes = encodeStudent(student);
  const back = decodeStudent(bytes);
  if (rows.rows === 0) return bytes;
  const first = matrixRows(rows.features).read(0, 1);
  const [was] = student.predictProba(first);
  const [is] = back.predictProba(first);
  if (was === is && Number.isFinite(is)) return bytes;
  throw new DebkdError(
    'student',
    `student: read back from its file it answers ${is} to the first row instead of ${was}; please report this with the options that made it`,
  );
}

/** Reads what encodeStudent wrote. @throws DebkdError `student` when it is something else, damaged or of another version, `preprocessing` or `value` when its parts are malformed */
export function decodeStudent(bytes: Uint8Array, name: string = 'student'): Student {
  const { content, digest, data, fail } = parseStudent(bytes, name);
  if (!sha256Bytes(content).every((byte, i) => digest[i] === byte)) return fail(DAMAGED);
  return new Student(data());
}

/** Reads a student file. @throws DebkdError `source`, or as decodeStudent */
export async function loadStudent(source: Source): Promise<Student> {
  return decodeStudent(await bytesOf(source), nameOf(source));
}
