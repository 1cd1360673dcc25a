// What a student is, as plain data.
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Architecture } from './architecture.ts';
import type { Quantization } from './quantization.ts';

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
