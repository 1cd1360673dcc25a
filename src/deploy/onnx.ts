// Exports a student as two ONNX models: one for encoded rows, one for raw columns with the preprocessing in its graph.
import { textColumnsOf } from '../data/encode-texts.ts';
import { type Preprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import { Student } from '../student/student.ts';
import type { Exported } from './exported.ts';
import { addColumns } from './onnx-columns.ts';
import { withDateParts } from './onnx-dates.ts';
import { toImageOnnx } from './onnx-images.ts';
import { columnInputs, modelInputs, obstacleOf, PREFIX } from './onnx-inputs.ts';
import { encodeModel, type Graph, TYPE, tensorInfo } from './onnx-model.ts';
import { addAnswers, addNetwork, decisionOf, groupNotes, quantizationOf } from './onnx-network.ts';
import { batchesOf, columnFeeds, MAX_VALUES, probabilitiesOf, toModelInputs } from './onnx-run.ts';
import { textNote } from './onnx-text.ts';
import {
  checkParity,
  encodedRecords,
  hasImage,
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
 *   with an n-gram of it (`notes` say how to hash); outputs `probability`, float32 [batch, 1], `label` and, with a deferral band, `defer`, int64 [batch, 1].
 *
 * A student of images has other inputs (toImageOnnx).
 *
 * The metadata contains preprocessing, threshold and the names of the inputs, as JSON under `debkd`. Both models run in
 * onnxruntime-web on synthetic records first.
 * @param options.records raw records to run as well, such as rows of the training data; none is stored
 * @throws DebkdError `export` if a probability differs from the student's by more than 1e-6 and by more than rounding
 *   errors explain
 */
export async function toOnnx(student: Student, options: ParityOptions = {}): Promise<Exported> {
  if (hasImage(student)) return await toImageOnnx(student, options);
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
    const notes = [
      `student-raw.onnx is left out: ${obstacle}; student.onnx takes encoded rows`,
      ...groupNotes(student),
    ];
    return { target: 'onnx', files, largestDifference: difference, notes };
  }
  const raw = rawModel(student, preprocessing);
  const texts = textColumnsOf(preprocessing);
  const actualRaw = await probabilitiesOf(raw, batches, (Tensor, batch) => columnFeeds(Tensor, preprocessing, batch));
  const largestDifference = Math.max(difference, checkParity('onnx (raw columns)', expected, actualRaw, limits));
  const notes = [...texts.map(textNote), ...groupNotes(student)];
  return {
    target: 'onnx',
    files: [...files, { path: 'student-raw.onnx', bytes: raw }],
    largestDifference,
    ...(notes.length > 0 && { notes }),
  };
}

function encodedModel(student: Student): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  addNetwork(graph, student, { name: 'input' });
  const { preprocessing } = student;
  return encodeModel(
    graph,
    [tensorInfo('input', TYPE.float32, preprocessing.encodedWidth)],
    [tensorInfo('probability', TYPE.float32, 1)],
    {
      metadata: {
        ...decisionOf(student),
        preprocessing: storedPreprocessing(preprocessing),
        ...quantizationOf(student),
      },
    },
  );
}

/** @param preprocessing of the student, with parts of dates in the place of dates */
function rawModel(student: Student, preprocessing: Preprocessing): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  addNetwork(graph, student, addColumns(graph, preprocessing), PREFIX);
  const outputs = addAnswers(graph, student);
  return encodeModel(graph, columnInputs(preprocessing), outputs, {
    metadata: {
      ...decisionOf(student),
      inputs: modelInputs(preprocessing).map(({ name }) => name),
      preprocessing: storedPreprocessing(student.preprocessing),
      ...quantizationOf(student),
    },
  });
}
