// Reads --teacher: the file of each teacher, optionally with that of its preprocessing.
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { texts, type Values } from '../settings/values.ts';

/** The files of a teacher. */
export interface TeacherFile {
  readonly path: string;
  /** The file of its own preprocessing; undefined: that of --preprocessing. */
  readonly preprocessing?: string;
}

/** The files of --teacher, each MODEL or MODEL=PREPROCESSING. */
export function teacherFiles(values: Values): readonly TeacherFile[] {
  return texts(values, 'teacher').map((given) => {
    const at = given.lastIndexOf('=');
    // a file's name may hold the sign
    if (at <= 0 || at === given.length - 1 || existsSync(given)) return { path: given };
    const [path, preprocessing] = [given.slice(0, at), given.slice(at + 1)];
    return existsSync(path) || /\.json$/i.test(preprocessing) ? { path, preprocessing } : { path: given };
  });
}

/** The name and the size of the only teacher's file, for the record; undefined for several teachers and for soft labels. */
export function onlyTeacherFile(values: Values): { readonly name: string; readonly bytes?: number } | undefined {
  const [only, ...others] = teacherFiles(values);
  if (!only || others.length > 0 || values['soft-labels'] !== undefined) return undefined;
  const found = statSync(only.path, { throwIfNoEntry: false });
  return { name: basename(resolve(only.path)), ...(found?.isFile() && { bytes: found.size }) };
}
