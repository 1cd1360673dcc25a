// Opens the cache of soft labels for --cache and --no-cache.
import { stat } from 'node:fs/promises';
import type { LabelCache } from '../io/cache.ts';
import { openDiskCache } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { cachePlace } from './own-places.ts';

/** The cache of soft labels; undefined with --no-cache. @throws DebkdError `source` */
export async function openCache(values: Values): Promise<LabelCache | undefined> {
  if (values['no-cache']) return undefined;
  const { name, folder } = cachePlace(values);
  if ((await stat(folder).catch(() => undefined))?.isFile())
    throw new DebkdError('source', {
      subject: `${name} ${quote(folder, 200)}`,
      seen: 'a file',
      expected: 'a folder or a new name',
    });
  return openDiskCache(folder);
}
