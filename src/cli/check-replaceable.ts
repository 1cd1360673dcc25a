// Checks, before any work, that a result folder may be replaced.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { isDebkdFile } from './is-debkd-file.ts';
import { realPathOf } from './output-path.ts';
import { isTempFolder, removeStaleTempFolders } from './temp-folder.ts';

/**
 * A folder may be replaced where it does not exist, is empty, or holds an earlier result and nothing else.
 * @param names of the files of a result; every result has the first one. Where that is the only name, the caller checks the other files.
 * @param force allows files of these names to be overwritten, also if debkd did not make them; other files stay
 * @throws DebkdError `source`
 */
export async function checkReplaceable(
  folder: string,
  [required, ...optional]: readonly [string, ...string[]],
  force: boolean = false,
): Promise<void> {
  const refuse = (what: string): never => {
    throw new DebkdError('source', { subject: `--out ${quote(folder, 200)}`, seen: what });
  };
  const output = await realPathOf(folder);
  removeStaleTempFolders(output);
  const all = await readdir(output).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    const why = error.code === 'ENOTDIR' ? 'this is a file' : (error.code ?? 'it cannot be read');
    return refuse(`${why}, expected a folder or a new name; choose another`);
  });
  const entries = all.filter((name) => !isTempFolder(output, name));
  if (entries.length === 0 || force) return;
  const orForce = optional.length > 0 ? ', or write into it (--force)' : '';
  if (!entries.includes(required))
    refuse(
      `the folder holds other files, expected a new name, an empty folder or an earlier result; choose another${orForce}`,
    );
  if (optional.length === 0) return;
  const others = entries.filter((name) => name !== required && !optional.includes(name));
  if (others.length > 0)
    refuse(
      `the folder holds an earlier result and also ${listed(
        others.map((name) => quote(name)),
        3,
      )}; move ${others.length > 1 ? 'them' : 'it'}, choose another folder${orForce}`,
    );
  for (const name of entries) {
    if (/\.(csv|md)$/.test(name) || (await isDebkdFile(join(output, name)))) continue;
    refuse(`${quote(name)} in it is none that debkd made, or was changed; move it, choose another folder${orForce}`);
  }
}
