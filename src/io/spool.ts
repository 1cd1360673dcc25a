// Bytes that are written once and read at any position: in memory while they are few, then in a temporary file, or in a Blob on hosts
// without files.
import { dispose } from './dispose.ts';
import { DebkdError } from './errors.ts';
import type { Bytes } from './host-types.ts';
import type { RandomAccess } from './random-access.ts';
import { openTempFiles, type TempFile } from './temp-file.ts';

/** Bytes that stay in memory. */
const MAX_IN_MEMORY = 2 ** 24;

/** Bytes by position. They are gone when nothing refers to them, or when the program ends. */
export interface Spool {
  /** Appends a copy of the bytes and returns their position. @throws DebkdError `source` if the disk is full */
  append(bytes: Uint8Array): Promise<number>;
  /** Reads bytes. */
  read(at: number, length: number): Promise<Bytes>;
  /** Number of bytes. */
  readonly size: number;
}

let unused: FinalizationRegistry<TempFile> | undefined;

/** Closes the file of a spool when the spool is no longer used. */
function closeWith(spool: object, file: TempFile): void {
  if (typeof FinalizationRegistry === 'undefined') return;
  unused ??= new FinalizationRegistry((one) => one[dispose]());
  unused.register(spool, file);
}

/** Opens an empty spool. @param limit bytes that stay in memory */
export function openSpool(limit: number = MAX_IN_MEMORY): Spool {
  let parts: { readonly at: number; readonly bytes: Bytes | Blob }[] = [];
  let size = 0;
  let file: TempFile | undefined;
  let hasFiles: boolean | undefined;
  const spill = async (spool: object): Promise<void> => {
    const open = await openTempFiles().catch((error: unknown) => {
      if (error instanceof DebkdError) return undefined; // no file system
      throw error;
    });
    hasFiles = open !== undefined;
    if (!open) {
      parts = parts.map(({ at, bytes }) => ({ at, bytes: new Blob([bytes]) }));
      return;
    }
    file = open();
    closeWith(spool, file);
    for (const { bytes } of parts) file.append(bytes as Bytes);
    parts = [];
  };
  const spool: Spool = {
    async append(bytes) {
      if (hasFiles === undefined && size + bytes.length > limit) await spill(spool);
      const at = size;
      size += bytes.length;
      if (file) file.append(bytes);
      else {
        const copy = new Uint8Array(bytes);
        parts.push({ at, bytes: hasFiles === false ? new Blob([copy]) : copy });
      }
      return at;
    },
    async read(at, length) {
      if (file) return file.read(at, length);
      const out = new Uint8Array(length);
      // the last part that begins at or before the position
      let [low, high] = [0, parts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((parts[middle] as { at: number }).at <= at) low = middle;
        else high = middle - 1;
      }
      for (let done = 0; done < length; low++) {
        const part = parts[low];
        if (!part) throw new RangeError('spool: read beyond its end');
        const from = at + done - part.at;
        const { bytes } = part;
        const piece =
          bytes instanceof Blob
            ? new Uint8Array(await bytes.slice(from, from + length - done).arrayBuffer())
            : bytes.subarray(from, from + length - done);
        out.set(piece, done);
        done += piece.length;
      }
      return out;
    },
    get size() {
      return size;
    },
  };
  return spool;
}

/** Writes a stream into a spool, for random access. */
export async function spoolStream(chunks: AsyncIterable<Uint8Array>): Promise<RandomAccess> {
  const spool = openSpool();
  for await (const chunk of chunks) await spool.append(chunk);
  return {
    byteLength: spool.size,
    async slice(start, end = spool.size) {
      const to = Math.min(end, spool.size);
      return (await spool.read(start, Math.max(0, to - start))).buffer as ArrayBuffer;
    },
    close: async () => undefined,
  };
}
