// A trained student: plain data with its preprocessing and threshold, which threads can exchange, and methods that predict.

import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix, StoredMatrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { checkThreshold } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { HostUrl } from '../io/host-types.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';

import type { Architecture } from './architecture.ts';
import { type Answer, type DeferBand, decide, isBand } from './decide.ts';
import { type Explanation, explain } from './explain.ts';
import { type GroupThresholds, recordThreshold } from './group-thresholds.ts';
import { predict } from './inference-cache.ts';
import { listedTexts } from './listed-texts.ts';
import type { Quantization } from './quantization.ts';
import { type RawRecord, unknownFields } from './record.ts';
import { answerRecord } from './record-answer.ts';
import { recordPlan } from './record-plan.ts';
import { rowThresholds } from './row-thresholds.ts';
import { decodeStudentData, encodeStudent } from './student-bytes.ts';
import type { StudentData, Training } from './student-data.ts';
import { studentLayout } from './student-layout.ts';
import { studentRows } from './student-rows.ts';

/**
 * A trained student. `new Student(data)` restores one from plain data, such as a message from another thread.
 * @example
 * const student = await Student.load('student.debkd');
 * student.predictProba(dataset); // float64 [rows]
 */
export class Student implements StudentData {
  /** Convolutions, hidden widths, activation, residual connections. */
  readonly architecture: Architecture;
  /** For each convolution, then each layer its weights [inputs x outputs] row-major, then its biases; float32. */
  readonly parameters: Float32Array;
  /** Encoding of rows as inputs. */
  readonly preprocessing: Preprocessing;
  /** Probability from which on the predicted label is 1. */
  readonly threshold: number;
  /** Thresholds by the values of a column, which come before `threshold`; undefined for a student with one threshold. */
  readonly groupThresholds: GroupThresholds | undefined;
  /** The band of probabilities in which the student defers; undefined for a student that answers everything. */
  readonly defer: DeferBand | undefined;
  /** Origin of the student as JSON data: versions, seed, teacher, options. */
  readonly provenance: Readonly<Record<string, unknown>>;
  /** Record of its training; undefined for a student from a file. */
  readonly training: Training | undefined;
  /** Quantised form of its weights (quantize); undefined for float32, and for a student from a file. */
  readonly quantization: Quantization | undefined;

  /** @throws DebkdError `student` when the number of parameters does not fit the architecture; `value` for a threshold or band outside 0 to 1 */
  constructor(data: StudentData) {
    const { size } = studentLayout(data.preprocessing, data.architecture);
    if (data.parameters.length !== size) {
      throw new DebkdError('student', {
        subject: 'student',
        seen: `${data.parameters.length} parameters`,
        expected: `${size} for its architecture`,
        remedy: 'give the complete data of one student',
      });
    }
    checkDecision(data);
    this.architecture = data.architecture;
    this.parameters = data.parameters;
    this.preprocessing = data.preprocessing;
    this.threshold = data.threshold;
    this.groupThresholds = data.groupThresholds;
    this.defer = data.defer;
    this.provenance = data.provenance;
    this.training = data.training;
    this.quantization = data.quantization;
  }

  /**
   * Reads a student file.
   * @param source a path, URL, `File`, `Blob`, `Response` or bytes
   * @throws DebkdError `source` when it cannot be read, or as decodeStudent
   * @example
   * const student = await Student.load('student.debkd');
   * student.predictRecord({ age: 41, job: 'nurse' }); // { probability, label }
   */
  static async load(source: Source): Promise<Student> {
    return new Student(decodeStudentData(await bytesOf(source), nameOf(source)));
  }

  /**
   * Writes the bytes of encodeStudent to a file, in Node, Deno and Bun. The write is atomic and replaces an earlier file.
   * @param path path of the file in an existing folder, such as student.debkd
   * @throws DebkdError `source` when it cannot be written, or the host has no file system (use encodeStudent there)
   * @example
   * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
   * await student.save('student.debkd');
   */
  async save(path: string | HostUrl): Promise<void> {
    // loaded on first use: pages do not write files
    const { writeFileWhole } = await import('../io/write-file.ts');
    await writeFileWhole(path, encodeStudent(this));
  }

  /**
   * The target column and its class names in the training table; undefined where its provenance has none.
   * @example
   * student.target; // { name: 'diagnosis', positive: 'malignant', negative: 'benign' }
   */
  get target(): Table['target'] {
    const { target } = this.provenance as { target?: Partial<NonNullable<Table['target']>> };
    const complete = [target?.name, target?.positive, target?.negative].every((text) => typeof text === 'string');
    return complete ? (target as Table['target']) : undefined;
  }

