// The files of the browser app. The package has each large file once: what the app shares with the library, or with onnxruntime-web,
// is listed in dist/app-files.json and read from there.
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DebkdError, quote } from '../io/errors.ts';

/** The address of a file in the app, and where it is: in the package, or `npm:` and a file of a dependency. */
type SharedFiles = Readonly<Record<string, string>>;

/** The app's files: paths on this machine by address, such as `index.html` or `example/data.csv`. @throws DebkdError `source` */
export async function appFiles(): Promise<Map<string, string>> {
  // dist/app is next to the folder of dist/ that this file is bundled into
  const root = new URL('../../', import.meta.url);
  const folder = fileURLToPath(new URL('dist/app/', root));
  const shared: SharedFiles = JSON.parse(await readFile(new URL('dist/app-files.json', root), 'utf8'));
  const files = new Map<string, string>();
  for (const [name, place] of Object.entries(shared)) files.set(name, pathOf(place, root));
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.set(addressOf(name), path);
  }
  return files;
}

/** The address of a file in a folder: with slashes, whatever separates folders here. @param separator of paths; default the machine's */
export function addressOf(name: string, separator: string = sep): string {
  return name.split(separator).join('/');
}

function pathOf(place: string, root: URL): string {
  if (!place.startsWith('npm:')) return fileURLToPath(new URL(place, root));
  const name = place.slice('npm:'.length);
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new DebkdError('source', {
      subject: `file ${quote(name)}`,
      seen: `it is not installed (${(error as NodeJS.ErrnoException).code})`,
      expected: 'the dependencies of debkd in node_modules',
      remedy: 'install debkd again',
    });
  }
}
