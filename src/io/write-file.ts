// Writes a file that appears whole or not at all, for the library. The command line has cli/atomic-write.ts: files in pieces, whose remains a later
// run finds after a kill.
import { renameSynced, writeSynced } from './durable.ts';
import { DebkdError, quote, unwritable } from './errors.ts';
import type { HostUrl } from './host-types.ts';
import { dirname, fsPromises, pathOf } from './node.ts';

/**
 * Replaces a file atomically: the bytes are flushed to a temporary file in its folder, which is then renamed. Devices and
 * pipes are written directly. For Node, Deno and Bun.
 * @throws DebkdError `source` where the file cannot be written, or the host has no files
 */
export async function writeFileWhole(path: string | HostUrl, bytes: Uint8Array): Promise<void> {
  const { realpath, rm, stat, writeFile } = await fsPromises().catch(() => {
    throw new DebkdError('source', {
      subject: `file ${quote(String(path), 200)}`,
      seen: 'this host has no file system',
      remedy: 'store the bytes of encodeStudent yourself',
    });
  });
  const given = await pathOf(path);
  // through a link to what it leads to
  const file = await realpath(given).catch(() => given);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new DebkdError('source', {
      subject: `file ${quote(given, 200)}`,
      seen: 'this is a folder',
      expected: 'a file',
      remedy: 'name a file in it',
    });
  }
  if (!found && !(await stat(await dirname(file)).catch(() => undefined))) {
    throw new DebkdError('source', {
      subject: `file ${quote(given, 200)}`,
      seen: `there is no folder ${quote(await dirname(file), 200)}`,
      remedy: ['create it', 'choose another place'],
    });
  }
  const part = `${file}.part-${crypto.randomUUID()}`;
  try {
    if (found && !found.isFile()) return await writeFile(file, bytes);
    await writeSynced(part, bytes, 'wx');
    await renameSynced(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw unwritable(given, error);
  }
}
