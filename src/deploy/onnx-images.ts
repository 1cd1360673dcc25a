// Exports a student of images as two ONNX models: one for pixels at the student's size, one for a frame of any size.

import { toRgb } from '../data/image/grey.ts';
import type { Raster } from '../data/image/raster.ts';
import type { ImageColumn } from '../data/image-column.ts';
import { type Preprocessing, storedPreprocessing } from '../data/preprocessing.ts';
import { rasterFor } from '../data/raster-for.ts';
import { rasterOfField } from '../student/image-field.ts';
import type { RawRecord } from '../student/record.ts';
import { Student } from '../student/student.ts';
import type { Exported } from './exported.ts';
import { addColumns, type GraphRows } from './onnx-columns.ts';
import { withDateParts } from './onnx-dates.ts';
import { columnInputs, modelInputs, obstacleOf, PREFIX } from './onnx-inputs.ts';
import {
  addNode,
  addTensor,
  encodeModel,
  type Graph,
  intAttribute,
  intsAttribute,
  shapedInfo,
  stringAttribute,
  TYPE,
  tensorInfo,
} from './onnx-model.ts';
import { addAnswers, addNetwork, addTrunk, decisionOf, groupNotes, quantizationOf } from './onnx-network.ts';
import { batchesOf, columnFeeds, probabilitiesOf, toModelInputs } from './onnx-run.ts';
import {
  checkParity,
  encodedRecords,
  type ParityOptions,
  parityRecords,
  recordProbabilities,
  roundingBounds,
} from './parity.ts';

/** The first opset whose Resize averages over all pixels. */
const RESIZE_OPSET = 18;
/**
 * Largest difference in probability allowed for frames of another size. ONNX Runtime has float32 weights where the student has float64, so
 * some bytes differ by 1.
 */
const RESIZE_LIMIT = 0.05;
/** Images in a batch of the check. */
const BATCH = 16;

/**
 * Exports a student of images as two ONNX models:
 * - `student.onnx`, opset 17, any batch size: `image`, uint8 [batch, height, width, channels], at the student's size, and, where the student
 *   has other columns, `input`, float32 [batch, columns], those encoded in order; output `probability`, float32 [batch, 1].
 * - `student-raw.onnx`, opset 18, one image at a time: the image column by name, uint8 [height, width, 3], of any size, and one input for
 *   each other column as in toOnnx; outputs `probability`, `label` and, with a deferral band, `defer`. Grey is as the student's to the byte. Resize is the
 *   runtime's own: in ONNX Runtime about one byte in a thousand differs by 1 from the student's.
 */
