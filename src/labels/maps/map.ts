// The description of a map of label de-biasing.
import type { MapName } from '../debias-names.ts';

/** A kind of map with its hyperparameters. */
export interface DebiasMap {
  /** The kind of map. */
  readonly method: MapName;
  /** The ridge penalty of `residual`; absent: phi also has hinges of the margin, and each block of columns a penalty by evidence. */
  readonly penalty?: number;
  /** The basis of `residual`; default inputs. */
  readonly on?: Basis;
  /** The number of trees of `trees`. */
  readonly count?: number;
  /** With several teachers: the teacher whose margin it maps, from 1; 0: the logistic combination of all margins. */
  readonly teacher?: number;
}

/**
 * phi of `residual`: the student's inputs, the inputs and the teacher's features, the inputs with the n-grams of texts, or only the groups:
 * an intercept and a slope for each.
 */
export type Basis = 'inputs' | 'features' | 'texts' | 'groups';
