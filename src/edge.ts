// debkd/edge: students alone, for functions at the edge. No ONNX runtime, no kernels, nothing compiled; the answers are those
// of debkd, to the bit.
import { DebkdError } from './io/errors.ts';
import { ACTIVATION } from './kernels/activation.ts';
import { sigmoid } from './kernels/elementary.ts';
import { layout } from './kernels/layout.ts';
import { readDense, singleRow, sparseRow } from './kernels/single-row.ts';
import { type RawRecord, recordPlan, unknownFields } from './student/record.ts';
import { answerRecord } from './student/record-answer.ts';
import type { StudentData } from './student/student-data.ts';
import { DAMAGED, parseStudent } from './student/student-format.ts';

export { DebkdError, type ErrorCode } from './io/errors.ts';
export type { RawRecord } from './student/record.ts';

/** A student at the edge: answers raw records, compiles nothing. */
export interface EdgeStudent extends Omit<StudentData, 'training' | 'quantization'> {
  /** Probabilities of class 1 of dense encoded rows, float32 [rows x columns]; float64 [rows]. @throws DebkdError `value` */
  predictProba(x: Float32Array): Float64Array;
  /** One raw record, its fields by column name; others are ignored. @throws DebkdError `column` */
  predictRecord(record: RawRecord): { probability: number; label: 0 | 1 };
  /** The fields of a record whose value is no category that the student knows. @throws DebkdError `column` */
  unknownFields(record: RawRecord): string[];
}

/**
 * Opens the bytes of student.debkd.
 * @throws DebkdError `student` when they are something else, damaged or of another version, `preprocessing` or `value` when its parts are malformed
 */
export async function openStudent(bytes: Uint8Array | ArrayBuffer): Promise<EdgeStudent> {
  const parsed = parseStudent(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), 'student');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', parsed.content.slice()));
  if (!digest.every((byte, i) => parsed.digest[i] === byte)) return parsed.fail(DAMAGED);
  const data = parsed.data();
  const { preprocessing, threshold, parameters } = data;
  const width = preprocessing.encodedWidth;
  const plan = layout(width, data.architecture);
  if (parameters.length !== plan.size) return parsed.fail('its parameters do not fit its architecture');
  const margin = singleRow(parameters, plan, ACTIVATION[plan.activation]);
  const row = sparseRow(width);
  return {
    ...data,
    predictProba(x) {
      if (x.length % width !== 0)
        throw new DebkdError(
          'value',
          `student: ${x.length} numbers, expected rows of ${width} encoded columns; encode them with the student's preprocessing`,
        );
      return Float64Array.from({ length: x.length / width }, (_, i) => {
        readDense(x.subarray(i * width, (i + 1) * width), row);
        return sigmoid(margin(row));
      });
    },
    predictRecord(record) {
      const probability = answerRecord(data, record);
      return { probability, label: probability >= threshold ? 1 : 0 };
    },
    unknownFields: (record) => unknownFields(recordPlan(preprocessing), record),
  };
}
