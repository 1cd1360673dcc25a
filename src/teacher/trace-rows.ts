// Shows rows as they enter a teacher and the values that come out, to see a wrong preprocessing.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing, PreprocessingColumn } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { categoriesOf } from '../data/raw-inputs.ts';
import { type Asked, eachBatch } from './each-batch.ts';
import { openFeeder } from './feeds.ts';
import type { TeacherImages } from './image-reading.ts';
import type { Call } from './session.ts';
import { placesIn } from './table-columns.ts';
import { floatsOf } from './tensors.ts';
import type { TokenRows } from './text-reading.ts';
import type { Trace } from './trace.ts';

/** Feeds a few rows and returns what enters and what comes out. @throws DebkdError as Teacher.margins */
export async function traceRows(asked: Asked, preprocessing: Preprocessing | undefined): Promise<Trace> {
  const { rows, tensor, call } = asked;
  if ('order' in rows) return traceTokens({ ...asked, rows });
  const count = rows.rows;
  const output: number[][] = [];
  await eachBatch(asked, { stage: 'soft labels' }, (values, { from, to, called }) => {
    const width = values.length / called;
    for (let i = 0; i < to - from; i++)
      output[from + i] = Array.from({ length: width }, (_, k) => values[i * width + k] as number);
  });
  if ('feed' in rows) return { inputs: await imageInputs(rows, call, count), tensor, output };
  const feed = await openFeeder(call, rows)(0, count, count);
  const used =
    call.binding.takes === 'texts' || call.binding.takes === 'images'
      ? []
      : call.binding.takes === 'matrix'
        ? [call.binding.input]
        : call.binding.inputs.map((input) => input.tensor);
  const inputs = used.map(({ name, type }, k) => {
    const all = valuesOf(feed[name] as Tensor);
    const width = all.length / Math.max(1, count);
    const values = Array.from({ length: count }, (_, i) => all.slice(i * width, (i + 1) * width));
    return { name, type, columns: columnNames(call, rows, preprocessing, k), values };
  });
  return { inputs, tensor, output };
}

/** The numbers of each image, one image at a time: a few rows may differ in size. */
async function imageInputs(rows: TeacherImages, call: Call, count: number): Promise<Trace['inputs']> {
  if (call.binding.takes !== 'images') return [];
  const { name, type } = call.binding.image.input.tensor;
  const values: (number | string)[][] = [];
  for (let row = 0; row < count; row++) {
    const fed = await rows.feed(call.ort, row, row + 1, 1);
    values.push(valuesOf(fed[name] as Tensor));
  }
  return [{ name, type, columns: undefined, values }];
}

/** The ids and other numbers of each row without padding, and what comes out. */
async function traceTokens({ rows, ...asked }: Asked & { readonly rows: TokenRows }): Promise<Trace> {
  const { tensor, call } = asked;
  const output: number[][] = Array.from({ length: rows.rows }, () => []);
  await eachBatch({ ...asked, rows }, { stage: 'soft labels' }, (values, { from, to, called }) => {
    const width = values.length / called;
    for (let i = 0; i < to - from; i++)
      output[rows.order[from + i] as number] = Array.from({ length: width }, (_, k) => values[i * width + k] as number);
  });
  const text = call.binding.takes === 'texts' ? call.binding.text : undefined;
  const inputs = (text?.inputs ?? []).map(({ tensor: { name, type }, role }) => {
    const values: number[][] = [];
    rows.order.forEach((place, at) => {
      values[place] = rows.valuesOf(role, at);
    });
    return { name, type, columns: undefined, values };
  });
  return { inputs, tensor, output };
}

function valuesOf(tensor: Tensor): (number | string)[] {
  if (tensor.type === 'string') return [...(tensor.data as unknown as string[])];
  if (tensor.type.startsWith('float')) return Array.from(floatsOf(tensor).values);
  return Array.from(tensor.data as unknown as ArrayLike<number | bigint>, Number);
}

/** The names of the columns that enter input k. */
function columnNames(
  { binding, name }: Call,
  rows: Matrix | RawColumns,
  preprocessing: Preprocessing | undefined,
  k: number,
): string[] | undefined {
  if (!('data' in rows)) {
    const names = rows.columns.map((column) => column.name);
    if (binding.takes !== 'columns') return names;
    return placesIn(binding, rows, name)[k]?.map((place) => names[place] as string);
  }
  const encoded = preprocessing?.columns.flatMap(encodedNames);
  if (!encoded || encoded.length !== rows.width) return undefined;
  return binding.takes === 'groups'
    ? Array.from(binding.inputs[k]?.places ?? [], (place) => encoded[place] as string)
    : encoded;
}

/** The names of a column's encoded columns; by place where they are not one for each category. */
function encodedNames(column: PreprocessingColumn): string[] {
  const { name, width } = column;
  if (width === 1 && column.kind !== 'categorical') return [name];
  const categories = categoriesOf(column);
  return Array.from({ length: width }, (_, k) =>
    categories.length === width ? `${name}=${categories[k]}` : `${name}[${k}]`,
  );
}
