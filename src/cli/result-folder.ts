// Writes the result folder of distill and demo.
import type { Distillation } from '../distill-options.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { htmlReport } from '../report/html.ts';
import type { DistillRecord } from '../report/result.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import { type OutputFile, writeFolder } from './output-folder.ts';

/** The files in it. */
export const RESULT_FILES = ['student.debkd', 'result.json', 'report.html', 'statistics.json'] as const;

/**
 * Writes all files or none.
 * @param more further files of the command
 * @param earlier names of further files of an earlier result, which go with it
 * @throws DebkdError `source`
 */
export async function writeResult(
  out: string,
  { student }: Pick<Distillation, 'student'>,
  { result, statistics }: { readonly result: DistillRecord; readonly statistics: Statistics },
  more: readonly OutputFile[] = [],
  earlier: readonly string[] = [],
): Promise<void> {
  const files = [
    { path: 'student.debkd', content: encodeStudent(student) },
    { path: 'result.json', content: `${JSON.stringify(result, null, 2)}\n` },
    { path: 'report.html', content: await htmlReport(result) },
    { path: 'statistics.json', content: `${JSON.stringify(statistics, null, 2)}\n` },
    ...more,
  ];
  await writeFolder(out, files, [...RESULT_FILES, ...more.map(({ path }) => path), ...earlier]);
}
