// Temporary files for data larger than memory: appended once, then read at any position, and gone when the program
// ends.
import { dispose } from './dispose.ts';
import { DebkdError, unwritable } from './errors.ts';
import type { Bytes } from './host-types.ts';
import { builtin } from './node.ts';

/** An unnamed file; disposing of it frees its space. */
export interface TempFile extends Disposable {
  /** Appends bytes and returns their position. @throws DebkdError `source` if the disk is full */
  append(bytes: Uint8Array): number;
  /** Reads `length` bytes from a position. @param memory is used for them, and replaced by larger memory where that is needed */
  read(at: number, length: number, memory?: Reused): Bytes;
}

/** Memory that several reads use one after the other: new memory for each takes longer than the reading. */
export interface Reused {
  bytes: Bytes;
}

/**
 * Returns a function that opens temporary files in a folder. For Node, Deno and Bun.
 * @param folder default the system's temporary folder
 * @throws DebkdError `source` on hosts without files
 */
export async function openTempFiles(folder?: string): Promise<() => TempFile> {
  const missing = (): never => {
    throw new DebkdError('source', {
      subject: 'rows in files',
      seen: 'this host has no file system',
      remedy: 'read the rows into memory',
    });
  };
  const fs = await builtin<typeof import('node:fs')>('node:fs').catch(missing);
  const { join } = await builtin<typeof import('node:path')>('node:path');
  const { tmpdir } = await builtin<typeof import('node:os')>('node:os');
  const directory = folder ?? tmpdir();
  return () => {
    const path = join(directory, `debkd-${crypto.randomUUID()}.tmp`);
    const attempt = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        throw unwritable(directory, error);
      }
    };
    const file = attempt(() => fs.openSync(path, 'wx+', 0o600));
    let hasName = true;
    const unlink = (): void => {
      try {
        fs.unlinkSync(path);
        hasName = false;
      } catch {
        // some systems do not unlink open files: it is done after closing
      }
    };
    // the system frees a file without a name when the program ends, even if it crashes
    unlink();
    let size = 0;
    let open = true;
    return {
      append(bytes) {
        for (let done = 0; done < bytes.length; ) {
          done += attempt(() => fs.writeSync(file, bytes, done, bytes.length - done, size + done));
        }
        size += bytes.length;
        return size - bytes.length;
      },
      read(at, length, memory) {
        if (memory && memory.bytes.length < length) memory.bytes = new Uint8Array(length);
        const bytes = memory ? memory.bytes.subarray(0, length) : new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const more = fs.readSync(file, bytes, done, length - done, at + done);
          if (more === 0) throw new RangeError('temporary file: read beyond its end');
          done += more;
        }
        return bytes;
      },
      [dispose]() {
        if (!open) return;
        open = false;
        fs.closeSync(file);
        if (hasName) unlink();
      },
    };
  };
}
