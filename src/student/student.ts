// A trained student: plain data that can be posted between threads and stored, with its preprocessing and threshold
// inside, and the methods that answer from it.

import type { AnyDataset } from '../data/dataset.ts';
import { denseMatrix, type Matrix, type StoredMatrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { DebkdError } from '../io/errors.ts';
import { layout } from '../kernels/layout.ts';
import type { Architecture } from './architecture.ts';
import { predict } from './inference-cache.ts';
import type { Quantization } from './quantization.ts';
import { type RawRecord, recordPlan, unknownFields } from './record.ts';
import { answerRecord } from './record-answer.ts';

/** What a student is made of. */
export interface StudentData {
  /** Its shape. */
  readonly architecture: Architecture;
  /** Layer after layer: weights [inputs x outputs] row-major, then biases; float32. */
  readonly parameters: Float32Array;
  /** How rows become its inputs. */
  readonly preprocessing: Preprocessing;
  /** Class 1 where the probability is at or above it. */
  readonly threshold: number;
  /** How it was made: versions, seed, teacher, options. JSON. */
  readonly provenance: Readonly<Record<string, unknown>>;
  /** How its training went; absent from a stored student. */
  readonly training?: Training | undefined;
  /** Where its weights were put into fewer bits (quantize); absent from a stored student. */
  readonly quantization?: Quantization | undefined;
}

/** How the training of a student went. */
export interface Training {
  /** The epoch kept, from 1, of `epochs`; of a logistic student that was fitted exactly, the place of its penalty in the path. */
  readonly epoch: number;
  /** Epochs that were trained, or penalties that were tried. */
  readonly epochs: number;
  /** Cross-entropy on the validation rows at that epoch; NaN without them. */
  readonly selectionLoss: number;
  /** Mean training loss and validation cross-entropy of each epoch, or penalty. */
  readonly history: readonly { readonly train: number; readonly validation: number }[];
  /** False where more epochs would have done better: the validation cross-entropy was still falling at the end. */
  readonly settled: boolean;
  /** Ridge penalty of a logistic student that was fitted exactly: lambda / 2 |w|^2 is added to the sum of losses. */
  readonly penalty?: number;
}

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
      throw new DebkdError(
        'student',
        `student: ${data.parameters.length} parameters, its architecture has ${size}; the data is damaged or of another student`,
      );
    }
    this.architecture = data.architecture;
    this.parameters = data.parameters;
    this.preprocessing = data.preprocessing;
    this.threshold = data.threshold;
    this.provenance = data.provenance;
    this.training = data.training;
    this.quantization = data.quantization;
  }

  /** What its classes were called in the table that it was trained on; undefined where nobody said. */
  get target(): Table['target'] {
    const { target } = this.provenance as { target?: Partial<NonNullable<Table['target']>> };
    const known = [target?.name, target?.positive, target?.negative].every((text) => typeof text === 'string');
    return known ? (target as Table['target']) : undefined;
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
      throw new DebkdError(
        'value',
        `student: rows of ${matrix.width} encoded columns, expected ${width}; encode them with the student's preprocessing`,
      );
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
