// The manifest of an export: it lists what was written, and a later export replaces nothing else.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { bytesOf, type OutputFile } from './output-folder.ts';

/** Marks a folder that export wrote; lists each file and its digest. */
const MANIFEST = '.debkd-export.json';

/** The files and a manifest of them. */
export function addManifest(files: readonly OutputFile[]): OutputFile[] {
  const list = files.map(({ path, content }) => [path, sha256(bytesOf(content))]);
  return [...files, { path: MANIFEST, content: `${JSON.stringify(Object.fromEntries(list), null, 2)}\n` }];
}

/** @throws DebkdError `source` when `folder` holds anything that an export did not write, or that was changed since */
export async function checkExported(folder: string): Promise<void> {
  await checkReplaceable(folder, [MANIFEST]);
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return; // it is empty, or not there
  const known = manifestOf(text, folder);
  for (const name of await readdir(folder, { recursive: true })) {
    const path = name.replaceAll('\\', '/');
    if (path === MANIFEST || (await stat(join(folder, name))).isDirectory()) continue;
    const why = !known.has(path)
      ? 'it holds'
      : known.get(path) === sha256(await readFile(join(folder, name)))
        ? undefined
        : 'you changed';
    if (why === undefined) continue;
    throw new DebkdError('source', {
      subject: `--out ${quote(folder, 200)}`,
      seen: `${why} ${quote(path, 200)}, which an export would remove`,
      remedy: 'move it, or choose another folder',
    });
  }
}

/** @throws DebkdError `source` */
function manifestOf(text: string, folder: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    throw new DebkdError('source', {
      subject: `--out ${quote(folder, 200)}`,
      seen: `its ${MANIFEST} is damaged, so that nobody can tell what an export wrote there`,
      remedy: 'choose another folder',
    });
  }
}
