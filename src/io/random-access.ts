// Random access to the bytes of a file, a Blob or memory.
import { fsPromises } from './node.ts';
import type { Source } from './source.ts';

/** Bytes with random access: an AsyncBuffer of hyparquet. */
export interface RandomAccess {
  readonly byteLength: number;
  /** Reads bytes [start, end), fewer at the end of the file. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** Opens a source; undefined if it can only be streamed. */
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
  const path = typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source;
  // stat, not open: opening and closing a pipe would tell its writer that the reader has gone
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined; // a pipe, or an error that streaming will report
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  return {
    byteLength: found.size,
    async slice(start, end = found.size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, found.size) - start));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) break; // the file has become shorter
        at += bytesRead;
      }
      return bytes.buffer.slice(0, at);
    },
    close: () => file.close(),
  };
}

/** Random access to bytes in memory. */
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

/**
 * Random access that opens a file for each read, so that nothing stays open; undefined if the source can only be streamed. A file
 * that has become shorter gives fewer bytes.
 */
export async function openReads(source: Source): Promise<RandomAccess | undefined> {
  if (source instanceof Uint8Array) return inMemory(source);
  if (source instanceof ArrayBuffer) return inMemory(new Uint8Array(source));
  const file = await openRandomAccess(source);
  if (!file || source instanceof Blob) return file;
  await file.close();
  return {
    byteLength: file.byteLength,
    async slice(start, end) {
      const opened = await openRandomAccess(source);
      try {
        return (await opened?.slice(start, end)) ?? new ArrayBuffer(0);
      } finally {
        await opened?.close();
      }
    },
    close: async () => undefined,
  };
}
