// What a method of a comparison is.
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Selection } from '../student/selection.ts';
import type { Features } from '../teacher/features.ts';
import type { MethodInputs } from './method-inputs.ts';

/** A way to train a student; docs/method.md has what each learns from. */
export type BaseMethod =
  | 'hard'
  | 'kd'
  | 'kd-soft'
  | 'kd-logit'
  | 'fitnet'
  | 'rkd'
  | 'ka-shift'
  | 'ka-smooth'
  | 'wsld'
  | 'tfkd'
  | 'orthogonal'
  | 'debiased'
  | 'debiased-hint';
/** The same, or followed by calibration of the trained student on the labelled validation rows: `kd+calibration`. */
export type Method = BaseMethod | `${BaseMethod}+calibration`;

/** One choice of a method's knobs; those a method does not have are absent. */
export interface Setting {
  /** T of the loss. */
  readonly temperature?: number;
  /** Weight of the soft term. */
  readonly alpha?: number;
  /** Of knowledge infusion. */
  readonly strength?: number;
  /** Whether labels are de-biased; default true. */
  readonly debias?: boolean;
  /** Whether students are selected by the labels they learn, trees in full; default false. */
  readonly trees?: boolean;
  /** Weight of the hint. */
  readonly hint?: number;
  /** Of the virtual teacher. */
  readonly confidence?: number;
  /** Times the learning rate and the weight decay of all methods. */
  readonly learningRateScale?: number;
  /** Times the weight decay of all methods. */
  readonly weightDecayScale?: number;
}

/** A setting made ready for fit. */
export interface Plan {
  readonly targets: Targets;
  readonly loss: Loss;
  readonly selection: Selection;
  readonly features?: Features | undefined;
  /** Times the learning rate and the weight decay. */
  readonly learningRateScale?: number | undefined;
  readonly weightDecayScale?: number | undefined;
}

export interface MethodSpec {
  /** A method of ours: OwnOptions are for it. */
  readonly debiases?: boolean;
  readonly needsFeatures?: boolean;
  /** Uses the teacher's features where it has some. */
  readonly usesFeatures?: boolean;
  /** Settings that must beat the others by a standard error to be chosen: they lean on the teacher more. */
  rich?(setting: Setting): boolean;
  /** The first is taken where nothing is tuned; each method has as many. */
  readonly settings: readonly Setting[];
  plan(setting: Setting, inputs: MethodInputs): Plan | Promise<Plan>;
}
