// The result folder of distill and demo.
import type { Distilled } from '../distill.ts';
import { htmlReport } from '../report/html.ts';
import type { DistillResult } from '../report/result.ts';
import { encodeStudent } from '../student/student-file.ts';
import { writeFolder } from './output-folder.ts';

/** The files in it. */
export const RESULT_FILES = ['student.debkd', 'result.json', 'report.html'] as const;

/** Writes all files or none. @throws DebkdError `source` */
export async function writeResult(
  out: string,
  { student }: Pick<Distilled, 'student'>,
  result: DistillResult,
): Promise<void> {
  const files = [
    { path: 'student.debkd', content: encodeStudent(student) },
    { path: 'result.json', content: `${JSON.stringify(result, null, 2)}\n` },
    { path: 'report.html', content: await htmlReport(result) },
  ];
  await writeFolder(out, files, RESULT_FILES);
}
