// Paths of --out, and the check that --out is not an input.
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, type PlatformPath, relative, resolve } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { softLabelColumns } from './soft-label-columns.ts';
import { teacherFiles } from './teacher-files.ts';

/** Options that name input files. */
const INPUT_OPTIONS = ['data', 'labels', 'preprocessing', 'split', 'student', 'config', 'reference', 'counts'];
/** Commands that replace the folder --out as a whole. */
const FOLDER_COMMANDS = ['distill', 'compare', 'demo', 'monitor'];

/** The path of a file or folder with links resolved, without a separator at its end. */
export async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** The path of the result with a suffix; the same for `--out student/` and `--out ./student`. */
export function siblingPath(out: string, suffix: string): string {
  return `${resolve(out)}${suffix}`;
}

/** Whether `path` is the folder or inside it. @param paths the rules of a system; default this one's */
export function contains(
  folder: string,
  path: string,
  paths: Pick<PlatformPath, 'relative' | 'isAbsolute'> = { relative, isAbsolute },
): boolean {
  const steps = paths.relative(folder, path);
  return steps === '' || !(/^\.\.([/\\]|$)/.test(steps) || paths.isAbsolute(steps));
}

/** Refuses an --out that is, or holds, an input of the command, even through links. @throws DebkdError `usage` */
export async function checkOutputPath(command: string, values: Values, argument: string): Promise<void> {
  const out = text(values, 'out');
  const existing = out === undefined ? undefined : await stat(out).catch(() => undefined);
  if (out === undefined || !existing) return;
  const softLabels = softLabelColumns(values)?.file ?? '';
  const inputs = [
    ...INPUT_OPTIONS.map((name): [string, string] => [`--${name}`, text(values, name) ?? '']),
    ...teacherFiles(values).flatMap(({ path, preprocessing = '' }) => [
      ['--teacher', path] as const,
      ['--teacher', preprocessing] as const,
    ]),
    ['--soft-labels', softLabels] as const,
  ];
  for (const [name, path] of [...inputs, [command, argument] as const]) {
    const found = path === '' ? undefined : await stat(path).catch(() => undefined);
    if (!found) continue;
    const same = found.dev === existing.dev && found.ino === existing.ino;
    const within =
      FOLDER_COMMANDS.includes(command) &&
      existing.isDirectory() &&
      contains(await realPathOf(out), await realPathOf(path));
    if (!same && !within) continue;
    throw new DebkdError('usage', {
      subject: `option --out ${quote(out, 200)}`,
      seen: `${same ? 'is' : 'holds'} the input of ${name} (${quote(path, 200)})`,
      remedy: 'choose another place',
    });
  }
}
