// An entry of a cache: bytes sealed with the key that they are kept under. A damaged entry, or one of another key, is not read.
import { sha256Bytes } from './sha256.ts';

const MAGIC = new TextEncoder().encode('debkdlab');
/** The version of the format. */
export const ENTRY_FORMAT = 1;
const HEAD = 16;
const DIGEST = 32;

/** An entry's bytes: mark, format, a count, the body, SHA-256 over key and all of it. */
export function encodeEntry(key: string, count: number, body: Uint8Array): Uint8Array {
  const end = HEAD + body.length;
  const bytes = new Uint8Array(end + DIGEST);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, ENTRY_FORMAT, true);
  view.setUint32(12, count, true);
  bytes.set(body, HEAD);
  bytes.set(sealOf(key, bytes.subarray(0, end)), end);
  return bytes;
}

/** Undefined when the bytes are not a whole entry of this key. */
export function decodeEntry(key: string, bytes: Uint8Array): { count: number; body: Uint8Array } | undefined {
  const end = bytes.length - DIGEST;
  if (end < HEAD) return undefined;
  const seal = sealOf(key, bytes.subarray(0, end));
  if (!seal.every((byte, i) => bytes[end + i] === byte)) return undefined;
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(12, true);
  return { count, body: new Uint8Array(bytes.subarray(HEAD, end)) }; // a copy: slices of a Node Buffer are views
}

function sealOf(key: string, bytes: Uint8Array): Uint8Array {
  return sha256Bytes(new TextEncoder().encode(key), bytes);
}
