// The path of --out, and the check that it is not an input.
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';

/** Options that name files which a command reads. */
const INPUTS = ['teacher', 'data', 'labels', 'preprocessing', 'split', 'student', 'config'];
/** Commands whose --out is a folder that is replaced as a whole. */
const FOLDERS = ['distill', 'compare', 'demo'];

/** Where a file or folder really lies: through links, and without a separator at its end. */
export async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** The path of the result with a suffix; the same for `--out student/` and `--out ./student`. */
export function beside(out: string, suffix: string): string {
  return `${resolve(out)}${suffix}`;
}

/** Whether `folder` is or holds `path`. */
export function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(/^\.\.([/\\]|$)/.test(way) || isAbsolute(way));
}

/** Refuses an --out that is one of the command's own inputs, also through links. @throws DebkdError `usage` */
export async function checkInputs(command: string, values: Values, argument: string): Promise<void> {
  const out = text(values, 'out');
  const there = out === undefined ? undefined : await stat(out).catch(() => undefined);
  if (out === undefined || !there) return;
  const inputs = INPUTS.map((name): [string, string] => [`--${name}`, text(values, name) ?? '']);
  for (const [name, path] of [...inputs, [command, argument] as const]) {
    const found = path === '' ? undefined : await stat(path).catch(() => undefined);
    if (!found) continue;
    const same = found.dev === there.dev && found.ino === there.ino;
    const within = FOLDERS.includes(command) && there.isDirectory() && holds(await placeOf(out), await placeOf(path));
    if (!same && !within) continue;
    throw new DebkdError(
      'usage',
      `option --out: ${quote(out, 200)} ${same ? 'is' : 'holds'} what ${name} reads (${quote(path, 200)}); choose another place`,
    );
  }
}
