// How rows enter a teacher: one input takes all encoded columns as a matrix; several inputs (or one of text) take one
// raw column each, by name, as scikit-learn pipelines are exported.
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import { inputsOf } from './score-output.ts';
import { NUMBERS } from './tensors.ts';

/** Numbers that a model may ask for at a time, and for one row. */
const MAX_NUMBERS = 2 ** 26;
const MAX_WIDTH = 2 ** 22;
/** The ONNX runtime looks through all inputs for each of them. */
const MAX_INPUTS = 4096;

/** `why` says in words how rows enter. */
export type Binding = { readonly why: string } & (
  | {
      readonly takes: 'matrix';
      readonly input: GraphTensor;
      /** Encoded columns; undefined where the model takes as many as there are. */
      readonly width: number | undefined;
      /** Rows of every call, where the model fixes them. */
      readonly batch: number | undefined;
      /** Inputs that the score does not depend on: they are fed zeros. */
      readonly idle: readonly GraphTensor[];
    }
  | {
      readonly takes: 'columns';
      readonly inputs: readonly GraphTensor[];
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
);

/** What the caller says of the inputs, and the teacher's name for messages. */
export interface InputOptions {
  /** The one input's name, where it must be checked. */
  readonly input?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly name: string;
}

/**
 * Decides by the graph's inputs.
 * @param score the tensor that is read: inputs that it does not depend on take no column
 * @throws DebkdError `teacher` or `preprocessing`
 */
export function bindInputs(
  graph: OnnxGraph,
  score: string,
  { input: wanted, preprocessing, name }: InputOptions,
): Binding {
  const subject = `teacher ${quote(name, 200)}`;
  if (graph.inputs.length > MAX_INPUTS) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `it has ${graph.inputs.length} inputs, at most ${MAX_INPUTS} fit`,
      remedy: 'export it with one input of numbers',
    });
  }
  const { needed: inputs, idle } = inputsOf(graph, score);
  const shown = listed(graph.inputs.map(({ name: input, type, shape }) => `${input} (${type} [${shape.join(', ')}])`));
  const [first] = inputs;
  if (!first)
    throw new DebkdError('teacher', { subject: subject, seen: 'it has no input', remedy: 'export it with one' });
  if (wanted !== undefined && !inputs.some((input) => input.name === wanted)) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `no input ${quote(wanted)}`,
      remedy: `it has ${shown}, name one of these`,
    });
  }
  const odd = graph.inputs.find(({ type }) => !NUMBERS.includes(type) && type !== 'string');
  if (odd) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `input ${quote(odd.name)} is ${odd.type}`,
      expected: `one of ${NUMBERS.join(', ')} or string (it has ${shown})`,
      remedy: 'export it with a float32 input',
    });
  }
  const flat = inputs.find(({ shape }) => shape.length === 0 || (shape.length === 1 && Number(shape[0]) > 1));
  if (flat) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `input ${quote(flat.name)} takes [${flat.shape.join(', ')}], which has no axis of rows`,
      remedy: `export it with a first size that is free, such as [N, ${flat.shape[0] ?? 1}]`,
    });
  }
  const single = inputs.find(({ shape }) => shape.length === 1 && shape[0] === 1);
  if (single && inputs.some(({ shape }) => shape.length > 1 || shape[0] !== 1)) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `input ${quote(single.name)} takes one value for all rows and no column`,
      remedy: `export the model with that value as a constant (it has ${shown})`,
    });
  }
  const sizes = new Set(
    inputs.map(({ shape }) => (typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : undefined)),
  );
  if (sizes.size > 1)
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `its inputs differ in rows (${shown})`,
      remedy: 'export it again',
    });
  const [batch] = sizes;
  if (inputs.length === 1 && first.type !== 'string') {
    const width = widthOf(first, preprocessing, name);
    if ((batch ?? 1) * (width ?? 1) > MAX_NUMBERS) {
      throw new DebkdError('teacher', {
        subject: subject,
        seen: `it takes ${batch ?? 1} rows of ${width ?? 'any'} numbers at a time, at most ${MAX_NUMBERS} numbers fit`,
        remedy: 'export it with a free number of rows',
      });
    }
    if ((width ?? 1) > MAX_WIDTH) {
      throw new DebkdError('teacher', {
        subject: subject,
        seen: `input ${quote(first.name)} takes ${width} numbers a row, at most ${MAX_WIDTH} fit`,
        remedy: 'check the export',
      });
    }
    const why = `one input of numbers takes all ${width === undefined ? 'columns, however many there are' : `${width} encoded columns`}`;
    return { takes: 'matrix', input: first, width, batch, idle, why };
  }
  const wide = inputs.find(({ shape }) => shape.slice(1).some((size) => typeof size === 'number' && size !== 1));
  if (wide) {
    throw new DebkdError('teacher', {
      subject: subject,
      seen: `input ${quote(wide.name)} takes [${wide.shape.join(', ')}]; several inputs, or one of text, must take one column each, bound by name`,
      remedy: 'export it so, or with one float32 input',
    });
  }
  if (preprocessing) {
    throw new DebkdError('preprocessing', {
      subject: subject,
      seen: `its inputs (${shown}) take raw columns by name, so that a preprocessing has no place`,
      remedy: 'leave out --preprocessing',
    });
  }
  const why =
    inputs.length === 1
      ? 'an input of text takes the column of its name'
      : `${inputs.length} inputs take the columns of their names`;
  return { takes: 'columns', inputs, batch, idle, why };
}

function widthOf(input: GraphTensor, preprocessing: Preprocessing | undefined, name: string): number | undefined {
  const sizes = input.shape.slice(1);
  const width =
    sizes.length > 0 && sizes.every((size) => typeof size === 'number') ? sizes.reduce((a, b) => a * b, 1) : undefined;
  if (width !== undefined && preprocessing && preprocessing.encodedWidth !== width) {
    throw new DebkdError('preprocessing', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its input has ${width} columns, the preprocessing makes ${preprocessing.encodedWidth}`,
      remedy: 'give the one it was trained with (--preprocessing)',
    });
  }
  return width ?? preprocessing?.encodedWidth;
}

/**
 * The place of the column that an input takes: of the same name, or the only one whose name differs in case and
 * punctuation alone, since exporters rename.
 * @param alone whether the teacher has no other input
 * @throws DebkdError `column`
 */
export function columnOf(
  input: string,
  names: readonly string[],
  { teacher, data, alone = false }: { readonly teacher: string; readonly data: string; readonly alone?: boolean },
): number {
  const exact = names.indexOf(input);
  if (exact >= 0) return exact;
  // the only column can be no other's, whatever an exporter called the only input
  if (alone && names.length === 1) return 0;
  const alike = names.flatMap((column, j) => (plain(column) === plain(input) ? [j] : []));
  if (alike.length === 1) return alike[0] as number;
  const near = nearest(input, names);
  const hint =
    alike.length > 1
      ? `${alike.map((j) => quote(names[j] as string)).join(' and ')} are alike; name one as the input`
      : near
        ? `is it ${quote(near)}? Name the column as the input`
        : 'give the data that the teacher was made for';
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}`,
    seen: `no column ${quote(input)}, an input of teacher ${quote(teacher, 200)}`,
    remedy: hint,
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
}

/** The columns of a table that a teacher's inputs take by name; none where one input takes all. @throws DebkdError `column` */
export function teacherColumns(
  { inputs, name }: { readonly inputs: readonly string[]; readonly name: string },
  names: readonly string[],
): string[] {
  return inputs.map(
    (input) => names[columnOf(input, names, { teacher: name, data: 'data', alone: inputs.length === 1 })] as string,
  );
}
