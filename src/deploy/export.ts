// A student to any target, with what quantisation cost beside it.
import { checkName } from '../io/check.ts';
import type { Student } from '../student/student.ts';
import { type EdgeOptions, toEdge } from './edge/project.ts';
import type { Exported } from './exported.ts';
import { toJavaScript } from './javascript.ts';
import { toOnnx } from './onnx.ts';
import type { ParityOptions } from './parity.ts';
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
};

/** The files of a target, and `quantization.json` where the student was quantised. @throws DebkdError as toEdge */
export async function exportTo(target: Target, student: Student, options: EdgeOptions = {}): Promise<Exported> {
  checkName('export', target, TARGETS);
  const platform = PLATFORMS.find((name) => name === target);
  const made = platform
    ? await toEdge(student, platform, options)
    : await FORMATS[target as Exclude<Target, Platform>](student, options);
  const { quantization } = student;
  if (!quantization) return made;
  const { form, loss } = quantization;
  const bytes = new TextEncoder().encode(`${JSON.stringify({ form, ...loss }, null, 2)}\n`);
  return { ...made, files: [...made.files, { path: 'quantization.json', bytes }] };
}
