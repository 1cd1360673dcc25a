// A file that holds what memory does not: written once from end to end, then read here and there, and gone with the program.
import { dispose } from './dispose.ts';
import { DebkdError, unwritable } from './errors.ts';
import type { Bytes } from './host-types.ts';
import { builtin } from './node.ts';

/** Bytes in an unnamed file, appended and read again; disposing of it frees them. */
export interface TempFile extends Disposable {
  /** Where the bytes begin. @throws DebkdError `source` when the disk is full */
  append(bytes: Uint8Array): number;
  /** The bytes that were appended there. */
  read(at: number, length: number): Bytes;
}

/** Makes spools in a folder. For Node, Deno and Bun. @throws DebkdError `source` on hosts without files */
export async function openTempFiles(folder?: string): Promise<() => TempFile> {
  const missing = (): never => {
    throw new DebkdError('source', 'rows in files: this host has no files; read the rows into memory');
  };
  const fs = await builtin<typeof import('node:fs')>('node:fs').catch(missing);
  const { join } = await builtin<typeof import('node:path')>('node:path');
  const { tmpdir } = await builtin<typeof import('node:os')>('node:os');
  const place = folder ?? tmpdir();
  return () => {
    const path = join(place, `debkd-${crypto.randomUUID()}.spool`);
    const attempt = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        throw unwritable(place, error);
      }
    };
    const file = attempt(() => fs.openSync(path, 'wx+', 0o600));
    let named = true;
    const unname = (): void => {
      try {
        fs.unlinkSync(path);
        named = false;
      } catch {
        // a system that keeps the name of an open file: it goes when the spool is closed
      }
    };
    // without a name it is gone when the program is, however it ends
    unname();
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
      read(at, length) {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const more = fs.readSync(file, bytes, done, length - done, at + done);
          if (more === 0) throw new RangeError('spool: read beyond its end');
          done += more;
        }
        return bytes;
      },
      [dispose]() {
        if (!open) return;
        open = false;
        fs.closeSync(file);
        if (named) unname();
      },
    };
  };
}