  /**
   * Returns a copy with another threshold, thresholds of groups, deferral band or provenance. The copy shares the parameters. A band and
   * the thresholds of groups were chosen for the threshold: another threshold leaves them out.
   * @example
   * const strict = student.with({ threshold: 0.9 });
   */
  with(change: Partial<Pick<StudentData, 'threshold' | 'groupThresholds' | 'defer' | 'provenance'>>): Student {
    const isKept = change.threshold === undefined || change.threshold === this.threshold;
    const dropped = { defer: undefined, groupThresholds: undefined, provenance: withoutPromise(this.provenance) };
    return new Student({ ...this, ...(!isKept && dropped), ...change });
  }

  /**
   * Predicts the probability of class 1 of each row.
   * @param x a dataset, encoded rows, or, for a student without images, dense encoded rows as float32 [rows x encoded columns]
   * @returns float64 [rows]
   * @throws DebkdError `value` when the rows have other encoded columns than the student, `memory`
   * @example
   * const dataset = encode(await readTable('rows.csv'), student.preprocessing);
   * const probabilities = student.predictProba(dataset);
   */
  predictProba(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Float64Array {
    return predict(this, studentRows(x, this.preprocessing), 'probabilities');
  }

  /**
   * Computes the margin of each row, the log-odds of class 1. Margins rank rows whose probabilities round to 0 or 1.
   * @param x rows, as predictProba takes them
   * @returns float64 [rows]
   * @throws DebkdError as predictProba
   * @example
   * const scores = student.margins(dataset);
   */
  margins(x: AnyDataset | Matrix | StoredMatrix | Float32Array): Float64Array {
    return predict(this, studentRows(x, this.preprocessing), 'margins');
  }

  /**
   * Predicts the label of each row: 1 where the probability is at or above the row's threshold, else 0.
   * @param x rows, as predictProba takes them
   * @param groups each row's group, as of groupRows, by the column of `groupThresholds`; only for a student that has them
   * @returns uint8 [rows]
   * @throws DebkdError as predictProba; `value` without the groups that the threshold depends on
   * @example
   * const labels = student.predict(dataset);
   */
  predict(x: AnyDataset | Matrix | StoredMatrix | Float32Array, groups?: readonly string[]): Uint8Array {
    const probabilities = this.predictProba(x);
    const thresholds = rowThresholds(this, groups, probabilities.length);
    return Uint8Array.from(probabilities, (p, row) => (p >= (thresholds?.[row] ?? this.threshold) ? 1 : 0));
  }

  /**
   * Predicts one raw record. Fields that are not columns of the student are ignored; a category that the student does not know
   * encodes to 0 (unknownFields names such fields).
   * @param record values by column name
   * @throws DebkdError `column` with its `field` when a column is absent or a numeric column has no number
   * @example
   * student.predictRecord({ age: 41, job: 'nurse' }); // { probability: 0.83, label: 1 }
   * @returns `defer` says whether someone else should decide; absent for a student without a deferral band
   */
  predictRecord(record: RawRecord): Answer {
    return decide(this, answerRecord(this, record), recordThreshold(this, record));
  }

  /**
   * Explains the margin of one raw record: the share of each column in log-odds, relative to numbers at their mean, no category and an
   * empty text; for a text also the shares of its words. Shares add up to margin - bias. With hidden layers they are integrated
   * gradients. For a student of images, the share of a column is the margin minus the margin without it, and `image` has that of each
   * cell of the image; these shares need not add up. It then takes about 70 times as long as predictRecord.
   * @param record values by column name
   * @throws DebkdError as predictRecord
   * @example
   * const { parts } = student.explain({ text: 'You have won a free prize' });
   * for (const { column, share } of parts) console.log(column, share);
   */
  explain(record: RawRecord): Explanation {
    return explain(this, record);
  }

  /**
   * Returns the names of a record's fields whose category the student does not know.
   * @throws DebkdError as predictRecord
   * @example
   * student.unknownFields({ age: 41, job: 'astronaut' }); // ['job']
   */
  unknownFields(record: RawRecord): string[] {
    return unknownFields(recordPlan(this.preprocessing), record);
  }

  /**
   * Returns the texts that the student lists, by column: its categories, and the values with a threshold of their own.
   * @example
   * const table = await readTable('rows.parquet', { listed: student.listedTexts() });
   */
  listedTexts(): ReadonlyMap<string, readonly string[]> {
    return listedTexts(this);
  }
}

/** The provenance without the promise of a deferral band. */
export function withoutPromise(provenance: StudentData['provenance']): StudentData['provenance'] {
  const { deferral: _, ...rest } = provenance;
  return rest;
}

/** A student file with other values could not be read again. @throws DebkdError `value` */
function checkDecision({ threshold, groupThresholds, defer }: StudentData): void {
  checkThreshold('student', threshold);
  for (const [value, own] of groupThresholds?.thresholds ?? []) checkThreshold(`student, group ${quote(value)}`, own);
  if (defer === undefined || isBand(defer)) return;
  const { from, to } = defer as DeferBand;
  throw new DebkdError('value', {
    subject: 'student',
    seen: `deferral band ${String(from)} to ${String(to)}`,
    expected: 'two numbers from 0 to 1, the lower one first',
  });
}
