// Binds columns to a teacher's inputs. A single numeric input takes all encoded columns as a matrix. Several inputs, or
// one of text, take raw columns: as stated, or the one of the input's name, as exporters write scikit-learn pipelines.
// With a preprocessing, several inputs share its encoded columns.
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { type EncodedInput, encodedInputs } from './encoded-inputs.ts';
import type { ImageReading } from './image-reading.ts';
import {
  assignColumns,
  type ColumnInput,
  type InputColumns,
  isAlike,
  isOnlyText,
  isUnassigned,
  isWide,
  statedColumns,
  valuesPerRow,
} from './input-columns.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import { inputsOf } from './score-output.ts';
import { NUMBERS } from './tensors.ts';
import type { TextReading } from './text-reading.ts';

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
      readonly inputs: readonly ColumnInput[];
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
  | {
      /** Several inputs, or one with stated columns, share encoded columns. */
      readonly takes: 'groups';
      readonly inputs: readonly EncodedInput[];
      /** Number of encoded columns. */
      readonly width: number;
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
  | {
      /** Its inputs take the tokens of texts. */
      readonly takes: 'texts';
      readonly text: TextReading;
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
  | {
      /** Its input takes images. */
      readonly takes: 'images';
      readonly image: ImageReading;
      /** How rows of numbers enter, where nothing was stated about images. */
      readonly numbers: Extract<Binding, { takes: 'matrix' }> | undefined;
      readonly batch: number | undefined;
      readonly idle: readonly GraphTensor[];
    }
);

/** Values per row of all inputs; undefined where the model takes any number. */
export function widthOfBinding(binding: Binding): number | undefined {
  if (binding.takes === 'texts' || binding.takes === 'images') return undefined;
  if (binding.takes !== 'columns') return binding.width;
  return binding.inputs.reduce((sum, { width, columns }) => sum + (columns?.length ?? width ?? 1), 0);
}

/** What the caller states about the inputs. */
export interface InputOptions {
  /** An input that the model must have. */
  readonly input?: string | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** Columns by input. */
  readonly inputs?: InputColumns | undefined;
  /** How a teacher of text takes rows; undefined for other teachers. */
  readonly text?: TextReading | undefined;
  /** How a teacher of images takes rows; undefined for other teachers. */
  readonly image?: ImageReading | undefined;
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
  { input: wanted, preprocessing, inputs: given, text, image, name }: InputOptions,
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
  const batch = fixedRows(inputs, subject, shown);
  if (text) {
    if (preprocessing || given)
      throw new DebkdError(preprocessing ? 'preprocessing' : 'teacher', {
        subject,
        seen: 'it reads text as tokens',
        expected: `no ${preprocessing ? 'preprocessing' : 'columns by input'}`,
        remedy: [{ id: 'omit-setting', setting: preprocessing ? 'preprocessing' : 'inputs' }, { id: 'name-text' }],
      });
    return { takes: 'texts', text, batch, idle: [], why: text.why };
  }
  if (image) {
    const width = valuesPerRow(first) ?? Infinity;
    const mayBeNumbers = image.takesNumbers && width <= MAX_WIDTH && (batch ?? 1) * width <= MAX_NUMBERS;
    const numbers = mayBeNumbers ? matrixOf(first, undefined, { batch, idle, subject, name }) : undefined;
    return { takes: 'images', image, numbers, batch, idle, why: image.why };
  }
  const stated = statedColumns(given, graph.inputs, name);
  if (preprocessing && (inputs.length > 1 || stated.size > 0) && inputs.every(({ type }) => type !== 'string')) {
    const bound = encodedInputs(inputs, stated, preprocessing, name);
    const why = bound.map(({ tensor, columns }) => entry(tensor.name, columns)).join('; ');
    return { takes: 'groups', inputs: bound, width: preprocessing.encodedWidth, batch, idle, why };
  }
  if (inputs.length === 1 && first.type !== 'string' && stated.size === 0) {
    return matrixOf(first, preprocessing, { batch, idle, subject, name });
  }
  if (preprocessing) {
    throw new DebkdError('preprocessing', {
      subject,
      seen: `its inputs (${shown}) take raw columns by name`,
      expected: 'no preprocessing',
      remedy: { id: 'omit-setting', setting: 'preprocessing' },
    });
  }
  const bound = inputs.map((tensor): ColumnInput => {
    const columns = stated.get(tensor.name);
    const width = valuesPerRow(tensor);
    checkWidth(tensor, width, columns, subject);
    return { tensor, width, columns };
  });
  return { takes: 'columns', inputs: bound, batch, idle, why: whyColumns(bound) };
}

/** One numeric input takes all encoded columns. @throws DebkdError `teacher` or `preprocessing` */
function matrixOf(
  first: GraphTensor,
  preprocessing: Preprocessing | undefined,
  {
    batch,
    idle,
    subject,
    name,
  }: {
    readonly batch: number | undefined;
    readonly idle: readonly GraphTensor[];
    readonly subject: string;
    readonly name: string;
  },
): Extract<Binding, { takes: 'matrix' }> {
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

/** Describes the columns of an input. */
function entry(input: string, columns: readonly string[]): string {
  return `input ${quote(input)} takes ${listed(
    columns.map((column) => quote(column)),
    12,
  )}`;
}

/** Describes how columns enter the inputs. */
export function whyColumns(inputs: readonly ColumnInput[]): string {
  const byName = inputs.filter((input) => input.columns === undefined && !isWide(input));
  if (byName.length === inputs.length)
    return inputs.length === 1
      ? 'one text input takes the column of the same name'
      : `${inputs.length} inputs take the columns of the same names`;
  const others = inputs.flatMap((input) => {
    const { tensor, width, columns } = input;
    if (columns) return [entry(tensor.name, columns)];
    if (!isWide(input)) return [];
    return [`input ${quote(tensor.name)} takes ${width} columns of ${tensor.type === 'string' ? 'text' : 'numbers'}`];
  });
  if (byName.length === 0) return others.join('; ');
  return [...others, `${byName.length} more take the columns of the same names`].join('; ');
}

/** Rows per call that the inputs fix; undefined if free. @throws DebkdError `teacher` where inputs differ */
function fixedRows(inputs: readonly GraphTensor[], subject: string, shown: string): number | undefined {
  const sizes = new Set(
    inputs.map(({ shape }) => (typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : undefined)),
  );
  if (sizes.size > 1)
    throw new DebkdError('teacher', {
      subject,
      seen: `its inputs differ in their number of rows: ${shown}`,
      remedy: 'export every input with a free number of rows',
    });
  return [...sizes][0];
}

/** Checks the number of columns of an input. @throws DebkdError `teacher` */
function checkWidth(
  tensor: GraphTensor,
  width: number | undefined,
  columns: readonly string[] | undefined,
  subject: string,
): void {
  const place = { subject: `${subject}, input ${quote(tensor.name)}` };
  const mixed = width === undefined && tensor.shape.slice(1).some((size) => typeof size === 'number' && size !== 1);
  if (mixed || (width === undefined && tensor.shape.length > 2 && (columns?.length ?? 1) > 1)) {
    throw new DebkdError('teacher', {
      ...place,
      seen: `it has shape [${tensor.shape.join(', ')}]`,
      expected: 'fixed sizes after the first',
      remedy: 'export it with one column per input',
    });
  }
  if ((width ?? 1) > MAX_WIDTH || width === 0) {
    throw new DebkdError('teacher', {
      ...place,
      seen: `it takes ${width} values per row`,
      expected: `from 1 to ${MAX_WIDTH}`,
      remedy: 'check the export',
    });
  }
  if (!columns || width === undefined || columns.length === width) return;
  throw new DebkdError('teacher', {
    ...place,
    seen: `it takes ${width} value${width > 1 ? 's' : ''} per row, and ${columns.length} column${columns.length > 1 ? 's are' : ' is'} stated`,
    expected: `${width}`,
    remedy: { id: 'assign-columns', input: tensor.name },
  });
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

/** The members of Teacher that say which columns it takes. */
export interface TeacherColumns {
  /** The teacher's name. */
  readonly name: string;
  readonly columnInputs: readonly ColumnInput[];
}

/**
 * The columns of a table that a teacher's inputs take; empty where one input takes all. All columns where the choice
 * depends on their values (see Teacher.forTable).
 * @throws DebkdError `column`
 */
export function teacherColumns({ columnInputs: inputs, name }: TeacherColumns, names: readonly string[]): string[] {
  const isNamed =
    isOnlyText(inputs) && (names.length === 1 || names.some((column) => isAlike(column, inputs[0]?.tensor.name ?? '')));
  if (isUnassigned(inputs) && !isNamed) return [...names];
  const columns = names.map((column) => ({ name: column, isNumeric: () => true }));
  const places = assignColumns(inputs, columns, { teacher: name, data: 'data' });
  return [...new Set(places.flat())].map((place) => names[place] as string);
}
