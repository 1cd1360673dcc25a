// The bytes of student.debkd, read without kernels: "debkd\0" and the format's version as two bytes, the header's length
// (uint32), the header as JSON, the parameters (float32), SHA-256 of all before. Little-endian.
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { layout } from '../kernels/layout.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import type { StudentData } from './student-data.ts';

export const MAGIC: Uint8Array<ArrayBuffer> = new TextEncoder().encode('debkd\0');
export const VERSION = 1;
const DIGEST = 32;
export const DAMAGED = 'damaged: its checksum differs';

/** What the bytes say; `content` must have the SHA-256 `digest`. */
export interface ParsedStudent {
  readonly content: Uint8Array;
  readonly digest: Uint8Array;
  /** @throws DebkdError `student` */
  data(): StudentData;
  /** An error that says what is wrong with the file. */
  fail(what: string): never;
}

/** @throws DebkdError `student` when it is something else or of another version */
export function parseStudent(bytes: Uint8Array, name: string): ParsedStudent {
  const fail = (what: string, way = 'copy the file again, or distil again'): never => {
    throw new DebkdError('student', { subject: `student ${quote(name, 200)}`, seen: what, remedy: way });
  };
  if (bytes.length < 12 + DIGEST || !MAGIC.every((byte, i) => bytes[i] === byte))
    return fail('not a student file', 'give a student.debkd, or the folder that distill made');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(6, true);
  if (version !== VERSION)
    return fail(
      `format version ${version}, this debkd reads ${VERSION}`,
      version > VERSION ? 'update debkd' : 'distil again',
    );
  const end = bytes.length - DIGEST;
  const data = (): StudentData => {
    const start = 12 + view.getUint32(8, true);
    if (start > end || (end - start) % 4 !== 0) return fail('damaged: its lengths differ');
    const { threshold, provenance, architecture, preprocessing } = parseHeader(bytes.subarray(12, start), fail);
    if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) return fail('no threshold in its header');
    if (!Array.isArray((architecture as Architecture | undefined)?.hidden))
      return fail('no architecture in its header');
    const shape = checkArchitecture(architecture as Architecture);
    const encoding = parsePreprocessing(preprocessing, name);
    const wanted = layout(encoding.encodedWidth, shape).size;
    if ((end - start) / 4 !== wanted)
      return fail(`damaged: ${(end - start) / 4} weights, its architecture has ${wanted}`);
    const parameters = Float32Array.from({ length: (end - start) / 4 }, (_, i) => view.getFloat32(start + 4 * i, true));
    if (!parameters.every(Number.isFinite)) return fail('damaged: a weight is not a finite number');
    if (!(largestSum(parameters, encoding, shape) < LARGEST))
      return fail('damaged: its weights are so large that answers would not be numbers');
    return {
      architecture: shape,
      parameters,
      preprocessing: encoding,
      threshold,
      provenance: (provenance ?? {}) as Record<string, unknown>,
    };
  };
  return { content: bytes.subarray(0, end), digest: bytes.subarray(end), data, fail };
}

/** Sums are float32, whose largest number is 3e38; what an activation squares may be infinite, and its value still is not. */
const LARGEST = 1e36;

/** A bound on every sum in the network, for any row; Infinity or NaN where there is none. */
function largestSum(p: Float32Array, { clip, encodedWidth }: Preprocessing, shape: Architecture): number {
  let bound = Math.max(1, clip);
  let most = bound;
  for (const { inputs, outputs, weight, bias } of layout(encodedWidth, shape).layers) {
    let largest = 0;
    for (let j = 0; j < outputs; j++) {
      let sum = Math.abs(p[bias + j] ?? 0);
      for (let i = 0; i < inputs; i++) sum += Math.abs(p[weight + i * outputs + j] ?? 0) * bound;
      largest = Math.max(largest, sum);
    }
    bound = shape.residual ? bound + largest : largest; // no activation is larger than its sum
    most = Math.max(most, bound);
  }
  return most;
}

function parseHeader(
  bytes: Uint8Array,
  fail: (what: string) => never,
): { threshold?: unknown; provenance?: unknown; architecture?: unknown; preprocessing?: unknown } {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return fail('damaged: its header is not JSON');
  }
}
