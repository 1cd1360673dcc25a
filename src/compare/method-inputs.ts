// What the methods of a comparison learn from: made once, shared by all of them.
import type { ProgressOptions } from '../io/progress.ts';
import type { AblationComponent } from '../labels/candidates.ts';
import type { DebiasMethod } from '../labels/debias-names.ts';
import { type DebiasedParts, debiasParts, type LabelledPart, type ValidationFit } from '../labels/debias-parts.ts';
import type { InfusionForm } from '../labels/infusion-forms.ts';
import type { Checkpoint } from '../student/checkpoint.ts';
import { getOrCompute } from '../student/checkpoint-parts.ts';
import { type Features, standardiseFeatures } from '../teacher/features.ts';

/** How the methods of ours are made; each knob that is given is the same in all of their settings. */
export interface DebiasedOptions {
  /** Default auto. */
  readonly debias?: DebiasMethod | undefined;
  /** What `auto` does without. */
  readonly ablate?: readonly AblationComponent[] | undefined;
  /** Default mix, with the strength of each setting. */
  readonly infusion?: { readonly form: InfusionForm; readonly strength?: number | 'auto' | undefined } | undefined;
  /** T of the loss; default that of each setting. */
  readonly temperature?: number | undefined;
  /** Weight of the corrected labels; default 1. */
  readonly alpha?: number | undefined;
  /** Default debiased. */
  readonly select?: 'debiased' | 'labels' | undefined;
}

/** Rows with what the teacher says of them; what is costly is made when a method first asks. */
export interface MethodInputs {
  /** Rows to learn from. */
  readonly train: LabelledPart;
  /** Rows to choose by. */
  readonly validation: LabelledPart;
  /** How the methods of ours are made. */
  readonly debiasedOptions: DebiasedOptions;
  /** The teacher's features of the training rows, standardised, where it has some. */
  hints(): Features | undefined;
  /** De-biased margins of both parts, and what to choose by. */
  debiased(): Promise<Pick<DebiasedParts, 'debiased' | 'selectionMargins'>>;
}

/**
 * Gathers what the methods of a comparison learn from.
 * @param options.kept where what `debiased` makes is kept, and under which name
 */
export function prepareInputs(
  train: LabelledPart,
  validation: LabelledPart,
  debiasedOptions: DebiasedOptions = {},
  options: {
    validationFit?: ValidationFit;
    kept?: { checkpoint: Checkpoint; name: string } | undefined;
  } & ProgressOptions = {},
): MethodInputs {
  const { kept, ...rest } = options;
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
        const { debiased, selectionMargins } = await debiasParts(train, validation, { method, ablate, ...rest });
        return { debiased, selectionMargins };
      });
      // what could not be read or written may be tried again
      debiasing.catch(() => {
        debiasing = undefined;
      });
      return debiasing;
    },
  };
}
