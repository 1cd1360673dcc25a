// Exports a student as two ONNX models: one for encoded rows, one for raw columns with the preprocessing in its graph.
import { textColumnsOf } from '../data/encode-texts.ts';
import { hasherOf } from '../data/hash-texts.ts';
import { missingTest } from '../data/missing.ts';
import { type Preprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import { categoriesOf } from '../data/raw-inputs.ts';
import type { TextColumn } from '../data/text-column.ts';
import type { RawRecord } from '../student/record.ts';
import { Student } from '../student/student.ts';
import { loadRuntime } from '../teacher/runtime.ts';
import type { Exported } from './exported.ts';
import { addColumns } from './onnx-columns.ts';
import { withDateParts } from './onnx-dates.ts';
import { columnInputs, modelInputs, obstacleOf, PREFIX } from './onnx-inputs.ts';
import { addNode, addTensor, encodeModel, type Graph, intAttribute, TYPE, tensorInfo } from './onnx-model.ts';
import { addNetwork } from './onnx-network.ts';
import { textNote } from './onnx-text.ts';
import {
  checkParity,
  encodedRecords,
  type ParityOptions,
  parityRecords,
  recordProbabilities,
  roundingBounds,
} from './parity.ts';

/**
 * Exports the student as two ONNX models, opset 17, with any batch size:
 * - `student.onnx`: input `input` (encoded rows), float32 [batch, encodedWidth]; output `probability`, float32
 *   [batch, 1].
 * - `student-raw.onnx`: one input for each column, or for each part of a date, named after it, [batch, 1]: float32 for
 *   numbers, float64 for those with steps (NaN is missing), string for categories; a text is float32 [batch, buckets], 1 for each bucket
 *   with an n-gram of it (`notes` say how to hash); outputs `probability`, float32 [batch, 1], and `label`, int64 [batch, 1].
 *
 * The metadata contains preprocessing, threshold and the names of the inputs, as JSON under `debkd`. Both models run in
 * onnxruntime-web on synthetic records first.
 * @param options.records raw records to run as well, such as rows of the training data; none is stored
 * @throws DebkdError `export` if a probability differs from the student's by more than 1e-6 and by more than rounding
 *   errors explain
 */
export async function toOnnx(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const encoded = encodedModel(student);
  const obstacle = obstacleOf(student.preprocessing);
  const { preprocessing, toParts } = withDateParts(student.preprocessing);
  // the student that reads what the raw model does: parts of dates instead of dates
  const reader = obstacle === undefined ? new Student({ ...student, preprocessing }) : student;
  const given = parityRecords(student, options);
  const records = obstacle === undefined ? given.map(toParts).map(toModelInputs(preprocessing)) : given;
  const expected = recordProbabilities(reader, records);
  const width = student.preprocessing.encodedWidth;
  const inputs = modelInputs(preprocessing);
  const widest = Math.max(width, ...inputs.map((input) => input.width));
  const batches = batchesOf(records, Math.max(1, Math.floor(MAX_VALUES / widest)));
  const limits = Float64Array.from(
    batches.flatMap((batch) => [...roundingBounds(student, encodedRecords(reader, batch))]),
  );
  const actual = await probabilitiesOf(encoded, batches, (Tensor, batch) => ({
    input: new Tensor('float32', encodedRecords(reader, batch), [batch.length, width]),
  }));
  const difference = checkParity('onnx', expected, actual, limits);
  const files = [{ path: 'student.onnx', bytes: encoded }];
  if (obstacle !== undefined) {
    const notes = [`student-raw.onnx is left out: ${obstacle}; student.onnx takes encoded rows`];
    return { target: 'onnx', files, largestDifference: difference, notes };
  }
  const raw = rawModel(student, preprocessing);
  const texts = textColumnsOf(preprocessing);
  const actualRaw = await probabilitiesOf(raw, batches, (Tensor, batch) =>
    Object.fromEntries(
      inputs.map((input) => {
        const { column, name, type, double } = input;
        const values = batch.map((record) => record[column]);
        const dims = [batch.length, input.width];
        if (type === 'hashed') {
          const spec = texts.find((one) => one.name === column) as TextColumn;
          return [name, new Tensor('float32', hashedRows(spec, values.map(String)), dims)];
        }
        if (type !== 'number') return [name, new Tensor('string', values.map(String), dims)];
        return double
          ? [name, new Tensor('float64', Float64Array.from(values, numberOf), dims)]
          : [name, new Tensor('float32', Float32Array.from(values, numberOf), dims)];
      }),
    ),
  );
  const largestDifference = Math.max(difference, checkParity('onnx (raw columns)', expected, actualRaw, limits));
  const notes = texts.map(textNote);
  return {
    target: 'onnx',
    files: [...files, { path: 'student-raw.onnx', bytes: raw }],
    largestDifference,
    ...(notes.length > 0 && { notes }),
  };
}

/** Values of a batch's widest tensor: rows of texts are wide. */
const MAX_VALUES = 2 ** 22;

function batchesOf(records: readonly RawRecord[], rows: number): RawRecord[][] {
  return Array.from({ length: Math.ceil(records.length / rows) }, (_, k) => records.slice(k * rows, (k + 1) * rows));
}

/** The buckets of texts as rows, float32 [texts x buckets], 0 or 1. */
function hashedRows(column: TextColumn, texts: readonly string[]): Float32Array {
  const rows = new Float32Array(texts.length * column.buckets);
  const hasher = hasherOf(column);
  texts.forEach((text, i) => {
    for (const bucket of hasher.buckets(text)) rows[i * column.buckets + bucket] = 1;
  });
  return rows;
}

function encodedModel(student: Student): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  addNetwork(graph, student, { name: 'input' });
  const { preprocessing, threshold } = student;
  return encodeModel(
    graph,
    [tensorInfo('input', TYPE.float32, preprocessing.encodedWidth)],
    [tensorInfo('probability', TYPE.float32, 1)],
    { threshold, preprocessing: storedPreprocessing(preprocessing), ...quantizationOf(student) },
  );
}