export async function toImageOnnx(student: Student, options: ParityOptions): Promise<Exported> {
  const obstacle = obstacleOf(student.preprocessing);
  const { preprocessing, toParts } = withDateParts(student.preprocessing);
  const reader = obstacle === undefined ? new Student({ ...student, preprocessing }) : student;
  const { image, others } = splitImage(reader.preprocessing);
  const toInputs = toModelInputs(others);
  const given = parityRecords(student, options);
  const records =
    obstacle === undefined
      ? given.map(toParts).map((record) => ({ ...toInputs(record), [image.name]: record[image.name] }))
      : given;
  const expected = recordProbabilities(reader, records);
  const batches = batchesOf(records, BATCH);
  const limits = Float64Array.from(
    batches.flatMap((batch) => [...roundingBounds(student, encodedRecords(reader, batch))]),
  );
  const encoded = encodedModel(student, image, others.encodedWidth);
  const actual = await probabilitiesOf(encoded, batches, (Tensor, batch) => ({
    image: new Tensor('uint8', imageBytes(batch, image), [batch.length, ...image.size, image.channels]),
    ...(others.encodedWidth > 0 && {
      input: new Tensor('float32', otherColumns(reader, batch, image), [batch.length, others.encodedWidth]),
    }),
  }));
  const difference = checkParity('onnx', expected, actual, limits);
  const files = [{ path: 'student.onnx', bytes: encoded }];
  if (obstacle !== undefined) {
    const notes = [
      `student-raw.onnx is left out: ${obstacle}; student.onnx takes pixels and encoded columns`,
      ...groupNotes(student),
    ];
    return { target: 'onnx', files, largestDifference: difference, notes };
  }
  const raw = rawModel(student, reader.preprocessing);
  const frame = frameName(image, others);
  const answers = async (sized: (raster: Raster) => Raster): Promise<number[]> =>
    await probabilitiesOf(raw, batchesOf(records, 1), (Tensor, batch) => {
      const raster = sized(rasterOfField(image.name, batch[0]?.[image.name], 'record'));
      const { width, height, pixels } = toRgb(raster);
      return { ...columnFeeds(Tensor, others, batch), [frame]: new Tensor('uint8', pixels, [height, width, 3]) };
    });
  const exact = checkParity(
    'onnx (raw columns)',
    expected,
    await answers((raster) => rasterFor(raster, image)),
    limits,
  );
  const resized = checkParity(
    'onnx (frames)',
    expected,
    await answers((raster) => raster),
    limits.map((limit) => Math.max(limit, RESIZE_LIMIT)),
  );
  return {
    target: 'onnx',
    files: [...files, { path: 'student-raw.onnx', bytes: raw }],
    largestDifference: Math.max(difference, exact, resized),
    notes: [
      'student-raw.onnx takes one image at a time, uint8 [height, width, 3], and resizes it by the Resize of ONNX: in ONNX Runtime about one byte ' +
        `in a thousand differs by 1 from the student's, and the probability by at most ${resized.toPrecision(1)} in this check; other runtimes may differ more`,
      ...groupNotes(student),
    ],
  };
}

/** The image column, and the other columns as a preprocessing of their own. */
function splitImage(preprocessing: Preprocessing): { readonly image: ImageColumn; readonly others: Preprocessing } {
  const image = preprocessing.columns.find((column): column is ImageColumn => column.kind === 'image') as ImageColumn;
  const columns = preprocessing.columns
    .filter((column) => column !== image)
    .map((column) => (column.offset > image.offset ? { ...column, offset: column.offset - image.width } : column));
  return { image, others: { ...preprocessing, columns, encodedWidth: preprocessing.encodedWidth - image.width } };
}

/** The images of records at the student's size; uint8 [records x height x width x channels]. */
function imageBytes(records: readonly RawRecord[], image: ImageColumn): Uint8Array {
  const bytes = new Uint8Array(records.length * image.width);
  records.forEach((record, i) => {
    bytes.set(rasterFor(rasterOfField(image.name, record[image.name], 'record'), image).pixels, i * image.width);
  });
  return bytes;
}

/** The encoded columns of records without the image's; float32 [records x columns]. */
function otherColumns(student: Student, records: readonly RawRecord[], { offset, width }: ImageColumn): Float32Array {
  const { encodedWidth } = student.preprocessing;
  return encodedRecords(student, records).filter((_, i) => {
    const column = i % encodedWidth;
    return column < offset || column >= offset + width;
  });
}

/** Adds the trunk and the other layers. @param others the rows of the other columns; undefined without any */
function addAll(graph: Graph, student: Student, pixels: string, others: GraphRows | undefined, prefix: string): void {
  const means = addTrunk(graph, student, pixels, prefix);
  const name = others
    ? addNode(graph, 'Concat', {
        inputs: [means, others.name],
        output: `${prefix}features`,
        attributes: [intAttribute('axis', 1)],
      })
    : means;
  addNetwork(graph, student, { name }, prefix);
}

