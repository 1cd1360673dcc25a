// Turns rows into the input tensors of a session, batch by batch.
import type { Tensor } from 'onnxruntime-web/wasm';
import { textAt } from '../data/byte-texts.ts';
import { columnNumbers, numberForm } from '../data/column-numbers.ts';
import { denseRows, type Matrix } from '../data/matrix.ts';
import { missingTest } from '../data/missing.ts';
import { numberSpelling } from '../data/number-spelling.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Column } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Binding } from './binding.ts';
import type { TeacherImages } from './image-reading.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import type { Ort } from './runtime.ts';
import { placesIn } from './table-columns.ts';
import { fitsType, inputTensor, isWhole, rangeOf } from './tensors.ts';
import type { TokenRows } from './text-reading.ts';
import { textsBehind } from './texts-behind.ts';

/** Makes the tensor of each input for rows [from, to), padded to `batch` rows; images are read meanwhile. */
export type Feeder = (
  from: number,
  to: number,
  batch: number,
) => Record<string, Tensor> | Promise<Record<string, Tensor>>;

/** Rows as a caller gives them, or as a teacher of text or of images has planned them. */
export type AnyRows = Matrix | RawColumns | TokenRows | TeacherImages;

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
export function openFeeder({ ort, binding, graph, name }: FeedContext, given: AnyRows): Feeder {
  const rows = plannedRows(binding, given, name);
  if ('endOf' in rows) return (from, to, batch) => rows.feed(ort, from, to, batch);
  // images are planned
  if (binding.takes === 'texts' || binding.takes === 'images') throw new TypeError('rows without a plan');
  if (binding.takes === 'matrix') {
    const { input } = binding;
    const given = 'data' in rows ? rows.width : rows.columns.length;
    const width = binding.width ?? given;
    if (given !== width) {
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its input has ${width} columns, the encoded rows have ${given}`,
        remedy:
          given > width
            ? [
                { id: 'give-preprocessing' },
                { id: 'drop-columns' },
                ...('data' in rows ? [] : [{ id: 'assign-columns' as const, input: input.name }]),
              ]
            : { id: 'give-preprocessing' },
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
  if (binding.takes === 'groups') return feedEncoded({ ort, name }, binding, rows);
  if ('data' in rows) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its ${binding.inputs.length} inputs take raw columns by name, but the rows are encoded`,
      remedy: "encode them with teacher: 'raw'",
    });
  }
  const places = placesIn(binding, rows, name);
  const entries = binding.inputs.map(({ tensor: input }, k) => ({
    input,
    columns: (places[k] as readonly number[]).map((place) => {
      const given = rows.columns[place] as Column;
      const column = input.type === 'string' ? given : numberForm(given, rows.missing);
      return { codes: column.codes, values: valuesOf(column, input, rows, graph) };
    }),
  }));
  return (from, to, batch) => {
    const tensors = entries.map(({ input, columns }): [string, Tensor] => [
      input.name,
      columnsTensor(ort, input, columns, { from, to, batch }),
    ]);
    return { ...Object.fromEntries(tensors), ...idleTensors(ort, binding.idle, batch) };
  };
}

/**
 * Rows as tokens for a teacher of text, as a plan of images for one of images, and as they are for others.
 * @throws DebkdError `teacher` if they are encoded; as TextReading.encode and ImageReading.encode
 */
export function plannedRows(binding: Binding, rows: AnyRows, name: string): AnyRows {
  if ('endOf' in rows) return rows;
  if (binding.takes === 'images') return binding.image.encode(rows);
  if (binding.takes !== 'texts') return rows;
  if (!('data' in rows)) return binding.text.encode(rows);
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: 'it takes texts, but the rows are encoded',
    remedy: "encode them with teacher: 'raw'",
  });
}

/** Feeds each input its encoded columns. */
function feedEncoded(
  { ort, name }: Pick<FeedContext, 'ort' | 'name'>,
  { inputs, width, idle }: Extract<Binding, { takes: 'groups' }>,
  rows: Matrix | RawColumns,
): Feeder {
  if (!('data' in rows) || rows.width !== width) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen:
        'data' in rows
          ? `its inputs share ${width} encoded columns, the encoded rows have ${rows.width}`
          : 'its inputs share the columns of a preprocessing, but the rows are raw',
      remedy: { id: 'give-preprocessing' },
    });
  }
  return (from, to, batch) => {
    const dense = denseRows(rows, from, to);
    const tensors = inputs.map(({ tensor, places }): [string, Tensor] => {
      const size = batch * places.length;
      const values = tensor.type === 'float32' ? new Float32Array(size) : new Float64Array(size);
      for (let i = 0; i < to - from; i++)
        places.forEach((place, k) => {
          values[i * places.length + k] = dense[i * width + place] as number;
        });
      return [tensor.name, inputTensor(ort, tensor, values, { rows: batch, width: places.length })];
    });
    return { ...Object.fromEntries(tensors), ...idleTensors(ort, idle, batch) };
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
  const columns = rows.columns.map((given) => {
    const column = numberForm(given, rows.missing);
    return { codes: column.codes, numbers: numbersOf(column, input, rows, graph) };
  });
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
  const numbers = inputNumbers(column, type, missing);
  for (let i = 0; i < rows; i++) {
    const code = column.codes[i] as number;
    const x = numbers[code] as number;
    if (Number.isFinite(x) && fitsType(type, x)) continue;
    const text = textAt(column, code);
    if (knows && isMissing(text)) continue;
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

/** The number of each distinct text, NaN where it is missing or none; for a boolean input true and false are numbers too. */
function inputNumbers(column: Column, type: string, missing: RawColumns['missing']): Float64Array {
  const numbers = columnNumbers(column, missing);
  if (type !== 'bool') return numbers;
  const isMissing = missingTest(missing);
  return numbers.map((x, code) => {
    if (!Number.isNaN(x)) return x;
    const text = textAt(column, code);
    const word = isMissing(text) ? '' : text.trim().toLowerCase();
    return word === 'true' ? 1 : word === 'false' ? 0 : NaN;
  });
}

/** The columns of one input. */
type Entries = readonly { readonly codes: Uint32Array; readonly values: Float64Array | readonly string[] }[];

/** The columns of a batch in the input's shape: [rows], [rows, columns] or [rows, ...] of as many values. */
function columnsTensor(
  ort: Ort,
  input: GraphTensor,
  columns: Entries,
  { from, to, batch }: { readonly from: number; readonly to: number; readonly batch: number },
): Tensor {
  const rest = input.shape.slice(1);
  const isFixed = rest.every((size): size is number => typeof size === 'number');
  const sizes = isFixed ? (rest as number[]) : rest.map((_, axis) => (axis === 0 ? columns.length : 1));
  const dims = [batch, ...sizes];
  const width = columns.length;
  // pad a call of fixed size with its first row
  const row = (i: number): number => (from + i < to ? from + i : from);
  if (input.type === 'string') {
    const texts = Array.from({ length: batch * width }, (_, at) => {
      const { codes, values } = columns[at % width] as Entries[number];
      return values[codes[row(Math.floor(at / width))] as number] as string;
    });
    return new ort.Tensor('string', texts, dims);
  }
  const numbers = new Float64Array(batch * width);
  columns.forEach(({ codes, values }, k) => {
    for (let i = 0; i < batch; i++) numbers[i * width + k] = values[codes[row(i)] as number] as number;
  });
  return inputTensor(ort, { ...input, shape: ['rows', ...sizes] }, numbers, { rows: batch, width });
}
