// The places that keep files of debkd only (--cache, --store, --temp-dir), and the check that no result shares one.
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isEntry } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { COMMANDS } from './commands.ts';
import { contains, FOLDER_COMMANDS, realPathOf } from './output-path.ts';
import { runFolder } from './run-folder.ts';

/** A place that keeps files of debkd only. */
interface OwnPlace {
  /** What gave it, for messages. */
  readonly name: string;
  readonly folder: string;
  /** Whether it keeps its files under such a name. */
  readonly uses?: (name: string) => boolean;
}

/** A file of a store, or a folder of its files. */
const OF_STORE = /^([0-9a-f]{2}|damaged|store-id)$/;

/** Where the cache is: --cache, DEBKD_CACHE, or the user's cache folder. */
export function cachePlace(values: Values): OwnPlace {
  const given = text(values, 'cache');
  if (given !== undefined) return { name: 'option --cache', folder: given, uses: isEntry };
  const folder = process.env['DEBKD_CACHE'];
  // an empty variable is one that is not set: the cache would lie in the current folder
  if (folder) return { name: 'DEBKD_CACHE', folder, uses: isEntry };
  return { name: "the user's cache folder", folder: join(cacheFolder(), 'debkd'), uses: isEntry };
}

/** The system's folder for caches. */
function cacheFolder(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
}

/** The places that the command uses. */
function placesOf(command: string, values: Values): OwnPlace[] {
  const has = (option: string): boolean => COMMANDS[command]?.options[option] !== undefined;
  const places: OwnPlace[] = [];
  if (has('cache') && !values['no-cache']) places.push(cachePlace(values));
  const given = text(values, 'store');
  // the environment only supplies the store of a queue that is given
  const store = given ?? (values['queue'] === undefined ? undefined : process.env['DEBKD_STORE']);
  if (has('store') && store && !/^s3:/i.test(store)) {
    const name = given === undefined ? 'DEBKD_STORE' : 'option --store';
    places.push({ name, folder: store, uses: (entry) => OF_STORE.test(entry) });
  }
  const temporary = text(values, 'temp-dir');
  if (has('temp-dir') && temporary !== undefined) places.push({ name: 'option --temp-dir', folder: temporary });
  return places;
}

/**
 * Refuses a place of debkd's own that is the place of the result or of the unfinished run, or in one: a result replaces its folder, and the
 * parts of a finished run are removed by names that the cache has too. A result inside such a place is fine, under another name than its files.
 * @throws DebkdError `usage`
 */
export async function checkOwnPlaces(command: string, values: Values): Promise<void> {
  const out = text(values, 'out');
  if (out === undefined) return;
  const result = await realPathOf(out);
  const unfinished = runFolder({ command, values });
  // with --force other files in the folder of a result stay; a file has no place for a folder
  const mayBeInside = FOLDER_COMMANDS.includes(command) && values['force'] === true;
  for (const { name, folder, uses } of placesOf(command, values)) {
    const own = await realPathOf(folder);
    const refuse = (seen: string, expected: string = 'a folder apart from the result'): never => {
      const subject = `${name} ${quote(folder, 200)}`;
      throw new DebkdError('usage', { subject, seen, expected, remedy: 'choose another place for one of them' });
    };
    const given = `--out ${quote(out, 200)}`;
    if (own === result) refuse(`the same as ${given}`);
    if (contains(result, own) && !mayBeInside) refuse(`in ${given}`);
    if (unfinished !== undefined && contains(await realPathOf(unfinished), own))
      refuse(`in ${quote(unfinished, 200)}, where ${given} keeps its unfinished run`);
    if (dirname(result) === own && uses?.(basename(result))) refuse(`${given} has a name of its files`, 'another name');
  }
}
