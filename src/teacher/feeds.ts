// Turns rows into the input tensors of a session, batch by batch.
import type { Tensor } from 'onnxruntime-web/wasm';
import { denseRows, type Matrix } from '../data/matrix.ts';
import { missingTest } from '../data/missing.ts';
import { numberSpelling } from '../data/number-spelling.ts';
import { parseNumber } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Column } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { type Binding, columnOf } from './binding.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import type { Ort } from './runtime.ts';
import { fitsType, inputTensor, isWhole, rangeOf } from './tensors.ts';
import { textsBehind } from './texts-behind.ts';

/** Makes the tensor of each input for rows [from, to), padded to `batch` rows. */
export type Feeder = (from: number, to: number, batch: number) => Record<string, Tensor>;

/** Operators that handle a missing number (NaN). */
const KNOWS_MISSING = /^(ai\.onnx\.ml\.(Imputer|TreeEnsemble\w*)|IsNaN)$/;

/** What turns rows into tensors. */
export interface FeedContext {
  readonly ort: Ort;
  readonly binding: Binding;
  readonly graph: OnnxGraph;
  /** The teacher's name, for messages. */
  readonly name: string;
}

/**
 * Checks rows against a teacher's inputs, once for all batches.
 * @throws DebkdError `teacher`, `preprocessing` or `column` if they do not fit
 */
export function openFeeder({ ort, binding, graph, name }: FeedContext, rows: Matrix | RawColumns): Feeder {
  if (binding.takes === 'matrix') {
    const { input } = binding;
    const given = 'data' in rows ? rows.width : rows.columns.length;
    const width = binding.width ?? given;
    if (given !== width) {
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its input has ${width} columns, the encoded rows have ${given}`,
        remedy: given > width ? [{ id: 'give-preprocessing' }, { id: 'drop-columns' }] : { id: 'give-preprocessing' },
      });
    }
    const fill = 'data' in rows ? denseFill(rows) : rawFill(rows, input, graph);
    return (from, to, batch) => {
      // identifiers and float64 inputs need more than the 24 bits of float32
      const values = input.type === 'float32' ? new Float32Array(batch * width) : new Float64Array(batch * width);
      fill(values, from, to);
      return {
        [input.name]: inputTensor(ort, input, values, { rows: batch, width }),
        ...idleTensors(ort, binding.idle, batch),
      };
    };
  }
  if ('data' in rows) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its ${binding.inputs.length} inputs take raw columns by name, but the rows are encoded`,
      remedy: "encode them with teacher: 'raw'",
    });
  }
  const names = rows.columns.map((column) => column.name);
  const alone = binding.inputs.length === 1;
  const columns = binding.inputs.map((input) => {
    const column = rows.columns[columnOf(input.name, names, { teacher: name, data: rows.name, alone })] as Column;
    return { input, values: valuesOf(column, input, rows, graph), codes: column.codes };
  });
  return (from, to, batch) => {
    const tensors = columns.map(({ input, values, codes }): [string, Tensor] => {
      // pad a call of fixed size with its first row
      const at = Uint32Array.from({ length: batch }, (_, i) => codes[from + i < to ? from + i : from] as number);
      return [input.name, columnTensor(ort, input, values, at)];
    });
    return { ...Object.fromEntries(tensors), ...idleTensors(ort, binding.idle, batch) };
  };
}

/** Zeros or empty texts for inputs that the score does not depend on, in the input's size where it is fixed. */
function idleTensors(ort: Ort, inputs: readonly GraphTensor[], batch: number): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map((input): [string, Tensor] => {
      const free = (axis: number): number => (axis === 0 ? batch : 1);
      const dims = input.shape.map((size, axis) => (typeof size === 'number' && size > 0 ? size : free(axis)));
      const count = dims.reduce((a, b) => a * b, 1);
      if (input.type === 'string') return [input.name, new ort.Tensor('string', Array<string>(count).fill(''), dims)];
      const [rows = 1, ...rest] = dims;
      const tensor = inputTensor(ort, { ...input, shape: ['rows', ...rest] }, new Float64Array(count), {
        rows,
        width: count / rows,
      });
      return [input.name, dims.length === 0 ? tensor.reshape([]) : tensor];
    }),
  );
}

type Numbers = Float32Array | Float64Array;

