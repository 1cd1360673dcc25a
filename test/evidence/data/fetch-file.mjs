// Gets one file of a data set: from a folder, or from the first of its addresses that answers with the expected bytes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzipSync } from 'fflate';
import { download } from './download.mjs';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The member of nested archives that `path` leads to. */
function unpack(bytes, path) {
  return path.reduce((archive, member) => {
    const found = unzipSync(archive, { filter: ({ name }) => name === member || name.endsWith(`/${member}`) });
    const [content] = Object.values(found);
    if (content === undefined) throw new Error(`the archive has no ${member}`);
    return content;
  }, bytes);
}

/** Refuses bytes that are not those of the original. */
function check(bytes, { sha256: expected }, alike = false) {
  if (expected !== undefined && !alike) checkHash(bytes, expected);
  return bytes;
}

export function checkHash(bytes, expected) {
  const seen = sha256(bytes);
  if (seen !== expected) throw new Error(`SHA-256 is ${seen} (${bytes.length} bytes), expected ${expected}`);
}

/**
 * The candidates for a file, one at a time: the caller takes the first that it can use. With `from`, the file in that folder; with
 * `mirror`, the file at that address; otherwise each address of the file.
 * @yields {{ url: string, read: () => Promise<Uint8Array>, forget: () => void }}
 */
export function* candidates(file, { from, mirror, downloads, ...options }) {
  if (from !== undefined) {
    const archives = file.urls.filter(({ unzip }) => unzip).map(({ url, unzip }) => ({ name: basename(url), unzip }));
    for (const { name, unzip } of [{ name: file.name }, ...archives]) {
      const path = join(from, name);
      const read = async () => {
        if (!existsSync(path)) throw new Error('no such file');
        const bytes = readFileSync(path);
        // a copy of a data set may have other line ends: the prepared table is compared
        return check(unzip ? unpack(bytes, unzip) : bytes, file, !file.exact);
      };
      yield { url: path, read, forget: () => undefined };
    }
    return;
  }
  const urls = mirror === undefined ? file.urls : [{ url: `${mirror.replace(/\/?$/, '/')}${file.name}` }];
  for (const [i, { url, unzip, alike }] of urls.entries()) {
    const path = join(downloads, `${i === 0 ? '' : `${i}-`}${file.name}${unzip ? '.zip' : ''}.part`);
    const forget = () => {
      for (const name of [path, `${path}.etag`]) rmSync(name, { force: true });
    };
    const read = async () => {
      for (;;) {
        const resumed = await download(url, path, options);
        try {
          const bytes = readFileSync(path);
          return check(unzip ? unpack(bytes, unzip) : bytes, file, alike);
        } catch (error) {
          forget();
          // the first part may have been of an older file
          if (!resumed) throw error;
        }
      }
    };
    yield { url, read, forget };
  }
}
