// Paths of --out, and the check that no output is an input.
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, type PlatformPath, relative, resolve } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { parseList } from '../settings/lists.ts';
import { text, texts, type Values } from '../settings/values.ts';
import { COMMANDS } from './commands.ts';
import { softLabelColumns } from './soft-label-columns.ts';
import { teacherFiles } from './teacher-files.ts';

/** Commands that replace the folder --out as a whole. */
export const FOLDER_COMMANDS: readonly string[] = ['distill', 'compare', 'demo', 'monitor'];

/** The path of a file or folder with links resolved, those above a new one too, without a separator at its end. */
export async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  return realpath(absolute).catch(async () =>
    folder === absolute ? absolute : join(await realPathOf(folder), basename(absolute)),
  );
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

/** Refuses an output that is, or holds, an input of the command, even through links. @throws DebkdError `usage` */
export async function checkOutputPath(command: string, values: Values, argument: string): Promise<void> {
  const options = Object.entries(COMMANDS[command]?.options ?? {});
  const inputs: (readonly [name: string, path: string])[] = [[command, argument]];
  for (const [option, { path }] of options)
    if (path === 'input') for (const file of await inputsOf(option, values)) inputs.push([`--${option}`, file]);
  for (const [option, { path }] of options)
    if (path === 'output') for (const out of texts(values, option)) await checkOutput(command, option, out, inputs);
}

async function checkOutput(
  command: string,
  option: string,
  out: string,
  inputs: readonly (readonly [name: string, path: string])[],
): Promise<void> {
  const existing = await stat(out).catch(() => undefined);
  if (!existing) return;
  for (const [name, path] of inputs) {
    const found = path === '' ? undefined : await stat(path).catch(() => undefined);
    if (!found) continue;
    const same = found.dev === existing.dev && found.ino === existing.ino;
    const within =
      FOLDER_COMMANDS.includes(command) &&
      existing.isDirectory() &&
      contains(await realPathOf(out), await realPathOf(path));
    if (!same && !within) continue;
    throw new DebkdError('usage', {
      subject: `option --${option} ${quote(out, 200)}`,
      seen: `${same ? 'is' : 'holds'} the input of ${name} (${quote(path, 200)})`,
      remedy: 'choose another place',
    });
  }
}

/** The files that the value of an option names. */
async function inputsOf(option: string, values: Values): Promise<readonly string[]> {
  switch (option) {
    case 'teacher':
      return teacherFiles(values).flatMap(({ path, preprocessing = '' }) => [path, preprocessing]);
    case 'soft-labels':
      return [softLabelColumns(values)?.file ?? ''];
    case 'groups':
      return parseList(text(values, option) ?? '').map(({ name, isQuoted }) =>
        isQuoted || !name.includes('=') ? '' : name.slice(name.indexOf('=') + 1),
      );
    case 'split': {
      if (values[option] === undefined) return [];
      // not at the top: it loads the code of tables, which inspect does without
      const { splitSettings } = await import('../settings/split.ts');
      return texts(values, option).map((split) => splitSettings({ split }).file ?? '');
    }
    default:
      return texts(values, option);
  }
}
