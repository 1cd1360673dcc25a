// SHA-256 by the kernel, because crypto.subtle is missing on insecure pages.
import { openArena } from '../kernels/memory.ts';
import { kindOf } from './check.ts';
import { DebkdError } from './errors.ts';
import { withStoredNames } from './stored-names.ts';

/** Bytes that are copied into the kernel's memory at a time, which large data would enlarge for good; a multiple of 64. */
const PIECE = 2 ** 16;

/** Computes the SHA-256 of bytes, or of several lists of bytes one after another; 32 bytes. */
export function sha256Bytes(...lists: readonly Uint8Array[]): Uint8Array {
  const total = lists.reduce((sum, { length }) => sum + length, 0);
  using arena = openArena();
  const size = Math.min(total, PIECE);
  const [piece, out] = [arena.reserve(size), arena.reserve(32)];
  let [used, before] = [0, 0];
  const hash = (isLast: boolean): void => {
    arena.kernels.sha256(piece, used, before, isLast ? 1 : 0, out);
    before += used;
    used = 0;
  };
  for (const list of lists) {
    for (let at = 0; at < list.length; ) {
      if (used === size) hash(false);
      const next = list.subarray(at, at + size - used);
      arena.write(piece + used, next);
      used += next.length;
      at += next.length;
    }
  }
  hash(true);
  const digest = new Uint8Array(32);
  const view = new DataView(digest.buffer);
  arena.u32(out, 8).forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return digest;
}

/**
 * Computes SHA-256 as 64 lower-case hexadecimal digits.
 * @throws DebkdError `value` if the data are no bytes
 * @example
 * console.log(sha256(new TextEncoder().encode('abc')));
 */
export function sha256(data: Uint8Array): string {
  if (!ArrayBuffer.isView(data))
    throw new DebkdError('value', {
      subject: 'sha256',
      seen: kindOf(data),
      expected: 'bytes (Uint8Array)',
      remedy: 'encode a text with TextEncoder',
    });
  return Array.from(sha256Bytes(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 of a value as JSON with the property names of files, as 64 lower-case hexadecimal digits. */
export function digestOf(value: unknown): string {
  return sha256(new TextEncoder().encode(JSON.stringify(withStoredNames(value)) ?? ''));
}
