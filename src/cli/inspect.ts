// debkd inspect: shows what a teacher is, how its output is read, and why.
import { printable, quote } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { print } from './messages.ts';
import { openTeacher } from './teacher-input.ts';

export async function inspect(path: string, values: Values): Promise<void> {
  using teacher = (await openTeacher(path, values)).teacher;
  const { graph, reading, convention, sha256, why } = teacher;
  const describe = ({ name, type, shape }: (typeof graph.inputs)[number]): object => ({ name, type, shape });
  const result = {
    schema: 'debkd/inspect@1',
    sha256,
    opset: graph.opset,
    operators: graph.operators,
    inputs: graph.inputs.map(describe),
    outputs: graph.outputs.map(describe),
    output: reading.output,
    tensor: reading.tensor,
    convention,
    positiveClass: reading.positiveClass,
    ...(reading.className !== undefined && { className: reading.className }),
    ...(reading.classes && { classes: reading.classes }),
    notes: teacher.notes,
    reason: reading.reason,
    why: { ...why, positiveClass: reading.positiveReason },
    takes: teacher.takes,
  };
  if (values['json']) return print(`${JSON.stringify(result, null, 2)}\n`);
  const list = (tensors: typeof graph.inputs): string =>
    tensors.map(({ name, type, shape }) => `${name} ${type}[${shape.join(', ')}]`).join('; ');
  await print(
    [
      `teacher      ${path}`,
      `sha256       ${sha256}`,
      `opset        ${graph.opset}`,
      `operators    ${graph.operators.join(', ')}`,
      `inputs       ${list(graph.inputs)}`,
      `             ${why.inputs}`,
      `outputs      ${list(graph.outputs)}`,
      `score        ${reading.output}${reading.tensor === reading.output ? '' : `, read from ${reading.tensor}`}`,
      `             ${why.output}`,
      `convention   ${convention}`,
      `             ${reading.reason}`,
      `class 1      ${reading.className === undefined ? '' : `${quote(reading.className)}, `}${reading.positiveClass} value: ${reading.positiveReason}`,
      ...teacher.notes.map((note) => `note         ${note}`),
      '',
    ]
      .map(printable)
      .join('\n'),
  );
}
