// Exports a student as two ONNX models: one for encoded rows, one for raw columns with the preprocessing in its graph.
import { missingTest } from '../data/missing.ts';
import { type Preprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import { categoriesOf } from '../data/raw-inputs.ts';
import type { RawRecord } from '../student/record.ts';
import { Student } from '../student/student.ts';
import { loadRuntime } from '../teacher/runtime.ts';
import type { Exported } from './exported.ts';
import { addColumns } from './onnx-columns.ts';
import { withDateParts } from './onnx-dates.ts';
import { columnInputs, modelInputs, obstacleOf, PREFIX } from './onnx-inputs.ts';
import { addNode, addTensor, encodeModel, type Graph, intAttribute, TYPE, tensorInfo } from './onnx-model.ts';
import { addNetwork } from './onnx-network.ts';
import { checkParity, encodedRecords, type ParityOptions, parityRecords, roundingBounds } from './parity.ts';

/**
 * Exports the student as two ONNX models, opset 17, with any batch size:
 * - `student.onnx`: input `input` (encoded rows), float32 [batch, encodedWidth]; output `probability`, float32
 *   [batch, 1].
 * - `student-raw.onnx`: one input for each column, or for each part of a date, named after it, [batch, 1]: float32 for
 *   numbers, float64 for those with steps (NaN is missing), string for categories; outputs `probability`, float32 [batch, 1], and `label`, int64 [batch, 1].
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
  const rows = encodedRecords(reader, records);
  const expected = student.predictProba(rows);
  const limits = roundingBounds(student, rows);
  const width = student.preprocessing.encodedWidth;
  const actual = await probabilitiesOf(encoded, (Tensor) => ({
    input: new Tensor('float32', rows, [records.length, width]),
  }));
  const difference = checkParity('onnx', expected, actual, limits);
  const files = [{ path: 'student.onnx', bytes: encoded }];
  if (obstacle !== undefined) {
    const notes = [`student-raw.onnx is left out: ${obstacle}; student.onnx takes encoded rows`];
    return { target: 'onnx', files, largestDifference: difference, notes };
  }
  const raw = rawModel(student, preprocessing);
  const inputs = modelInputs(preprocessing);
  const actualRaw = await probabilitiesOf(raw, (Tensor) =>
    Object.fromEntries(
      inputs.map(({ column, name, type, double }) => {
        const values = records.map((record) => record[column]);
        const dims = [records.length, 1];
        if (type !== 'number') return [name, new Tensor('string', values.map(String), dims)];
        return double
          ? [name, new Tensor('float64', Float64Array.from(values, numberOf), dims)]
          : [name, new Tensor('float32', Float32Array.from(values, numberOf), dims)];
      }),
    ),
  );
  const largestDifference = Math.max(difference, checkParity('onnx (raw columns)', expected, actualRaw, limits));
  return { target: 'onnx', files: [...files, { path: 'student-raw.onnx', bytes: raw }], largestDifference };
}

function encodedModel(student: Student): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  addNetwork(graph, student, 'input');
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
  feeds: (
    Tensor: Runtime['Tensor'],
  ) => Parameters<Awaited<ReturnType<Runtime['InferenceSession']['create']>>['run']>[0],
): Promise<ArrayLike<number>> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const { probability } = await session.run(feeds(ort.Tensor));
    return probability?.data as Float32Array;
  } finally {
    await session.release();
  }
}
