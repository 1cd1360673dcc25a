// Encodes and decodes student.debkd (format: student-format.ts). The file holds no rows of data, times, paths or host names.
import { parsePreprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import type { Bytes } from '../io/host-types.ts';
import { sha256Bytes } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { checkArchitecture } from './architecture.ts';
import { checkGroupThresholds } from './group-thresholds.ts';
import type { StudentData } from './student-data.ts';
import { DAMAGED, MAGIC, parseStudent, VERSION, VERSION_GROUPS } from './student-format.ts';

/**
 * Encodes a student as the bytes of student.debkd. Equal students give equal bytes.
 * @throws DebkdError `value` when the architecture is malformed
 * @example
 * const bytes = encodeStudent(student);
 * decodeStudent(bytes).predictRecord({ age: 41, job: 'nurse' });
 */
export function encodeStudent(student: StudentData): Bytes {
  const { architecture, preprocessing, threshold, groupThresholds, defer, provenance, parameters } = student;
  const header = new TextEncoder().encode(
    JSON.stringify({
      architecture: checkArchitecture(architecture),
      preprocessing: storedPreprocessing(preprocessing),
      threshold,
      ...(groupThresholds && {
        groupThresholds: { column: groupThresholds.column, thresholds: groupThresholds.thresholds },
      }),
      ...(defer && { defer: { from: defer.from, to: defer.to } }),
      provenance,
    }),
  );
  const prefix = new Uint8Array(12);
  prefix.set(MAGIC);
  const view = new DataView(prefix.buffer);
  view.setUint16(6, groupThresholds ? VERSION_GROUPS : VERSION, true);
  view.setUint32(8, header.length, true);
  const body = new Uint8Array(4 * parameters.length);
  const floats = new DataView(body.buffer);
  parameters.forEach((x, i) => {
    floats.setFloat32(4 * i, x, true);
  });
  return concat([prefix, header, body, sha256Bytes(prefix, header, body)]);
}

/** Decodes the bytes of encodeStudent. @param name the file's name in messages @throws DebkdError as decodeStudent */
export function decodeStudentData(bytes: Uint8Array, name: string): StudentData {
  const { content, digest, data, fail } = parseStudent(bytes, name);
  if (!sha256Bytes(content).every((byte, i) => digest[i] === byte)) return fail(DAMAGED);
  const student = data(parsePreprocessing);
  checkGroupThresholds(student, fail);
  return student;
}
