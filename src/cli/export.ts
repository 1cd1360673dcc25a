// debkd export: a student for other runtimes, one folder a target.
import { join } from 'node:path';
import type { Exported } from '../deploy/exported.ts';
import { toJavaScript } from '../deploy/javascript.ts';
import { toOnnx } from '../deploy/onnx.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import { checkReplaceable, writeFolder } from './folder.ts';
import { list, openStudent, text } from './inputs.ts';
import { print } from './messages.ts';
import type { Values } from './parse.ts';

const TARGETS = new Map<string, (student: Student) => Promise<Exported>>([
  ['onnx', toOnnx],
  ['js', toJavaScript],
]);

export async function exportCommand(values: Values): Promise<void> {
  const wanted = list(values, 'to');
  const out = text(values, 'out') as string;
  const known = [...TARGETS.keys()];
  const odd = wanted.find((target) => !TARGETS.has(target));
  if (odd !== undefined || wanted.length === 0) {
    const near = nearest(odd ?? '', known);
    throw new DebkdError(
      'usage',
      `option --to: ${quote(odd ?? '')}, expected some of ${known.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  const student = await openStudent(values);
  const made: Exported[] = [];
  for (const target of new Set(wanted)) {
    await checkReplaceable(join(out, target), target === 'js' ? 'student.js' : 'student.onnx');
    made.push(await (TARGETS.get(target) as (s: Student) => Promise<Exported>)(student));
  }
  for (const { target, files } of made) {
    await writeFolder(
      join(out, target),
      files.map(({ path, bytes }) => ({ path, content: bytes })),
    );
  }
  const files = made.flatMap(({ target, files: all }) => all.map(({ path }) => `${target}/${path}`));
  if (values['json']) {
    const parity = Object.fromEntries(made.map(({ target, largestDifference }) => [target, largestDifference]));
    return print(`${JSON.stringify({ schema: 'debkd/export@1', files, largestDifference: parity }, null, 2)}\n`);
  }
  const lines = made.map(
    (e) =>
      `${e.target}: ${e.files.map((f) => join(out, e.target, f.path)).join(', ')} (at most ${e.largestDifference.toExponential(1)} from the student)`,
  );
  await print(`${lines.join('\n')}\n`);
}
