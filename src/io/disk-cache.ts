// A cache in a folder: entries are whole or absent, several programs may share it, and its size is limited.
import { type CacheOptions, type LabelCache, MAX_BYTES } from './cache.ts';
import { renameSynced, writeSynced } from './durable.ts';
import { DebkdError, quote, unwritable } from './errors.ts';
import { makeFolder } from './make-folder.ts';
import { builtin } from './node.ts';

const SUFFIX = '.labels';
/** Names of entries, and of entries being written. Other files in the folder are left alone. */
const ENTRY = /^[0-9a-f]{64}\.labels$/;
const PART = /^([0-9a-f]{64}|probe)\.labels\.part-[0-9a-f-]{36}(-\d+)?$/;
/** A part file older than this belongs to a program that has ended. */
const ABANDONED_MS = 3600_000;

/** Whether a file name in the folder of a cache is that of an entry, complete or being written. */
export function isEntry(name: string): boolean {
  return ENTRY.test(name) || PART.test(name);
}

/**
 * Opens a cache in a folder, which is created when the first entry is written, or at once if the cache is strict. For
 * Node, Deno and Bun.
 * @param options.maxBytes above this size, the least recently used entries are removed; default 1 GiB
 * @param options.strict throw if an entry cannot be written; default false
 * @throws DebkdError `source` if the cache is strict and the folder cannot be written
 * @example
 * const soft = await softLabels(teacher, data, { cache: await openDiskCache('.debkd-cache') });
 */
export async function openDiskCache(folder: string, options: CacheOptions = {}): Promise<LabelCache> {
  const { maxBytes = MAX_BYTES, strict = false } = options;
  const fs = await builtin<typeof import('node:fs/promises')>('node:fs/promises');
  const { join } = await builtin<typeof import('node:path')>('node:path');
  const ignoreErrors = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
  const pathOf = (key: string): string => join(folder, `${key}${SUFFIX}`);
  let size: number | undefined; // of all entries; undefined until this program has listed them
  let written = 0;

  /** Removes abandoned part files, and the least recently used entries until the rest fits. */
  async function tidy(): Promise<void> {
    const entries: { path: string; bytes: number; used: number }[] = [];
    for (const name of await fs.readdir(folder)) {
      const path = join(folder, name);
      const found = await fs.stat(path).catch(() => undefined); // another program may have removed it
      if (!found?.isFile()) continue;
      if (ENTRY.test(name)) entries.push({ path, bytes: found.size, used: found.mtimeMs });
      else if (PART.test(name) && Date.now() - found.mtimeMs > ABANDONED_MS) await ignoreErrors(fs.rm(path));
    }
    entries.sort((a, b) => a.used - b.used);
    size = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of entries) {
      if (size <= maxBytes) break;
      await ignoreErrors(fs.rm(path));
      size -= bytes;
    }
  }

  async function checkWritable(): Promise<void> {
    const probe = `${pathOf('probe')}.part-${crypto.randomUUID()}`;
    try {
      await makeFolder(folder);
      await fs.writeFile(probe, '');
      await fs.rm(probe);
    } catch (error) {
      throw unwritable(folder, error);
    }
  }
  if (strict) await checkWritable();

  return {
    async get(key) {
      const bytes = await fs.readFile(pathOf(key)).catch(() => undefined);
      if (!bytes) return undefined;
      const now = new Date();
      await ignoreErrors(fs.utimes(pathOf(key), now, now)); // marks the last use
      return new Uint8Array(bytes);
    },
    async put(key, bytes) {
      if (bytes.length > maxBytes) return;
      const part = `${pathOf(key)}.part-${crypto.randomUUID()}-${written++}`;
      try {
        await makeFolder(folder);
        await writeSynced(part, bytes);
        if (strict && !(await holds(fs, part, bytes))) throw damaged(folder);
        await renameSynced(part, pathOf(key));
        size = size === undefined ? undefined : size + bytes.length;
        if (size === undefined || size > maxBytes) await tidy();
      } catch (error) {
        await ignoreErrors(fs.rm(part, { force: true })); // a full disk or a read-only folder: continue without caching
        if (strict) throw unwritable(folder, error);
      }
    },
  };
}

const damaged = (folder: string): DebkdError =>
  new DebkdError('source', {
    subject: quote(folder, 200),
    seen: 'what was read back differs from what was written',
    remedy: ['check the disk', 'choose another place'],
  });

/** Bytes that are read back at a time. */
const PIECE = 2 ** 20;

/** Whether a file has these bytes. */
async function holds(fs: typeof import('node:fs/promises'), path: string, bytes: Uint8Array): Promise<boolean> {
  const file = await fs.open(path, 'r');
  try {
    const piece = new Uint8Array(PIECE);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(piece, 0, PIECE, at);
      if (bytesRead === 0) return at === bytes.length;
      for (let i = 0; i < bytesRead; i++) if (piece[i] !== bytes[at + i]) return false;
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
