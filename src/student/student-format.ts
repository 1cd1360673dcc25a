// Parses student.debkd without kernels. The format, little-endian: "debkd\0", the version (uint16), the header's length (uint32), the
// header as JSON, the parameters (float32), and the SHA-256 of all bytes before it. The version is 2 for a student with thresholds of
// groups: a reader that does not know them would answer wrong labels, and refuses it.
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError, type ErrorParts, quote } from '../io/errors.ts';
import { productsOf } from '../kernels/trunk-layout.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import { isBand } from './decide.ts';
import type { GroupThresholds } from './group-thresholds.ts';
import type { StudentData } from './student-data.ts';
import { studentLayout } from './student-layout.ts';

export const MAGIC: Uint8Array<ArrayBuffer> = new TextEncoder().encode('debkd\0');
export const VERSION = 1;
/** Of a student with thresholds of groups. */
export const VERSION_GROUPS = 2;
const DIGEST = 32;
const COPY_AGAIN = ['copy the file again', 'distil again'];
export const DAMAGED = 'damaged (its checksum differs)';

/** A parsed student file. The caller must check that `content` has the SHA-256 `digest`. */
export interface ParsedStudent {
  readonly content: Uint8Array;
  readonly digest: Uint8Array;
  /**
   * Decodes the student's data.
   * @param parse checks the preprocessing
   * @throws DebkdError `student`, `preprocessing` or `value`
   */
  data(parse: (value: unknown, name: string) => Preprocessing): StudentData;
  /** Throws DebkdError `student`. @param seen what is wrong with the file */
  fail(seen: string): never;
}

/**
 * Parses the frame of a student file.
 * @param name the file's name in messages
 * @throws DebkdError `student` when the bytes are not a student or of another version
 */
export function parseStudent(bytes: Uint8Array, name: string): ParsedStudent {
  const fail = (seen: string, { expected, remedy = COPY_AGAIN }: Partial<ErrorParts> = {}): never => {
    throw new DebkdError('student', { subject: `student ${quote(name, 200)}`, seen, expected, remedy });
  };
  if (bytes.length < 12 + DIGEST || !MAGIC.every((byte, i) => bytes[i] === byte))
    return fail('not a student file', { remedy: 'give a file that encodeStudent wrote, such as student.debkd' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(6, true);
  if (version !== VERSION && version !== VERSION_GROUPS)
    return fail(`format version ${version}`, {
      expected: `${VERSION}`,
      remedy: version > VERSION ? 'update debkd' : 'distil again',
    });
  const end = bytes.length - DIGEST;
  const data = (parse: Parameters<ParsedStudent['data']>[0]): StudentData => {
    const start = 12 + view.getUint32(8, true);
    if (start > end || (end - start) % 4 !== 0) return fail('damaged (its lengths differ)');
    const header = parseHeader(bytes.subarray(12, start), fail);
    const { threshold, groupThresholds, defer, provenance, architecture, preprocessing } = header;
    if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) return fail('no threshold in its header');
    if (defer !== undefined && !isBand(defer)) return fail('no valid deferral band in its header');
    if ((groupThresholds !== undefined) !== (version === VERSION_GROUPS)) return fail('damaged (its version differs)');
    if (!Array.isArray((architecture as Architecture | undefined)?.hidden))
      return fail('no architecture in its header');
    const shape = checkArchitecture(architecture as Architecture);
    const encoding = parse(preprocessing, name);
    const wanted = studentLayout(encoding, shape).size;
    if ((end - start) / 4 !== wanted)
      return fail(`damaged (${(end - start) / 4} parameters)`, { expected: `${wanted} for its architecture` });
    const parameters = Float32Array.from({ length: (end - start) / 4 }, (_, i) => view.getFloat32(start + 4 * i, true));
    if (!parameters.every(Number.isFinite)) return fail('damaged (a parameter is not a finite number)');
    if (!(largestSum(parameters, encoding, shape) < LARGEST))
      return fail('damaged (its parameters are so large that predictions would not be finite)');
    return {
      architecture: shape,
      parameters,
      preprocessing: encoding,
      threshold,
      ...(groupThresholds !== undefined && { groupThresholds: groupThresholds as GroupThresholds }),
      ...(defer && { defer }),
      provenance: (provenance ?? {}) as Record<string, unknown>,
    };
  };
  return { content: bytes.subarray(0, end), digest: bytes.subarray(end), data, fail };
}

/** Limit for sums, which are float32 (up to 3e38). An activation may square its input to infinity and still be finite. */
const LARGEST = 1e36;

/** Returns a bound on every sum in the network, for any row; Infinity or NaN where there is none. */
function largestSum(p: Float32Array, preprocessing: Preprocessing, shape: Architecture): number {
  let bound = Math.max(1, preprocessing.clip, ...preprocessing.columns.map(largestPixel));
  let most = bound;
  for (const { inputs, outputs, weight, bias } of productsOf(studentLayout(preprocessing, shape))) {
    let largest = 0;
    for (let j = 0; j < outputs; j++) {
      let sum = Math.abs(p[bias + j] ?? 0);
      for (let i = 0; i < inputs; i++) sum += Math.abs(p[weight + i * outputs + j] ?? 0) * bound;
      largest = Math.max(largest, sum);
    }
    bound = shape.residual || shape.conv?.blocks === 'residual' ? bound + largest : largest; // no activation exceeds its input in magnitude
    most = Math.max(most, bound);
  }
  return most;
}

/** The largest value of a pixel. */
function largestPixel(column: Preprocessing['columns'][number]): number {
  if (column.kind !== 'image') return 0;
  return Math.max(...column.mean.map((m, c) => Math.max(Math.abs(m), Math.abs(1 - m)) / (column.std[c] as number)));
}

function parseHeader(
  bytes: Uint8Array,
  fail: (seen: string) => never,
): Partial<
  Record<'threshold' | 'groupThresholds' | 'defer' | 'provenance' | 'architecture' | 'preprocessing', unknown>
> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return fail('damaged (its header is not JSON)');
  }
}
