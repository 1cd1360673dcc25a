// debkd/edge: predictions for edge functions. It has no ONNX runtime and compiles no WebAssembly; its probabilities
// equal debkd's bit for bit.
import { parseColumns } from './data/parse-columns.ts';
import type { Preprocessing } from './data/preprocessing.ts';
import { DebkdError } from './io/errors.ts';
import { ACTIVATION } from './kernels/activation.ts';
import { sigmoid } from './kernels/elementary.ts';
import type { singleImage as singleRowWithImage } from './kernels/image-row.ts';
import { readDense, type SparseRow, singleRow, sparseRow } from './kernels/single-row.ts';
import type { ImageShape } from './kernels/trunk-layout.ts';
import { type Answer, decide } from './student/decide.ts';
import { encodeRecord, planRecords, type RawRecord, type RecordPlan, unknownFields } from './student/record.ts';
import type { StudentData } from './student/student-data.ts';
import { DAMAGED, type ParsedStudent, parseStudent } from './student/student-format.ts';
import { networkInputs, studentLayout } from './student/student-layout.ts';

export { DebkdError, type ErrorCode } from './io/errors.ts';
export type { Answer, DeferBand } from './student/decide.ts';
export type { GroupThresholds } from './student/group-thresholds.ts';
export type { RawImage, RawRecord } from './student/record.ts';

/** A student for edge functions. */
export interface EdgeStudent extends Omit<StudentData, 'training' | 'quantization'> {
  /**
   * Probabilities of class 1, float64 [rows], for dense encoded rows, float32 [rows x encodedWidth].
   * @throws DebkdError `value` for another length
   */
  predictProba(x: Float32Array): Float64Array;
  /**
   * Predicts a raw record with its fields by column name; other fields are ignored.
   * @throws DebkdError `column` for an absent or invalid field
   */
  predictRecord(record: RawRecord): Answer;
  /**
   * The record's fields with a category that the student does not know.
   * @throws DebkdError `column` for an absent or invalid field
   */
  unknownFields(record: RawRecord): string[];
}

/**
 * Opens the bytes of student.debkd.
 * @throws DebkdError `student` if they are no student file, damaged or of another version; `preprocessing` or `value`
 *   if a part is malformed
 * @example
 * const student = await openStudent(await readFile('student.debkd'));
 * const { probability, label } = student.predictRecord({ age: 41, job: 'nurse' });
 */
export async function openStudent(bytes: Uint8Array | ArrayBuffer): Promise<EdgeStudent> {
  const parsed = parseStudent(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), 'student');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', parsed.content.slice()));
  if (!digest.every((byte, i) => parsed.digest[i] === byte)) return parsed.fail(DAMAGED);
  const { data, records, margin } = await decode(parsed);
  // few students have thresholds of groups
  const groups = data.groupThresholds && (await import('./student/group-thresholds.ts'));
  groups?.checkGroupThresholds(data, parsed.fail);
  const { preprocessing } = data;
  const width = preprocessing.encodedWidth;
  const row = records.row?.() ?? sparseRow(width);
  const read = (x: Float32Array): void => {
    const { pixels } = row;
    if (pixels) {
      const { offset } = networkInputs(preprocessing).image as ImageShape;
      pixels.set(x.subarray(offset, offset + pixels.length));
      readDense(x.slice().fill(0, offset, offset + pixels.length), row);
    } else readDense(x, row);
  };
  return {
    ...data,
    predictProba(x) {
      if (x.length % width !== 0)
        throw new DebkdError('value', {
          subject: 'student',
          seen: `${x.length} numbers`,
          expected: `rows of ${width} encoded columns`,
          remedy: "encode them with the student's preprocessing",
        });
      return Float64Array.from({ length: x.length / width }, (_, i) => {
        read(x.subarray(i * width, (i + 1) * width));
        return sigmoid(margin(row));
      });
    },
    predictRecord(record) {
      encodeRecord(records, record, row);
      const probability = sigmoid(margin(row));
      return decide(data, probability, groups?.recordThreshold(data, record));
    },
    unknownFields: (record) => unknownFields(records, record),
  };
}

/** Thrown by the parser of a preprocessing with columns of steps, texts or images. */
const FURTHER: unique symbol = Symbol('further columns');

/** A decoded student, how it reads records, and the margin of a row. */
interface Decoded {
  readonly data: StudentData;
  readonly records: RecordPlan;
  readonly margin: (row: SparseRow) => number;
}

/** Decodes a student; loads the code of steps, texts and images only if it has such columns. */
async function decode({ data }: ParsedStudent): Promise<Decoded> {
  try {
    const refuse = (): never => {
      throw FURTHER;
    };
    const parse = (value: unknown, name: string): Preprocessing =>
      parseColumns(value, name, { steps: refuse, text: refuse, image: refuse });
    return open(data(parse), planRecords);
  } catch (error) {
    if (error !== FURTHER) throw error;
    const { parsePreprocessing, planColumns } = await import('./student/steps-support.ts');
    const student = data(parsePreprocessing);
    if (!networkInputs(student.preprocessing).image) return open(student, planColumns);
    const { planImages, singleImage } = await import('./student/image-support.ts');
    return open(student, planImages, singleImage);
  }
}

function open(
  data: StudentData,
  plan: (preprocessing: Preprocessing) => RecordPlan,
  singleImage?: typeof singleRowWithImage,
): Decoded {
  const { preprocessing, architecture, parameters } = data;
  const shape = studentLayout(preprocessing, architecture);
  const activation = ACTIVATION[shape.activation];
  const { image } = networkInputs(preprocessing);
  const margin =
    image && singleImage ? singleImage(parameters, shape, image, activation) : singleRow(parameters, shape, activation);
  return { data, records: plan(preprocessing), margin };
}
