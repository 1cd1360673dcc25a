// debkd inspect: shows what a teacher is, how its output is read, and why; with --data, how rows enter it.
import { listed, printable, quote } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { isBare } from '../teacher/label-agreement.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { noteIgnored, print } from './messages.ts';
import { nameOption } from './name-option.ts';
import { openTeacher } from './teacher-input.ts';
import type { TracedRows } from './traced-rows.ts';

/** Most classes that the text lists; --json has all. */
const MAX_CLASSES = 40;

export async function inspect(path: string, values: Values): Promise<void> {
  const ofRows = ['target', 'positive', 'drop', 'na-values', 'image-root'];
  if (values['data'] === undefined)
    noteIgnored(
      ofRows.filter((name) => values[name] !== undefined),
      'no rows are read without --data',
    );
  const opened = await openTeacher(path, values);
  using _ = opened.teacher;
  // what reads tables is loaded only where there is one
  const rows = text(values, 'data') === undefined ? undefined : await import('./traced-rows.ts');
  const traced = await rows?.traceRows(opened, values);
  const teacher = traced?.teacher ?? opened.teacher;
  if (values['json']) return print(`${JSON.stringify(inspection(teacher, traced), null, 2)}\n`);
  await print(
    [...description(path, teacher), ...(rows && traced ? rows.traceLines(traced) : []), ''].map(printable).join('\n'),
  );
}

/** The record of --json. */
function inspection(teacher: Teacher, traced: TracedRows | undefined): object {
  const { graph, reading, convention, sha256, why, refusal } = teacher;
  const describe = ({ name, type, shape }: (typeof graph.inputs)[number]): object => ({ name, type, shape });
  return {
    schema: 'debkd/inspect@1',
    sha256,
    opset: graph.opset,
    operators: graph.operators,
    inputs: graph.inputs.map(describe),
    outputs: graph.outputs.map(describe),
    output: reading.output,
    tensor: reading.tensor,
    convention: convention === 'unclear' ? null : convention,
    positiveClass: refusal ? null : reading.positiveClass,
    ...(reading.className !== undefined && { className: reading.className }),
    ...(reading.classes && { classes: reading.classes }),
    ...(refusal && { values: reading.margin.width, needed: refusal.toSentence(nameOption) }),
    notes: teacher.notes,
    reason: reading.reason,
    why: { ...why, positiveClass: reading.positiveReason },
    takes: teacher.takes,
    ...(teacher.inputs.length > 0 && { columns: teacher.inputs }),
    ...(teacher.text && { text: teacher.text }),
    ...(teacher.image && { image: teacher.image }),
    ...(traced && { rows: traced.rows }),
  };
}

/** The lines of the text. */
function description(path: string, teacher: Teacher): string[] {
  const { graph, reading, convention, sha256, why } = teacher;
  const list = (tensors: typeof graph.inputs): string =>
    tensors.map(({ name, type, shape }) => `${name} ${type}[${shape.join(', ')}]`).join('; ');
  return [
    `teacher      ${path}`,
    `sha256       ${sha256}`,
    `opset        ${graph.opset}`,
    `operators    ${graph.operators.join(', ')}`,
    `inputs       ${list(graph.inputs)}`,
    `             ${why.inputs}`,
    ...textLines(teacher),
    ...imageLines(teacher),
    `outputs      ${list(graph.outputs)}`,
    `score        ${reading.output}${reading.tensor === reading.output ? '' : `, read from ${reading.tensor}`}`,
    `             ${why.output}`,
    `convention   ${convention}`,
    `             ${reading.reason}`,
    ...classLines(teacher),
    ...teacher.notes.map((note) => `note         ${note}`),
  ];
}

/** The tokenizer of a teacher of text, and what it reads. */
function textLines({ text: reads }: Teacher): string[] {
  if (!reads) return [];
  const { tokenizer, kind, tokens, maxLength, columns } = reads;
  return [
    `tokenizer    ${quote(tokenizer, 200)}, ${kind}, ${tokens} tokens`,
    `text         ${columns ? columns.map((column) => quote(column)).join(' and ') : 'the column of running text'}, at most ${maxLength} tokens per row`,
  ];
}

/** How a teacher of images reads them. */
function imageLines({ image: reads }: Teacher): string[] {
  if (!reads) return [];
  const { column, size, order, filter, values, isOpen, from } = reads;
  const how = [
    size ? `images of ${size.join(' x ')} pixels` : 'images of their own size',
    order === 'grey' ? 'grey' : order.toUpperCase(),
    ...(filter ? [filter] : []),
    isOpen ? 'how bytes become numbers is open: labelled rows choose it' : values,
    `from ${from}`,
  ];
  return [`images       ${how.join(', ')}`, ...(column === undefined ? [] : [`             column ${quote(column)}`])];
}

/** Class 1, or the classes to choose from and how. */
function classLines({ reading, refusal, convention }: Teacher): string[] {
  const { className, classes, positiveClass, positiveReason, margin } = reading;
  if (!refusal)
    return [
      `class 1      ${className === undefined ? '' : `${quote(className)}, `}${positiveClass} value: ${positiveReason}`,
      ...(classes && margin.width > 2 ? [`classes      ${listedClasses(classes)}`] : []),
    ];
  const { width } = margin;
  const names = classes ? listedClasses(classes) : `${width}, without names: 0 to ${width - 1}`;
  const label = classes?.some((name) => !isBare(name)) ? ', or name it as the positive value of the label' : '';
  const state = convention === 'unclear' ? `, and what the values mean with ${nameOption('convention')}` : '';
  return [
    `classes      ${names}`,
    `class 1      open: choose it with ${nameOption('class', classes?.[0] ?? '0')}, by name or by index from 0${label}${state}`,
  ];
}

function listedClasses(classes: readonly string[]): string {
  return listed(
    classes.map((name, k) => `${k} ${quote(name)}`),
    MAX_CLASSES,
  );
}
