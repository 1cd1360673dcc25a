// Checks that a result folder may be replaced. Commands do so before any work.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DebkdError, type ErrorParts, listed, quote } from '../io/errors.ts';
import { isDebkdFile } from './is-debkd-file.ts';
import { realPathOf } from './output-path.ts';
import { isTempFolder, removeStaleTempFolders } from './temp-folder.ts';

/**
 * A folder may be replaced where it does not exist, is empty, or holds only an earlier result.
 * @param names the file names of a result. Every result has the first one; if it is the only name, the caller checks the other files.
 * @param force allows any files of these names to be overwritten; other files stay
 * @throws DebkdError `source`
 */
export async function checkReplaceable(
  folder: string,
  [required, ...optional]: readonly [string, ...string[]],
  force: boolean = false,
): Promise<void> {
  const refuse = (problem: Omit<ErrorParts, 'subject'>): never => {
    throw new DebkdError('source', { ...problem, subject: `option --out ${quote(folder, 200)}` });
  };
  const output = await realPathOf(folder);
  removeStaleTempFolders(output);
  const all = await readdir(output).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    return refuse({
      seen: error.code === 'ENOTDIR' ? 'a file' : (error.code ?? 'cannot be read'),
      expected: 'a folder or a new name',
      remedy: 'choose another place',
    });
  });
  const entries = all.filter((name) => !isTempFolder(output, name));
  if (entries.length === 0 || force) return;
  const another = ['choose another folder', ...(optional.length > 0 ? ['write into it (--force)'] : [])];
  if (!entries.includes(required))
    refuse({
      seen: 'the folder holds other files',
      expected: 'a new name, an empty folder or an earlier result',
      remedy: another,
    });
  if (optional.length === 0) return;
  const others = entries.filter((name) => name !== required && !optional.includes(name));
  if (others.length > 0)
    refuse({
      seen: `the folder holds an earlier result and also ${listed(
        others.map((name) => quote(name)),
        3,
      )}`,
      remedy: [`move ${others.length > 1 ? 'them' : 'it'}`, ...another],
    });
  for (const name of entries) {
    if (/\.(csv|md|zip)$/.test(name) || (await isDebkdFile(join(output, name)))) continue;
    refuse({
      seen: `debkd did not make ${quote(name)} in it, or the file was changed`,
      remedy: ['move it', ...another],
    });
  }
}
