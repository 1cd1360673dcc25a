// A student as plain data.
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Architecture } from './architecture.ts';
import type { DeferBand } from './decide.ts';
import type { GroupThresholds } from './group-thresholds.ts';
import type { Quantization } from './quantization.ts';

/** The data of a student. */
export interface StudentData {
  /** Hidden widths, activation, residual connections. */
  readonly architecture: Architecture;
  /** For each layer its weights [inputs x outputs] row-major, then its biases; float32. */
  readonly parameters: Float32Array;
  /** Encoding of rows as inputs. */
  readonly preprocessing: Preprocessing;
  /** Probability from which on the predicted label is 1, from 0 to 1. */
  readonly threshold: number;
  /** Thresholds by the values of a column (distill: thresholdPer); absent for a student with one threshold. */
  readonly groupThresholds?: GroupThresholds | undefined;
  /** The band of probabilities in which it defers (chooseDeferral); absent for a student that answers everything. */
  readonly defer?: DeferBand | undefined;
  /** Origin of the student as JSON data: versions, seed, teacher, options. */
  readonly provenance: Readonly<Record<string, unknown>>;
  /** Record of its training; not stored in the student file. */
  readonly training?: Training | undefined;
  /** Quantised form of its weights (quantize); not stored in the student file. */
  readonly quantization?: Quantization | undefined;
}

/** Record of a student's training. */
export interface Training {
  /** The epoch kept, counted from 1; for a logistic student fitted by newton, the position of its penalty in the path. */
  readonly epoch: number;
  /** Number of epochs trained, or of penalties tried. */
  readonly epochs: number;
  /** Selection loss of the epoch kept: cross-entropy on the validation rows; NaN without them. */
  readonly selectionLoss: number;
  /** Mean training loss and selection loss of each epoch, or penalty. */
  readonly history: readonly { readonly train: number; readonly validation: number }[];
  /** Whether training converged. False when the selection loss was still falling at the last epoch, or newton did not converge. */
  readonly settled: boolean;
  /** Ridge penalty lambda of a logistic student fitted by newton: lambda / 2 |w|^2 is added to the sum of losses. */
  readonly penalty?: number;
}