/** @param preprocessing of the student, with parts of dates in the place of dates */
function rawModel(student: Student, preprocessing: Preprocessing): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  const { threshold } = student;
  addNetwork(graph, student, addColumns(graph, preprocessing), PREFIX);
  const double = addNode(graph, 'Cast', {
    inputs: ['probability'],
    output: `${PREFIX}probability`,
    attributes: [intAttribute('to', TYPE.float64)],
  });
  const limit = addTensor(graph, `${PREFIX}threshold`, [], Float64Array.of(threshold));
  const above = addNode(graph, 'GreaterOrEqual', { inputs: [double, limit], output: `${PREFIX}above` });
  addNode(graph, 'Cast', { inputs: [above], output: 'label', attributes: [intAttribute('to', TYPE.int64)] });
  return encodeModel(
    graph,
    columnInputs(preprocessing),
    [tensorInfo('probability', TYPE.float32, 1), tensorInfo('label', TYPE.int64, 1)],
    {
      threshold,
      inputs: modelInputs(preprocessing).map(({ name }) => name),
      preprocessing: storedPreprocessing(student.preprocessing),
      ...quantizationOf(student),
    },
  );
}

function quantizationOf({ quantization }: Student): object {
  return quantization ? { quantization: { form: quantization.form, loss: quantization.loss } } : {};
}

/** Makes a function that gives a record the raw model's types: numbers in float32, missing values trimmed, '' for null. */
function toModelInputs(preprocessing: Preprocessing): (record: RawRecord) => RawRecord {
  const isMissing = missingTest(preprocessing.missing);
  const inputs = modelInputs(preprocessing);
  const listed = new Map(inputs.map(({ column }) => [column, new Set<string>()]));
  for (const column of preprocessing.columns)
    for (const text of categoriesOf(column)) listed.get(column.name)?.add(text);
  return (record) => {
    const fields = inputs.map(({ column, type, double }): [string, string | number] => {
      const value = record[column];
      if (type === 'hashed') return [column, String(value ?? '')];
      if (type === 'number') return [column, typeof value !== 'number' ? '' : double ? value : Math.fround(value)];
      const text = String(value ?? '');
      return [column, isMissing(text) && !listed.get(column)?.has(text) ? text.trim() : text];
    });
    return Object.fromEntries(fields);
  };
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

type Runtime = Awaited<ReturnType<typeof loadRuntime>>;

async function probabilitiesOf(
  bytes: Uint8Array,
  batches: readonly RawRecord[][],
  feeds: (
    Tensor: Runtime['Tensor'],
    batch: readonly RawRecord[],
  ) => Parameters<Awaited<ReturnType<Runtime['InferenceSession']['create']>>['run']>[0],
): Promise<number[]> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const found: number[] = [];
    for (const batch of batches) {
      const outputs = await session.run(feeds(ort.Tensor, batch));
      found.push(...(outputs['probability'] as { data: Float32Array }).data);
    }
    return found;
  } finally {
    await session.release();
  }
}
