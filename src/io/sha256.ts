// SHA-256 through the kernel: crypto.subtle is missing on insecure pages.
import { openArena } from '../kernels/memory.ts';
import { withStoredNames } from './stored-names.ts';

/** The digest's 32 bytes. */
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

/** The digest in lower-case hexadecimal. */
export function sha256(data: Uint8Array): string {
  return Array.from(sha256Bytes(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The digest of a value as JSON, in lower-case hexadecimal; property names count as they stand in files. */
export function digestOf(value: unknown): string {
  return sha256(new TextEncoder().encode(JSON.stringify(withStoredNames(value)) ?? ''));
}