function encodedModel(student: Student, { size, channels }: ImageColumn, others: number): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  addAll(graph, student, 'image', others > 0 ? { name: 'input' } : undefined, '');
  const { preprocessing } = student;
  return encodeModel(
    graph,
    [
      shapedInfo('image', TYPE.uint8, ['batch', ...size, channels]),
      ...(others > 0 ? [tensorInfo('input', TYPE.float32, others)] : []),
    ],
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

/** The name of the input of the frame: the column's, unless ONNX cannot carry it. */
function frameName({ name }: ImageColumn, others: Preprocessing): string {
  const taken = ['', '__proto__', 'probability', 'label', 'defer', ...modelInputs(others).map((input) => input.name)];
  const free = !taken.includes(name) && !name.startsWith(PREFIX) && !/\p{Cs}|\0/u.test(name);
  let found = free ? name : 'image';
  while (!free && taken.includes(found)) found = `_${found}`;
  return found;
}

/** @param preprocessing of the student, with parts of dates in the place of dates */
function rawModel(student: Student, preprocessing: Preprocessing): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [] };
  const { image, others } = splitImage(preprocessing);
  const frame = frameName(image, others);
  const rows = others.columns.length > 0 ? addColumns(graph, others) : undefined;
  addAll(graph, student, addResizing(graph, frame, image), rows, PREFIX);
  const outputs = addAnswers(graph, student);
  return encodeModel(
    graph,
    [
      shapedInfo(frame, TYPE.uint8, ['height', 'width', 3], 'an image: red, green and blue, of any size'),
      ...columnInputs(others),
    ],
    outputs,
    {
      opset: RESIZE_OPSET,
      metadata: {
        ...decisionOf(student),
        inputs: [frame, ...modelInputs(others).map(({ name }) => name)],
        preprocessing: storedPreprocessing(student.preprocessing),
        ...quantizationOf(student),
      },
    },
  );
}

/** Adds grey and the student's size to a frame; returns the name of its bytes, uint8 [1, height, width, channels]. */
function addResizing(graph: Graph, frame: string, { size, channels }: ImageColumn): string {
  const node = (
    operator: string,
    output: string,
    inputs: readonly string[],
    attributes: readonly Uint8Array[] = [],
  ): string => addNode(graph, operator, { inputs, output: `${PREFIX}${output}`, attributes });
  const whole = (name: string, values: readonly number[], dims: readonly number[] = []): string =>
    addTensor(graph, `${PREFIX}${name}`, dims, Int32Array.from(values));
  let image = frame;
  if (channels === 1) {
    // Pillow's convert("L"), in whole numbers
    const bytes = node('Cast', 'frame', [frame], [intAttribute('to', TYPE.int32)]);
    const weighted = node('Mul', 'weighted', [bytes, whole('luma', [19595, 38470, 7471], [3])]);
    const axes = addTensor(graph, `${PREFIX}colours`, [1], [2]);
    const sum = node('ReduceSum', 'luma_sum', [weighted, axes], [intAttribute('keepdims', 1)]);
    const rounded = node('Add', 'luma_rounded', [sum, whole('luma_half', [0x8000])]);
    const grey = node('Div', 'luma_whole', [rounded, whole('luma_one', [0x10000])]);
    image = node('Cast', 'grey', [grey], [intAttribute('to', TYPE.uint8)]);
  }
  const planes = node('Transpose', 'planes', [image], [intsAttribute('perm', [2, 0, 1])]);
  const batch = node('Unsqueeze', 'batch', [planes, addTensor(graph, `${PREFIX}first`, [1], [0])]);
  const sizes = addTensor(graph, `${PREFIX}size`, [4], [1, channels, ...size]);
  const resized = node(
    'Resize',
    'resized',
    [batch, '', '', sizes],
    [
      stringAttribute('mode', 'linear'),
      intAttribute('antialias', 1),
      // as in Pillow, weights outside the image go to the pixels inside
      intAttribute('exclude_outside', 1),
    ],
  );
  return node('Transpose', 'image', [resized], [intsAttribute('perm', [0, 2, 3, 1])]);
}
