// A trained student: plain data that can be posted between threads and stored, with its preprocessing and threshold
// inside, and the methods that answer from it.

import type { AnyDataset } from '../data/dataset.ts';
import { denseMatrix, type Matrix, type StoredMatrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { DebkdError } from '../io/errors.ts';
import type { HostUrl } from '../io/host-types.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { writeFileWhole } from '../io/write-file.ts';
import { layout } from '../kernels/layout.ts';
import type { Architecture } from './architecture.ts';
import { predict } from './inference-cache.ts';
import type { Quantization } from './quantization.ts';
import { type RawRecord, recordPlan, unknownFields } from './record.ts';
import { answerRecord } from './record-answer.ts';
import { decodeStudentData, encodeStudent } from './student-bytes.ts';
import type { StudentData, Training } from './student-data.ts';

/** A student. `new Student(data)` restores one that was posted or stored as data. */
export class Student implements StudentData {
  /** Its shape. */
  readonly architecture: Architecture;
  readonly parameters: Float32Array;
  /** How rows become its inputs. */
  readonly preprocessing: Preprocessing;
  readonly threshold: number;
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly training: Training | undefined;
  readonly quantization: Quantization | undefined;

  /** @throws DebkdError `student` when the number of parameters does not fit the architecture */
  constructor(data: StudentData) {
    const { size } = layout(data.preprocessing.encodedWidth, data.architecture);
    if (data.parameters.length !== size) {
      throw new DebkdError('student', {
        subject: 'student',
        seen: `${data.parameters.length} parameters, its architecture has ${size}`,
        remedy: 'the data is damaged or of another student',
      });
    }
    this.architecture = data.architecture;
    this.parameters = data.parameters;
    this.preprocessing = data.preprocessing;
    this.threshold = data.threshold;
    this.provenance = data.provenance;
    this.training = data.training;
    this.quantization = data.quantization;
  }

  /**
   * Reads a student file: a path, address, `File`, `Blob`, `Response` or bytes.
   * @throws DebkdError `source` where it cannot be read, or as decodeStudent
   * @example
   * const student = await Student.load('student.debkd');
   * student.predictRecord({ age: 41, job: 'nurse' }); // { probability, label }
   */
  static async load(source: Source): Promise<Student> {
    return new Student(decodeStudentData(await bytesOf(source), nameOf(source)));
  }

  /**
   * Writes the student to a file, which appears whole or not at all and replaces an earlier one; the same student gives the same
   * bytes (encodeStudent). For Node, Deno and Bun.
   * @param path of the file, in a folder that exists; such as student.debkd
   * @throws DebkdError `source` where it cannot be written, or the host has no file system: take the bytes of encodeStudent there
   * @example
   * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
   * await student.save('student.debkd');
   */
  async save(path: string | HostUrl): Promise<void> {
    await writeFileWhole(path, encodeStudent(this));
  }

  /** What its classes were called in the table that it was trained on; undefined where nobody said. */
  get target(): Table['target'] {
    const { target } = this.provenance as { target?: Partial<NonNullable<Table['target']>> };
    const complete = [target?.name, target?.positive, target?.negative].every((text) => typeof text === 'string');
    return complete ? (target as Table['target']) : undefined;
  }

  /** The same student with another threshold or provenance. */
  with(change: Partial<Pick<StudentData, 'threshold' | 'provenance'>>): Student {
    return new Student({ ...this, ...change });
  }

  /**
   * Probabilities of class 1, float64 [rows].
   * @param x a dataset, encoded rows, or dense encoded rows as float32 [rows x columns]
   */
  predictProba(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Float64Array {
    return predict(this, this.#matrixOf(x), 'probabilities');
  }

  /** Rows as encoded for this student. */
  #matrixOf(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Matrix | StoredMatrix {
    const width = this.preprocessing.encodedWidth;
    const matrix = x instanceof Float32Array ? denseMatrix(x, width) : 'features' in x ? x.features : x;
    if (matrix.width !== width || !Number.isInteger(matrix.rows)) {
      throw new DebkdError('value', {
        subject: 'student',
        seen: `rows of ${matrix.width} encoded columns`,
        expected: `rows of ${width}`,
        remedy: "encode them with the student's preprocessing",
      });
    }
    return matrix;
  }

  /**
   * Margins of the same rows, the log-odds of class 1, float64 [rows]: they rank rows whose probabilities round to 0 or 1.
   * @param x as of predictProba
   */
  margins(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Float64Array {
    return predict(this, this.#matrixOf(x), 'margins');
  }

  /** Labels by the student's threshold, 1 or 0; [rows]. */
  predict(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Uint8Array {
    return Uint8Array.from(this.predictProba(x), (p) => (p >= this.threshold ? 1 : 0));
  }

  /**
   * One raw record, its fields by column name; fields that are no column are ignored.
   * A category the student does not know counts for nothing; unknownFields names such fields.
   * @throws DebkdError `column` when a column is absent, or a value is no number where one is needed
   */
  predictRecord(record: RawRecord): { probability: number; label: 0 | 1 } {
    const probability = answerRecord(this, record);
    return { probability, label: probability >= this.threshold ? 1 : 0 };
  }

  /** The fields of a record whose value is no category that the student knows. @throws DebkdError as predictRecord */
  unknownFields(record: RawRecord): string[] {
    return unknownFields(recordPlan(this.preprocessing), record);
  }
}
