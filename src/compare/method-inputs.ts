// Inputs of the methods of a comparison: computed once per seed and shared by all methods.
import type { ProgressOptions } from '../io/progress.ts';
import type { AblationComponent, DebiasMethod } from '../labels/debias-names.ts';
import { type DebiasedParts, debiasParts, type LabelledPart, type ValidationFit } from '../labels/debias-parts.ts';
import type { InfusionForm } from '../labels/infusion-forms.ts';
import type { Checkpoint } from '../student/checkpoint.ts';
import { getOrCompute } from '../student/checkpoint-parts.ts';
import { type Features, standardiseFeatures } from '../teacher/features.ts';

/** Options of the de-biased methods. An option that is given applies to every setting. */
export interface DebiasedOptions {
  /** Method of label de-biasing; default auto. */
  readonly debias?: DebiasMethod | undefined;
  /** Components that `auto` leaves out; default none. */
  readonly ablate?: readonly AblationComponent[] | undefined;
  /** Form and strength of knowledge infusion; default mix, with the strength of each setting. */
  readonly infusion?: { readonly form: InfusionForm; readonly strength?: number | 'auto' | undefined } | undefined;
  /** Temperature T of the loss; default: that of each setting. */
  readonly temperature?: number | undefined;
  /** Weight alpha of the soft term, from 0 to 1; default 1. */
  readonly alpha?: number | undefined;
  /** Targets of the selection loss; default debiased. */
  readonly select?: 'debiased' | 'labels' | undefined;
}

/** Rows with the teacher's margins and features. Costly inputs are computed on first use. */
export interface MethodInputs {
  /** Training rows. */
  readonly train: LabelledPart;
  /** Rows that select epochs, settings and thresholds. */
  readonly validation: LabelledPart;
  /** Options of the de-biased methods. */
  readonly debiasedOptions: DebiasedOptions;
  /** Returns the teacher's standardised features of the training rows; undefined where there are none. */
  hints(): Features | undefined;
  /** Returns the de-biased margins of both parts and the margins for selection. */
  debiased(): Promise<Omit<DebiasedParts, 'alternatives'>>;
}

/**
 * Prepares the inputs of the methods of a comparison.
 * @param options.choose chooses the weights of several teachers; default: halfway between their mean and their stack
 * @param options.kept checkpoint and part name for the result of `debiased`
 */
export function prepareInputs(
  train: LabelledPart,
  validation: LabelledPart,
  debiasedOptions: DebiasedOptions = {},
  options: {
    validationFit?: ValidationFit;
    kept?: { checkpoint: Checkpoint; name: string } | undefined;
    choose?: ((parts: DebiasedParts) => Promise<DebiasedParts>) | undefined;
  } & ProgressOptions = {},
): MethodInputs {
  const { kept, choose = async (parts) => parts, ...rest } = options;
  let debiasing: ReturnType<MethodInputs['debiased']> | undefined;
  let standardised: Features | undefined;
  return {
    train,
    validation,
    debiasedOptions,
    hints() {
      standardised ??= train.features && standardiseFeatures(train.features);
      return standardised;
    },
    async debiased() {
      debiasing ??= getOrCompute(kept?.checkpoint, kept?.name ?? '', async () => {
        const { debias: method, ablate } = debiasedOptions;
        const parts = await debiasParts(train, validation, { method, ablate, ...rest });
        const { debias, debiased, selectionMargins, leakage } = await choose(parts);
        return { debias, debiased, selectionMargins, leakage };
      });
      // forget a failure: a store that cannot be read or written may recover
      debiasing.catch(() => {
        debiasing = undefined;
      });
      return debiasing;
    },
  };
}
