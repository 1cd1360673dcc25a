// Which columns of a table enter which input: as stated, by the input's name, or the only assignment that is possible.
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import type { GraphTensor } from './onnx-graph.ts';

/** Columns by input, in the order in which they enter it. */
export type InputColumns =
  | ReadonlyMap<string, readonly string[]>
  | Readonly<{ readonly [input: string]: readonly string[] }>;

/** An input that takes raw columns. */
export interface ColumnInput {
  readonly tensor: GraphTensor;
  /** Values per row; undefined where the model takes any number. */
  readonly width: number | undefined;
  /** Its columns in order, if they are stated or assigned. */
  readonly columns: readonly string[] | undefined;
}

/** A column that may enter an input. */
export interface KnownColumn {
  readonly name: string;
  /** Whether every value is a number or missing. */
  isNumeric(): boolean;
}

/** Names in messages. */
interface Names {
  /** The teacher's name. */
  readonly teacher: string;
  /** The name of the data. */
  readonly data: string;
}

/** Values per row of an input; undefined where a size is free. */
export function valuesPerRow({ shape }: GraphTensor): number | undefined {
  const sizes = shape.slice(1);
  return sizes.every((size) => typeof size === 'number') ? sizes.reduce<number>((a, b) => a * Number(b), 1) : undefined;
}

/** Whether an input takes several columns. */
export const isWide = ({ width }: Pick<ColumnInput, 'width'>): boolean => width !== undefined && width > 1;

/** Whether the values of a table may decide which columns enter the inputs. */
export function isUnassigned(inputs: readonly ColumnInput[]): boolean {
  return isOnlyText(inputs) || inputs.some((input) => isWide(input) && input.columns === undefined);
}

/** Whether the only input is one text, to which exporters give any name. */
export function isOnlyText(inputs: readonly ColumnInput[]): boolean {
  const [first] = inputs;
  return inputs.length === 1 && first?.columns === undefined && first?.tensor.type === 'string' && !isWide(first);
}

/**
 * The indices of the columns of each input.
 * @throws DebkdError `column` where a column is missing or several assignments are possible
 */
export function assignColumns(
  inputs: readonly ColumnInput[],
  columns: readonly KnownColumn[],
  names: Names,
): readonly (readonly number[])[] {
  const all = columns.map(({ name }) => name);
  const taken = new Set<number>();
  const assigned = inputs.map(({ tensor, width, columns: stated }): number[] | undefined => {
    if (stated === undefined && isWide({ width })) return undefined;
    const places = stated
      ? stated.map((name) => statedColumn(tensor.name, name, all, names))
      : [onlyText(inputs, columns) ?? columnOf(tensor.name, all, { ...names, alone: inputs.length === 1 })];
    for (const place of places) taken.add(place);
    return places;
  });
  const left = columns.flatMap((column, place) =>
    taken.has(place) ? [] : [{ ...column, place, isNumeric: column.isNumeric }],
  );
  const open = inputs.filter((_, i) => assigned[i] === undefined);
  return assigned.map((places, i) => places ?? columnsLeft(inputs[i] as ColumnInput, open, left, names));
}

/** The only column of text, for a lone text input without a column of its name. */
function onlyText(inputs: readonly ColumnInput[], columns: readonly KnownColumn[]): number | undefined {
  const [first] = inputs;
  if (!first || !isOnlyText(inputs) || columns.some(({ name }) => isAlike(name, first.tensor.name))) return undefined;
  const texts = columns.flatMap((column, place) => (column.isNumeric() ? [] : [place]));
  return texts.length === 1 ? texts[0] : undefined;
}

type Left = readonly (KnownColumn & { readonly place: number })[];

/** The columns for a wide input among those that no other input takes. @throws DebkdError `column` */
function columnsLeft(input: ColumnInput, open: readonly ColumnInput[], left: Left, names: Names): number[] {
  const { tensor, width = 1 } = input;
  const isText = tensor.type === 'string';
  const alone = open.length === 1;
  const alike = left.filter((column) => column.isNumeric() !== isText);
  const chosen = alone && left.length === width ? left : alike;
  const rival = open.find((other) => other !== input && (other.tensor.type === 'string') === isText);
  const kind = isText ? 'texts' : 'numbers';
  if (rival) {
    const shown = [input, rival].map((one) => `${quote(one.tensor.name)} (${one.width} per row)`).join(' and ');
    throw new DebkdError('column', {
      subject: `teacher ${quote(names.teacher, 200)}`,
      seen: `inputs ${shown} take ${kind}, and the columns could enter them in several ways`,
      expected: 'the columns that enter each of them, in order',
      remedy: { id: 'assign-columns', input: tensor.name },
    });
  }
  if (chosen.length === width) return chosen.map(({ place }) => place);
  const shown = listed(
    alike.map(({ name }) => quote(name)),
    12,
  );
  throw new DebkdError('column', {
    subject: `data ${quote(names.data, 200)}`,
    seen: `input ${quote(tensor.name)} of teacher ${quote(names.teacher, 200)} takes ${width} ${kind} per row, and ${alike.length === 0 ? `no column of ${kind} is` : `${alike.length} columns of ${kind} are`} left for it${alike.length === 0 ? '' : ` (${shown})`}`,
    expected: `the ${width} columns that enter it, in order`,
    remedy: [{ id: 'assign-columns', input: tensor.name }, { id: 'drop-columns' }],
  });
}

