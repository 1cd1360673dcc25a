// Turns a finished run into files.
import type { QuantizedForm } from '../../student/quantized-forms.ts';
import { encodeStudent } from '../../student/student-bytes.ts';
import type { Download, DownloadKind } from '../messages.ts';
import type { Finished } from './run.ts';

/** @param form number format of an export's parameters; default float32 */
export async function download(
  { student, retrained, result, live, records }: Finished,
  what: DownloadKind,
  form: string | undefined,
): Promise<Download> {
  if (what === 'student') return { name: 'student.debkd', bytes: encodeStudent(student) };
  if (what === 'retrained') return { name: 'student.debkd', bytes: encodeStudent(retrained ?? student) };
  if (what === 'result')
    return { name: 'result.json', bytes: new TextEncoder().encode(`${JSON.stringify(result, null, 2)}\n`) };
  // load the export code on demand
  const { exportTo, quantize, zip } = await import('./exports.ts');
  // a run without its rows is measured on synthetic records
  const rows = form && (await live().catch(() => undefined))?.data.test;
  const exported = form ? quantize(student, form as QuantizedForm, { ...(rows && { data: rows }) }) : student;
  const { files } = await exportTo(what, exported, { records });
  const loss = exported.quantization?.loss;
  return { name: `student-${what}.zip`, bytes: zip(files), ...(loss && { loss }) };
}
