// Finds a student's file and its statistics.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { jsonOf } from '../io/source.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { checkStudent, parseStatistics } from '../monitor/parse-statistics.ts';
import { text, type Values } from '../settings/values.ts';
import { readOptionFile } from './option-file.ts';

/** The folder of a student and its file. */
export async function placesOf(path: string): Promise<{ folder: string; file: string }> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return isFolder ? { folder: path, file: join(path, 'student.debkd') } : { folder: dirname(path), file: path };
}

/** The statistics of --reference, or those in the student's folder. @throws DebkdError `source`, `value` */
export async function readReference(values: Values, folder: string): Promise<{ reference: unknown; name: string }> {
  const path = text(values, 'reference');
  if (path !== undefined) return { reference: await readOptionFile('reference', jsonOf(path)), name: path };
  const name = join(folder, 'statistics.json');
  if (!(await stat(name).catch(() => undefined)))
    throw new DebkdError('source', {
      subject: `student ${quote(folder, 200)}`,
      seen: 'its folder holds no statistics.json',
      remedy: ['give the one that distill wrote (--reference)', 'distil again with this version'],
    });
  return { reference: await jsonOf(name), name };
}

/** The statistics in the student's folder. @throws DebkdError `source` where there are none, `value` for those of another student */
export async function studentStatistics(values: Values): Promise<Statistics> {
  const { folder, file } = await placesOf(text(values, 'student') as string);
  const { reference, name } = await readReference({}, folder);
  const statistics = parseStatistics(reference, name);
  checkStudent(statistics, name, sha256(await readFile(file)));
  return statistics;
}
