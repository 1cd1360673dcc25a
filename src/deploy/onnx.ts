// A student as ONNX, twice: on encoded rows, and on raw columns with the preprocessing inside the graph.
import { missingTest } from '../data/missing.ts';
import { type Preprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import type { RawRecord } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { loadRuntime } from '../teacher/runtime.ts';
import type { Exported } from './exported.ts';
import { addColumns, columnInputs, INSIDE, inputNames } from './onnx-columns.ts';
import { addNode, addTensor, encodeModel, type Graph, integer, TYPE, tensorInfo } from './onnx-model.ts';
import { addNetwork } from './onnx-network.ts';
import { checkParity, encodedRecords, type ParityOptions, parityRecords, roundingBounds } from './parity.ts';

/**
 * The student as two ONNX models, opset 17, any batch size:
 * - `student.onnx`: input `input`, encoded rows, float32 [batch, columns]; output `probability`, float32 [batch, 1].
 * - `student-raw.onnx`: one input a column, by its name, [batch, 1]: float32 for numbers (NaN is missing), text for
 *   categories; outputs `probability` and `label` by the threshold, int64 [batch, 1].
 * Preprocessing, threshold and the names of the inputs are in the metadata, as JSON under `debkd`. Both are run in
 * onnxruntime-web on synthetic rows before they are returned.
 * @param options.records raw records to run as well as the synthetic ones, such as rows that the student was trained on; none is kept
 * @throws DebkdError `export` when answers differ from the student's by more than 1e-6, or than the rounding of long sums explains
 */
export async function toOnnx(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const [encoded, raw] = [encodedModel(student), rawModel(student)];
  const records = parityRecords(student, options).map((record) => asFloats(record, student.preprocessing));
  const rows = encodedRecords(student, records);
  const expected = student.predictProba(rows);
  const limits = roundingBounds(student, rows);
  const width = student.preprocessing.encodedWidth;
  const answered = await answersOf(encoded, (Tensor) => ({
    input: new Tensor('float32', rows, [records.length, width]),
  }));
  const names = inputNames(student.preprocessing);
  const answeredRaw = await answersOf(raw, (Tensor) =>
    Object.fromEntries(
      student.preprocessing.columns.map((column, i) => {
        const values = records.map((record) => record[column.name]);
        const dims = [records.length, 1];
        return column.kind === 'numeric'
          ? [names[i], new Tensor('float32', Float32Array.from(values, numberOf), dims)]
          : [names[i], new Tensor('string', values.map(String), dims)];
      }),
    ),
  );
  const largestDifference = Math.max(
    checkParity('onnx', expected, answered, limits),
    checkParity('onnx (raw columns)', expected, answeredRaw, limits),
  );
  const files = [
    { path: 'student.onnx', bytes: encoded },
    { path: 'student-raw.onnx', bytes: raw },
  ];
  return { target: 'onnx', files, largestDifference };
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

function rawModel(student: Student): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  const { preprocessing, threshold } = student;
  addNetwork(graph, student, addColumns(graph, preprocessing), INSIDE);
  const double = addNode(graph, 'Cast', ['probability'], `${INSIDE}probability`, [integer('to', TYPE.float64)]);
  const limit = addTensor(graph, `${INSIDE}threshold`, [], Float64Array.of(threshold));
  const above = addNode(graph, 'GreaterOrEqual', [double, limit], `${INSIDE}above`);
  addNode(graph, 'Cast', [above], 'label', [integer('to', TYPE.int64)]);
  return encodeModel(
    graph,
    columnInputs(preprocessing),
    [tensorInfo('probability', TYPE.float32, 1), tensorInfo('label', TYPE.int64, 1)],
    {
      threshold,
      inputs: inputNames(preprocessing),
      preprocessing: storedPreprocessing(preprocessing),
      ...quantizationOf(student),
    },
  );
}

function quantizationOf({ quantization }: Student): object {
  return quantization ? { quantization: { form: quantization.form, loss: quantization.loss } } : {};
}

/** A record as the raw model takes it: numbers in float32, missing values without white space around them, '' for null. */
function asFloats(record: RawRecord, { columns, missing }: Preprocessing): RawRecord {
  const isMissing = missingTest(missing);
  const fields = columns.map((column): [string, string | number] => {
    const value = record[column.name];
    if (column.kind === 'numeric') return [column.name, typeof value === 'number' ? Math.fround(value) : ''];
    const text = String(value ?? '');
    return [column.name, isMissing(text) && !column.categories.includes(text) ? text.trim() : text];
  });
  return Object.fromEntries(fields);
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

type Runtime = Awaited<ReturnType<typeof loadRuntime>>;

async function answersOf(
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
