// Opens the cache of soft labels for --cache and --no-cache.
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LabelCache } from '../io/cache.ts';
import { openDiskCache } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';

/** The cache of soft labels; undefined with --no-cache. @throws DebkdError `source` */
export async function openCache(values: Values): Promise<LabelCache | undefined> {
  if (values['no-cache']) return undefined;
  const folder = text(values, 'cache');
  if (folder !== undefined && (await stat(folder).catch(() => undefined))?.isFile())
    throw new DebkdError('source', {
      subject: `option --cache ${quote(folder, 200)}`,
      seen: 'a file',
      expected: 'a folder or a new name',
    });
  return openDiskCache(folder ?? process.env['DEBKD_CACHE'] ?? join(cacheFolder(), 'debkd'));
}

/** The system's folder for caches. */
function cacheFolder(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}
