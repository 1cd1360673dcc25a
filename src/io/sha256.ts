// SHA-256 by the kernel, because crypto.subtle is missing on insecure pages.
import { openArena } from '../kernels/memory.ts';
import { kindOf } from './check.ts';
import { DebkdError } from './errors.ts';
import { withStoredNames } from './stored-names.ts';

/** Computes SHA-256; 32 bytes. */
export function sha256Bytes(data: Uint8Array): Uint8Array {
  using arena = openArena();
  const at = arena.put(data);
  const out = arena.reserve(32);
  arena.kernels.sha256(at, data.length, out);
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
