// A folder of entries on disk: whole or absent, shared by any number of programs, limited in size.

import { type CacheOptions, type LabelCache, MAX_BYTES } from './cache.ts';
import { renameSynced, writeSynced } from './durable.ts';
import { DebkdError, quote, unwritable } from './errors.ts';
import { makeFolder } from './make-folder.ts';
import { builtin } from './node.ts';

const SUFFIX = '.labels';
/** Names that entries have, and those that are being written: nothing else in the folder is touched. */
const ENTRY = /^[0-9a-f]{64}\.labels$/;
const PART = /^([0-9a-f]{64}|probe)\.labels\.part-[0-9a-f-]{36}(-\d+)?$/;
/** A part file of this age belongs to a program that ended. */
const ABANDONED_MS = 3600_000;

/** Whether a name in a cache's folder is that of an entry, whole or in part. */
export function isEntry(name: string): boolean {
  return ENTRY.test(name) || PART.test(name);
}

/** A cache in `folder`, which is made when the first entry is written, or now where it is strict. For Node, Deno and Bun. */
export async function openDiskCache(folder: string, options: CacheOptions = {}): Promise<LabelCache> {
  const { maxBytes = MAX_BYTES, strict = false } = options;
  const fs = await builtin<typeof import('node:fs/promises')>('node:fs/promises');
  const { join } = await builtin<typeof import('node:path')>('node:path');
  const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
  const place = (key: string): string => join(folder, `${key}${SUFFIX}`);
  let size: number | undefined; // of all entries, as far as this program knows
  let written = 0;

  /** Removes abandoned part files, and the oldest entries until the rest fits. */
  async function tidy(): Promise<void> {
    const entries: { path: string; bytes: number; used: number }[] = [];
    for (const name of await fs.readdir(folder)) {
      const path = join(folder, name);
      const found = await fs.stat(path).catch(() => undefined); // another program may have removed it
      if (!found?.isFile()) continue;
      if (ENTRY.test(name)) entries.push({ path, bytes: found.size, used: found.mtimeMs });
      else if (PART.test(name) && Date.now() - found.mtimeMs > ABANDONED_MS) await quietly(fs.rm(path));
    }
    entries.sort((a, b) => a.used - b.used);
    size = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of entries) {
      if (size <= maxBytes) break;
      await quietly(fs.rm(path));
      size -= bytes;
    }
  }

  async function tryIt(): Promise<void> {
    const probe = `${place('probe')}.part-${crypto.randomUUID()}`;
    try {
      await makeFolder(folder);
      await fs.writeFile(probe, '');
      await fs.rm(probe);
    } catch (error) {
      throw unwritable(folder, error);
    }
  }
  if (strict) await tryIt();

  return {
    async get(key) {
      const bytes = await fs.readFile(place(key)).catch(() => undefined);
      if (!bytes) return undefined;
      const now = new Date();
      await quietly(fs.utimes(place(key), now, now)); // its last use
      return new Uint8Array(bytes);
    },
    async put(key, bytes) {
      if (bytes.length > maxBytes) return;
      const part = `${place(key)}.part-${crypto.randomUUID()}-${written++}`;
      try {
        await makeFolder(folder);
        await writeSynced(part, bytes);
        if (strict && !same(await fs.readFile(part), bytes)) throw damaged(folder);
        await renameSynced(part, place(key));
        size = size === undefined ? undefined : size + bytes.length;
        if (size === undefined || size > maxBytes) await tidy();
      } catch (error) {
        await quietly(fs.rm(part, { force: true })); // a full disk or a read-only folder: go on without
        if (strict) throw unwritable(folder, error);
      }
    },
  };
}

const damaged = (folder: string): DebkdError =>
  new DebkdError(
    'source',
    `${quote(folder, 200)}: what was read back differs from what was written; check the disk, or choose another place`,
  );

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
