// Binds columns to a teacher's inputs. A single numeric input takes all encoded columns as a matrix. Several inputs, or
// one of text, take one raw column each by name, as exporters write scikit-learn pipelines.
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import { inputsOf } from './score-output.ts';
import { NUMBERS } from './tensors.ts';

/** Limits on the numbers that a model takes per call, and per row. */
const MAX_NUMBERS = 2 ** 26;
const MAX_WIDTH = 2 ** 22;
/** The ONNX runtime searches all inputs for each input. */
const MAX_INPUTS = 4096;

/** How columns enter the inputs; `why` describes it. */
export type Binding = { readonly why: string } & (
  | {
      readonly takes: 'matrix';
      readonly input: GraphTensor;
      /** Number of encoded columns; undefined where the model takes any number. */
      readonly width: number | undefined;
      /** Rows per call, where the model fixes them. */
      readonly batch: number | undefined;
      /** Inputs that the score does not depend on; they get zeros. */
      readonly idle: readonly GraphTensor[];
    }
  | {
      readonly takes: 'columns';
      readonly inputs: readonly GraphTensor[];
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
);

/** What the caller states about the inputs. */
export interface InputOptions {
  /** An input that the model must have. */
  readonly input?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** The teacher's name, for messages. */
  readonly name: string;
}

/**
 * Binds the inputs of a graph.
 * @param score the tensor to read; inputs that it does not depend on take no column
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
      subject,
      seen: `it has ${graph.inputs.length} inputs`,
      expected: `at most ${MAX_INPUTS}`,
      remedy: 'export it with one numeric input',
    });
  }
  const { needed: inputs, idle } = inputsOf(graph, score);
  const shown = listed(graph.inputs.map(({ name: input, type, shape }) => `${input} (${type} [${shape.join(', ')}])`));
  const [first] = inputs;
  if (!first) throw new DebkdError('teacher', { subject, seen: 'it has no input', remedy: 'export it with one' });
  if (wanted !== undefined && !inputs.some((input) => input.name === wanted)) {
    throw new DebkdError('teacher', {
      subject,
      seen: `no input ${quote(wanted)}`,
      expected: `one of ${shown}`,
    });
  }
  const odd = graph.inputs.find(({ type }) => !NUMBERS.includes(type) && type !== 'string');
  if (odd) {
    throw new DebkdError('teacher', {
      subject,
      seen: `input ${quote(odd.name)} has type ${odd.type}`,
      expected: `${NUMBERS.join(', ')} or string`,
      remedy: 'export it with a float32 input',
    });
  }
  const flat = inputs.find(({ shape }) => shape.length === 0 || (shape.length === 1 && Number(shape[0]) > 1));
  if (flat) {
    throw new DebkdError('teacher', {
      subject,
      seen: `input ${quote(flat.name)} has shape [${flat.shape.join(', ')}], without an axis of rows`,
      expected: `a free first size, such as [N, ${flat.shape[0] ?? 1}]`,
      remedy: 'export it again',
    });
  }
  const single = inputs.find(({ shape }) => shape.length === 1 && shape[0] === 1);
  if (single && inputs.some(({ shape }) => shape.length > 1 || shape[0] !== 1)) {
    throw new DebkdError('teacher', {
      subject,
      seen: `input ${quote(single.name)} takes one value for all rows`,
      expected: 'a column',
      remedy: 'export the model with that value as a constant',
    });
  }
  const sizes = new Set(
    inputs.map(({ shape }) => (typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : undefined)),
  );
  if (sizes.size > 1)
    throw new DebkdError('teacher', {
      subject,
      seen: `its inputs differ in their number of rows: ${shown}`,
      remedy: 'export every input with a free number of rows',
    });
  const [batch] = sizes;
  if (inputs.length === 1 && first.type !== 'string') {
    const width = widthOf(first, preprocessing, name);
    if ((batch ?? 1) * (width ?? 1) > MAX_NUMBERS) {
      throw new DebkdError('teacher', {
        subject,
        seen: `it takes ${batch ?? 1} rows of ${width ?? 'any'} numbers per call`,
        expected: `at most ${MAX_NUMBERS} numbers`,
        remedy: 'export it with a free number of rows',
      });
    }
    if ((width ?? 1) > MAX_WIDTH) {
      throw new DebkdError('teacher', {
        subject,
        seen: `input ${quote(first.name)} takes ${width} numbers per row`,
        expected: `at most ${MAX_WIDTH}`,
        remedy: 'check the export',
      });
    }
    const why = `one numeric input takes all ${width === undefined ? 'columns' : `${width} encoded columns`}`;
    return { takes: 'matrix', input: first, width, batch, idle, why };
  }
  const wide = inputs.find(({ shape }) => shape.slice(1).some((size) => typeof size === 'number' && size !== 1));
  if (wide) {
    throw new DebkdError('teacher', {
      subject,
      seen: `input ${quote(wide.name)} has shape [${wide.shape.join(', ')}]`,
      expected: 'one column for each of several inputs or of text',
      remedy: ['export it with one column per input', 'export it with one float32 input'],
    });
  }
  if (preprocessing) {
    throw new DebkdError('preprocessing', {
      subject,
      seen: `its inputs (${shown}) take raw columns by name`,
      expected: 'no preprocessing',
      remedy: { id: 'omit-setting', setting: 'preprocessing' },
    });
  }
  const why =
    inputs.length === 1
      ? 'one text input takes the column of the same name'
      : `${inputs.length} inputs take the columns of the same names`;
  return { takes: 'columns', inputs, batch, idle, why };
}

function widthOf(input: GraphTensor, preprocessing: Preprocessing | undefined, name: string): number | undefined {
  const sizes = input.shape.slice(1);
  const width =
    sizes.length > 0 && sizes.every((size) => typeof size === 'number') ? sizes.reduce((a, b) => a * b, 1) : undefined;
  if (width !== undefined && preprocessing && preprocessing.encodedWidth !== width) {
    throw new DebkdError('preprocessing', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its input has ${width} columns, the preprocessing produces ${preprocessing.encodedWidth}`,
      remedy: { id: 'give-preprocessing' },
    });
  }
  return width ?? preprocessing?.encodedWidth;
}

/**
 * The index of the column that an input takes: the column of the same name, else the only one whose name differs only
 * in case and punctuation, because exporters rename inputs.
 * @param alone whether it is the teacher's only input
 * @throws DebkdError `column`
 */
export function columnOf(
  input: string,
  names: readonly string[],
  { teacher, data, alone = false }: { readonly teacher: string; readonly data: string; readonly alone?: boolean },
): number {
  const exact = names.indexOf(input);
  if (exact >= 0) return exact;
  // exporters give an only input any name
  if (alone && names.length === 1) return 0;
  const alike = names.flatMap((column, j) => (plain(column) === plain(input) ? [j] : []));
  if (alike.length === 1) return alike[0] as number;
  const near = nearest(input, names);
  const subject = `data ${quote(data, 200)}`;
  if (alike.length > 1) {
    throw new DebkdError('column', {
      subject,
      seen: `columns ${alike.map((j) => quote(names[j] as string)).join(' and ')} both match an input of teacher ${quote(teacher, 200)}`,
      remedy: `rename one of them to ${quote(input)}`,
    });
  }
  throw new DebkdError('column', {
    subject,
    seen: `no column ${quote(input)} for an input of teacher ${quote(teacher, 200)}`,
    remedy: near
      ? `rename column ${quote(near)} if it is the one`
      : 'give data with the columns that the teacher was trained on',
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
}

/**
 * The columns of a table that a teacher's inputs take by name; empty where one input takes all.
 * @throws DebkdError `column`
 */
export function teacherColumns(
  { inputs, name }: { readonly inputs: readonly string[]; readonly name: string },
  names: readonly string[],
): string[] {
  return inputs.map(
    (input) => names[columnOf(input, names, { teacher: name, data: 'data', alone: inputs.length === 1 })] as string,
  );
}
