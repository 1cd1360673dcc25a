// The inputs of student-raw.onnx: one for each raw column.
import { textColumnsOf } from '../data/encode-texts.ts';
import { type Preprocessing, type PreprocessingColumn, parseNumber } from '../data/preprocessing.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { listedValues } from '../data/steps/step.ts';
import { quote } from '../io/errors.ts';
import { TYPE, tensorInfo } from './onnx-model.ts';

/** Prefix of all names inside the graph: it keeps them distinct from the columns' names. */
export const PREFIX = 'debkd/';

/** An input of the model. */
export interface ModelInput {
  /** The raw column. */
  readonly column: string;
  /** The input's name. */
  readonly name: string;
  /** `hashed`: a text as the buckets of its n-grams, because ONNX cannot read texts. */
  readonly type: 'number' | 'text' | 'hashed';
  /** Columns of the input: the buckets of a hashed text, otherwise 1. */
  readonly width: number;
  /** Whether numbers are float64: steps compare them with edges and lists, which rounding would miss. */
  readonly double: boolean;
}

/** The model's inputs, in the order of the raw columns. */
export function modelInputs({ columns }: Preprocessing): ModelInput[] {
  const types = inputTypes(columns);
  const single = new Set(columns.flatMap((column) => (column.kind === 'numeric' ? [column.name] : [])));
  const taken = ['', '__proto__', 'probability', 'label', 'defer'];
  return rawNames(columns).map((column, i): ModelInput => {
    // Not allowed: empty names, names of outputs, unpaired surrogates (no UTF-8) and NUL (ends a C string). A runtime
    // may set the prototype of its feeds with `__proto__`.
    const free = !taken.includes(column) && !column.startsWith(PREFIX) && !/\p{Cs}|\0/u.test(column);
    let name = free ? column : `column_${i}`;
    while (!free && columns.some((other) => other.name === name)) name = `_${name}`;
    const isNumber = types.get(column)?.has('number') === true;
    const hashed = textColumnsOf({ columns }).find((spec) => spec.name === column);
    if (hashed) return { column, name, type: 'hashed', width: hashed.buckets, double: false };
    return { column, name, type: isNumber ? 'number' : 'text', width: 1, double: isNumber && !single.has(column) };
  });
}

/**
 * The model's inputs: [batch, 1] for numbers, float32 or float64, NaN if missing, and for categories, strings; [batch, buckets] for
 * texts, float32.
 */
export function columnInputs(preprocessing: Preprocessing): Uint8Array[] {
  return modelInputs(preprocessing).map(({ name, type, width, double }) => {
    if (type === 'hashed')
      return tensorInfo(name, TYPE.float32, width, 'for each bucket, 1 if an n-gram of the text is in it, otherwise 0');
    return type === 'number'
      ? tensorInfo(name, double ? TYPE.float64 : TYPE.float32, 1, 'a number; NaN where it is missing')
      : tensorInfo(name, TYPE.string, 1, 'a category as text; empty where it is missing');
  });
}

/** Why ONNX cannot take the raw columns, in words; undefined if it can. */
export function obstacleOf({ columns, missing = [] }: Preprocessing): string | undefined {
  const number = missing.find((text) => Number.isFinite(parseNumber(text)));
  for (const { name } of textColumnsOf({ columns }))
    if (columns.filter((column) => column.name === name).length > 1)
      return `column ${quote(name)} is used as a text and by steps, and an input of ONNX has one type`;
  for (const [name, types] of inputTypes(columns)) {
    const [one, other] = types;
    if (one !== undefined && other !== undefined)
      return `column ${quote(name)} is used as a ${one} and as a ${other}, and an input of ONNX has one type`;
    if (one === 'date' && number !== undefined)
      return `column ${quote(name)} is a date, and the number ${number}, which means missing, may be a part of it`;
  }
  return undefined;
}

type InputType = ModelInput['type'] | 'date';

/** What each raw column must be, by its name. A flag of missing values takes numbers and texts. */
function inputTypes(columns: readonly PreprocessingColumn[]): Map<string, Set<InputType>> {
  const found = new Map(rawNames(columns).map((name) => [name, new Set<InputType>()]));
  for (const column of columns) {
    const type = typeOf(column);
    if (type) found.get(column.name)?.add(type);
  }
  return found;
}

function typeOf(column: PreprocessingColumn): InputType | undefined {
  if (column.kind === 'text') return 'hashed';
  if (column.kind !== 'steps') return column.kind === 'numeric' ? 'number' : 'text';
  const first = column.steps.find((step) => !('impute' in step));
  if (first && 'missing' in first && !('ordinal' in first)) return undefined;
  if (first && 'date' in first) return 'date';
  return listedValues(column.steps).some((value) => typeof value === 'string') ? 'text' : 'number';
}
