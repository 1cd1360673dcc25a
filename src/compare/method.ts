// Types of a comparison's methods.
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Selection } from '../student/selection.ts';
import type { Features } from '../teacher/features.ts';
import type { MethodInputs } from './method-inputs.ts';

/** A training method; docs/method.md describes each and gives its source. */
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
/** A method, or one followed by calibration of the trained student on the labelled validation rows: `kd+calibration`. */
export type Method = BaseMethod | `${BaseMethod}+calibration` | AloneMethod;
/** A method with one of several teachers alone, named after it: `kd@a`. */
export type AloneMethod = `${BaseMethod}@${string}`;

/** One combination of a method's hyperparameters; those it does not have are absent. */
export interface Setting {
  /** Temperature T of the loss. */
  readonly temperature?: number;
  /** Weight alpha of the soft term. */
  readonly alpha?: number;
  /** Strength of knowledge infusion. */
  readonly strength?: number;
  /** Whether labels are de-biased; default true. */
  readonly debias?: boolean;
  /** Whether students learn the margins for selection, which have the trees at full weight; default false. */
  readonly trees?: boolean;
  /** Weight of the hint. */
  readonly hint?: number;
  /** Confidence of the virtual teacher. */
  readonly confidence?: number;
  /** Factor of the learning rate that all methods share. */
  readonly learningRateScale?: number;
  /** Factor of the weight decay that all methods share. */
  readonly weightDecayScale?: number;
}

/** The arguments of fit for one setting. */
export interface Plan {
  /** The setting with the values used in training, where options or the number of labels change them; default: as given. */
  readonly trained?: Setting;
  readonly targets: Targets;
  readonly loss: Loss;
  readonly selection: Selection;
  /** The targets to choose the threshold by; default: the labels of the validation rows. */
  readonly thresholdTargets?: readonly Selection[] | undefined;
  readonly features?: Features | undefined;
  /** Factors of the learning rate and the weight decay. */
  readonly learningRateScale?: number | undefined;
  readonly weightDecayScale?: number | undefined;
}

/** Definition of a method. */
export interface MethodSpec {
  /** Whether the method de-biases labels: DebiasedOptions apply to it. */
  readonly debiases?: boolean;
  /** Whether the method does not apply without the teacher's features. */
  readonly needsFeatures?: boolean;
  /** Whether the method uses the teacher's features if there are some. */
  readonly usesFeatures?: boolean;
  /**
   * Whether a setting relies on the teacher more. Such a setting must beat the others by a standard error to be chosen; where labels of one
   * class are few, the others must beat it.
   */
  rich?(setting: Setting): boolean;
  /** Settings to try, the same number for each method; without tuning only the first is used. */
  readonly settings: readonly Setting[];
  /** Makes the arguments of fit for a setting. */
  plan(setting: Setting, inputs: MethodInputs): Plan | Promise<Plan>;
}