function denseFill(rows: Matrix): (values: Numbers, from: number, to: number) => void {
  return (values, from, to) => values.set(denseRows(rows, from, to));
}

/** Fills in the raw numbers, in the table's order. */
function rawFill(
  rows: RawColumns,
  input: GraphTensor,
  graph: OnnxGraph,
): (values: Numbers, from: number, to: number) => void {
  const width = rows.columns.length;
  const columns = rows.columns.map((column) => ({
    codes: column.codes,
    numbers: numbersOf(column, input, rows, graph),
  }));
  return (values, from, to) => {
    columns.forEach(({ codes, numbers }, j) => {
      for (let i = from; i < to; i++) values[(i - from) * width + j] = numbers[codes[i] as number] as number;
    });
  };
}

/** The input value for each distinct text of a column. */
function valuesOf(
  column: Column,
  input: GraphTensor,
  rows: RawColumns,
  graph: OnnxGraph,
): Float64Array | readonly string[] {
  if (input.type !== 'string') return numbersOf(column, input, rows, graph);
  const missing = missingTest(rows.missing);
  // a category of the model stays a category even if it is spelled like a missing value: NA may be Namibia
  const known = new Set(textsBehind(graph, input.name));
  return column.texts.map((text) => (missing(text) && !known.has(text) ? '' : text));
}

/** The number for each distinct text; NaN where it is missing and the model handles missing numbers. */
function numbersOf(
  column: Column,
  { type }: GraphTensor,
  { name, rows, rowNumbers: places, missing }: RawColumns,
  graph: OnnxGraph,
): Float64Array {
  const isMissing = missingTest(missing);
  const whole = isWhole(type);
  const knows = !whole && graph.operators.some((operator) => KNOWS_MISSING.test(operator));
  const numbers = Float64Array.from(column.texts, (text) => (isMissing(text) ? NaN : numberOf(text, type)));
  const bad = Uint8Array.from(column.texts, (text, code) => {
    const x = numbers[code] as number;
    return (Number.isFinite(x) && fitsType(type, x)) || (knows && isMissing(text)) ? 0 : 1;
  });
  for (let i = 0; i < rows; i++) {
    const code = column.codes[i] as number;
    if (!bad[code]) continue;
    const text = column.texts[code] as string;
    const subject = `data ${quote(name, 200)}, column ${quote(column.name)}, row ${(places[i] as number) + 1}`;
    if (/^\s*(true|false)\s*$/i.test(text)) {
      throw new DebkdError('preprocessing', {
        subject,
        seen: `${quote(text)} is a boolean`,
        expected: 'a number',
        remedy: 'write 1 for true and 0 for false',
      });
    }
    const spelling = isMissing(text) ? undefined : numberSpelling([text]);
    if (spelling !== undefined)
      throw new DebkdError('preprocessing', {
        subject,
        seen: spelling.seen,
        expected: 'plain numbers',
        remedy: spelling.remedy,
      });
    const noImputer = isMissing(text) && !whole;
    throw new DebkdError('preprocessing', {
      subject,
      seen: `${quote(text)} cannot go into the teacher as it is${noImputer ? ', because the model has no imputer' : ''}`,
      expected: noImputer ? undefined : whole ? rangeOf(type) : 'a number',
      remedy: noImputer ? ['fill it in', { id: 'give-preprocessing' }] : { id: 'give-preprocessing' },
    });
  }
  return numbers;
}

/** Parses a number; for a boolean input also true and false. */
function numberOf(text: string, type: string): number {
  if (type !== 'bool') return parseNumber(text);
  const word = text.trim().toLowerCase();
  return word === 'true' ? 1 : word === 'false' ? 0 : parseNumber(text);
}

/** One column of a batch in the input's shape: [rows], [rows, 1] or [rows, 1, ...]. */
function columnTensor(
  ort: Ort,
  input: GraphTensor,
  values: Float64Array | readonly string[],
  codes: Uint32Array,
): Tensor {
  const dims = [codes.length, ...input.shape.slice(1).map(() => 1)];
  if (input.type === 'string') {
    return new ort.Tensor(
      'string',
      Array.from(codes, (code) => values[code] as string),
      dims,
    );
  }
  const numbers = Float64Array.from(codes, (code) => values[code] as number);
  return inputTensor(ort, { ...input, shape: ['rows', ...dims.slice(1)] }, numbers, { rows: codes.length, width: 1 });
}
