// Bytes that are read here and there instead of from end to end: a file, a Blob, or what is in memory.
import { fsPromises } from './node.ts';
import type { Source } from './source.ts';

/** What hyparquet calls an AsyncBuffer. */
export interface RandomAccess {
  readonly byteLength: number;
  /** Bytes [start, end); fewer where the file ends. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** Undefined where a source can only be read from end to end. */
export async function openRandomAccess(source: Source): Promise<RandomAccess | undefined> {
  if (source instanceof Blob) {
    return {
      byteLength: source.size,
      slice: (start, end) => source.slice(start, end).arrayBuffer(),
      close: async () => undefined,
    };
  }
  if (!(typeof source === 'string' || source instanceof URL) || /^(https?|blob|data):/.test(String(source)))
    return undefined;
  const { open, stat } = await fsPromises();
  const place = typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source;
  // not opened to see what it is: whoever writes to a pipe would think that its reader has come and gone
  const found = await stat(place).catch(() => undefined);
  if (!found?.isFile()) return undefined; // a pipe, or what streaming will say more about
  const file = await open(place, 'r').catch(() => undefined);
  if (!file) return undefined;
  return {
    byteLength: found.size,
    async slice(start, end = found.size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, found.size) - start));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) break; // the file was cut meanwhile
        at += bytesRead;
      }
      return bytes.buffer.slice(0, at);
    },
    close: () => file.close(),
  };
}

/** Bytes in memory. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  const { buffer, byteOffset, byteLength } = bytes;
  return {
    byteLength,
    async slice(start, end = byteLength) {
      return buffer.slice(byteOffset + start, byteOffset + Math.min(end, byteLength)) as ArrayBuffer;
    },
    close: async () => undefined,
  };
}
