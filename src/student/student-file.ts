// student.debkd: "debkd\0" and the format's version as two bytes, the header's length (uint32), the header as JSON,
// the parameters (float32), SHA-256 of all before. Little-endian. No row of data, no time, no path, no host.
import { parsePreprocessing } from '../data/preprocessing.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256Bytes } from '../io/sha256.ts';
import { bytesOf, concat, nameOf, type Source } from '../io/source.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import { Student } from './student.ts';

const MAGIC = new TextEncoder().encode('debkd\0');
const VERSION = 1;
const DIGEST = 32;

/** The bytes of student.debkd; the same student gives the same bytes. */
export function encodeStudent(student: Student): Uint8Array<ArrayBuffer> {
  const { architecture, preprocessing, threshold, provenance, parameters } = student;
  const header = new TextEncoder().encode(
    JSON.stringify({ architecture: checkArchitecture(architecture), preprocessing, threshold, provenance }),
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

/** Reads what encodeStudent wrote. @throws DebkdError `student` when it is something else, damaged or of another version */
export function decodeStudent(bytes: Uint8Array, name: string = 'student'): Student {
  const fail = (what: string): never => {
    throw new DebkdError(
      'student',
      `student ${quote(name, 200)}: ${what}; give a student.debkd, or the folder that distill made`,
    );
  };
  if (bytes.length < 12 + DIGEST || !MAGIC.every((byte, i) => bytes[i] === byte)) return fail('not a student file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(6, true);
  if (version !== VERSION) return fail(`format version ${version}, this debkd reads ${VERSION}`);
  const end = bytes.length - DIGEST;
  const digest = sha256Bytes(bytes.subarray(0, end));
  if (!digest.every((byte, i) => bytes[end + i] === byte)) return fail('damaged: its checksum differs');
  const start = 12 + view.getUint32(8, true);
  if (start > end || (end - start) % 4 !== 0) return fail('damaged: its lengths differ');
  const header = parseHeader(bytes.subarray(12, start), fail);
  const parameters = Float32Array.from({ length: (end - start) / 4 }, (_, i) => view.getFloat32(start + 4 * i, true));
  const { threshold, provenance, architecture } = header;
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) return fail('no threshold in its header');
  if (!Array.isArray((architecture as Architecture | undefined)?.hidden)) return fail('no architecture in its header');
  const preprocessing = parsePreprocessing(header['preprocessing'], name);
  const record = (provenance ?? {}) as Record<string, unknown>;
  return new Student({
    architecture: checkArchitecture(architecture as Architecture),
    parameters,
    preprocessing,
    threshold,
    provenance: record,
  });
}

function parseHeader(
  bytes: Uint8Array,
  fail: (what: string) => never,
): { [key: string]: unknown; threshold?: unknown; provenance?: unknown; architecture?: unknown } {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return fail('damaged: its header is not JSON');
  }
}

/** Reads a student file. @throws DebkdError `source` or `student` */
export async function loadStudent(source: Source): Promise<Student> {
  return decodeStudent(await bytesOf(source), nameOf(source));
}
