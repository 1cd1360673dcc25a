// exportTo: a student as files for any target.
import { checkName } from '../io/check.ts';
import type { Student } from '../student/student.ts';
import { type EdgeOptions, toEdge } from './edge/project.ts';
import type { Exported } from './exported.ts';
import { toJavaScript } from './javascript.ts';
import { toOnnx } from './onnx.ts';
import type { ParityOptions } from './parity.ts';
import { toPython } from './python.ts';
import { toSafetensors } from './safetensors.ts';
import { PLATFORMS, type Platform, TARGETS, type Target } from './targets.ts';
import { toWasm } from './wasm.ts';

const FORMATS: Readonly<
  Record<Exclude<Target, Platform>, (student: Student, options: ParityOptions) => Promise<Exported>>
> = {
  onnx: toOnnx,
  safetensors: toSafetensors,
  js: toJavaScript,
  wasm: toWasm,
  python: toPython,
};

/**
 * Exports a student to a target, and checks that the export's predictions are the student's. A quantised student's
 * export also has `quantization.json`, with the form and the measured loss.
 * @param options `records` to check as well; `name` and `allowedOrigins` only for platforms
 * @throws DebkdError `export` if a prediction differs or the host forbids running the export, `value` for an unknown
 *   target or an invalid name or origin
 * @example
 * const { files } = await exportTo('js', student);
 * for (const { path, bytes } of files) await writeFile(path, bytes);
 */
export async function exportTo(target: Target, student: Student, options: EdgeOptions = {}): Promise<Exported> {
  checkName('export', target, TARGETS);
  const platform = PLATFORMS.find((name) => name === target);
  const exported = platform
    ? await toEdge(student, platform, options)
    : await FORMATS[target as Exclude<Target, Platform>](student, options);
  const { quantization } = student;
  if (!quantization) return exported;
  const { form, loss } = quantization;
  const bytes = new TextEncoder().encode(`${JSON.stringify({ form, ...loss }, null, 2)}\n`);
  return { ...exported, files: [...exported.files, { path: 'quantization.json', bytes }] };
}