/** The index of a column that the caller stated for an input. @throws DebkdError `column` */
function statedColumn(input: string, name: string, all: readonly string[], { data }: Names): number {
  const place = all.indexOf(name);
  if (place >= 0) return place;
  const near = nearest(name, all);
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}`,
    seen: `no column ${quote(name)}, which should enter input ${quote(input)} of the teacher${near ? ` (did you mean ${quote(near)}?)` : ''}`,
    expected: near
      ? undefined
      : `one of ${listed(
          all.map((one) => quote(one)),
          12,
        )}`,
    remedy: { id: 'assign-columns', input },
  });
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
  { teacher, data, alone = false }: Names & { readonly alone?: boolean },
): number {
  const exact = names.indexOf(input);
  if (exact >= 0) return exact;
  // exporters give an only input any name
  if (alone && names.length === 1) return 0;
  const alike = names.flatMap((column, j) => (isAlike(column, input) ? [j] : []));
  if (alike.length === 1) return alike[0] as number;
  const near = nearest(input, names);
  const subject = `data ${quote(data, 200)}`;
  if (alike.length > 1) {
    throw new DebkdError('column', {
      subject,
      seen: `columns ${alike.map((j) => quote(names[j] as string)).join(' and ')} both match an input of teacher ${quote(teacher, 200)}`,
      remedy: [`rename one of them to ${quote(input)}`, { id: 'assign-columns', input }],
    });
  }
  throw new DebkdError('column', {
    subject,
    seen: `no column ${quote(input)} for an input of teacher ${quote(teacher, 200)}`,
    remedy: [
      near
        ? `rename column ${quote(near)} if it is the one`
        : 'give data with the columns that the teacher was trained on',
      { id: 'assign-columns', input },
    ],
  });
}

/** Whether names differ only in case and punctuation. */
export function isAlike(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
}

/**
 * The stated columns by the names of a model's inputs.
 * @throws DebkdError `teacher` for an unknown input, or columns that do not fit it
 */
export function statedColumns(
  given: InputColumns | undefined,
  inputs: readonly GraphTensor[],
  teacher: string,
): ReadonlyMap<string, readonly string[]> {
  const stated = new Map<string, readonly string[]>();
  if (given === undefined) return stated;
  const subject = `teacher ${quote(teacher, 200)}`;
  const names = inputs.map(({ name }) => name);
  for (const [key, value] of given instanceof Map ? given : Object.entries(given)) {
    const alike = names.filter((name) => isAlike(name, key));
    const name = names.includes(key) ? key : alike.length === 1 ? alike[0] : undefined;
    if (name === undefined) {
      const near = nearest(key, names);
      throw new DebkdError('teacher', {
        subject,
        seen: `no input ${quote(key)}${near ? ` (did you mean ${quote(near)}?)` : ''}`,
        expected: `one of ${listed(names.map((one) => quote(one)))}`,
        remedy: { id: 'assign-columns' },
      });
    }
    const fail = (seen: string, expected: string): never => {
      throw new DebkdError('teacher', {
        subject: `${subject}, input ${quote(name)}`,
        seen,
        expected,
        remedy: { id: 'assign-columns', input: name },
      });
    };
    if (!Array.isArray(value) || !value.every((column) => typeof column === 'string'))
      fail('its columns have the wrong type', 'a list of column names');
    const columns = value as readonly string[];
    if (stated.has(name)) fail('its columns are stated twice', 'one list of columns');
    if (columns.length === 0) fail('no columns are stated for it', 'at least one column');
    const twice = columns.find((column, i) => columns.indexOf(column) !== i);
    if (twice !== undefined) fail(`column ${quote(twice)} enters it twice`, 'each column once');
    stated.set(name, columns);
  }
  return stated;
}
