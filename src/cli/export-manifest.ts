// The manifest of an export lists the files it wrote. A later export replaces only these.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { bytesOf, type OutputFile } from './output-folder.ts';

/** Marks a folder that export wrote, and lists each file with its digest. */
const MANIFEST = '.debkd-export.json';

/** The files, with a manifest of them. */
export function addManifest(files: readonly OutputFile[]): OutputFile[] {
  const list = files.map(({ path, content }) => [path, sha256(bytesOf(content))]);
  return [...files, { path: MANIFEST, content: `${JSON.stringify(Object.fromEntries(list), null, 2)}\n` }];
}

/** Checks that an export wrote every file in `folder`, and that none has changed since. @throws DebkdError `source` */
export async function checkExported(folder: string): Promise<void> {
  await checkReplaceable(folder, [MANIFEST]);
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return; // the folder is empty or does not exist
  const known = manifestOf(text, folder);
  for (const name of await readdir(folder, { recursive: true })) {
    const path = name.replaceAll('\\', '/');
    if (path === MANIFEST || (await stat(join(folder, name))).isDirectory()) continue;
    if (known.has(path) && known.get(path) === sha256(await readFile(join(folder, name)))) continue;
    throw new DebkdError('source', {
      subject: `option --out ${quote(folder, 200)}`,
      seen: `${quote(path, 200)} ${known.has(path) ? 'was changed' : 'is not of an export'}, and would be removed`,
      remedy: ['move it', 'choose another folder'],
    });
  }
}

/** Reads a manifest: digests by path. @throws DebkdError `source` */
function manifestOf(text: string, folder: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    throw new DebkdError('source', {
      subject: `option --out ${quote(folder, 200)}`,
      seen: `its ${MANIFEST} is damaged, and does not say which files an export wrote`,
      remedy: 'choose another folder',
    });
  }
}
