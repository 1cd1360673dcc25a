// What the methods of a comparison learn from: made once, shared by all of them.
import type { Watch } from '../io/progress.ts';
import type { Ingredient } from '../labels/candidates.ts';
import type { DebiasMethod } from '../labels/debias-names.ts';
import { type DebiasedParts, debiasParts, type HeldOutFit, type LabelledPart } from '../labels/debias-parts.ts';
import type { InfusionForm } from '../labels/infusion-forms.ts';
import type { Checkpoint } from '../student/checkpoint.ts';
import { once } from '../student/checkpoint-parts.ts';
import { type Features, standardiseFeatures } from '../teacher/features.ts';

/** How the methods of ours are made; each knob that is given is the same in all of their settings. */
export interface OwnOptions {
  /** Default auto. */
  readonly debias?: DebiasMethod | undefined;
  /** What `auto` does without. */
  readonly leaveOut?: readonly Ingredient[] | undefined;
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
export interface Material {
  /** Rows to learn from. */
  readonly train: LabelledPart;
  /** Rows to choose by. */
  readonly validation: LabelledPart;
  /** How the methods of ours are made. */
  readonly own: OwnOptions;
  /** The teacher's features of the training rows, standardised, where it has some. */
  hints(): Features | undefined;
  /** De-biased margins of both parts, and what to choose by. */
  debiased(): Promise<Pick<DebiasedParts, 'debiased' | 'judge'>>;
}

/**
 * Gathers what the methods of a comparison learn from.
 * @param options.kept where what `debiased` makes is kept, and under which name
 */
export function prepareMaterial(
  train: LabelledPart,
  validation: LabelledPart,
  own: OwnOptions = {},
  options: { heldOut?: HeldOutFit; kept?: { checkpoint: Checkpoint; name: string } | undefined } & Watch = {},
): Material {
  const { kept, ...rest } = options;
  let asked: ReturnType<Material['debiased']> | undefined;
  let standardised: Features | undefined;
  return {
    train,
    validation,
    own,
    hints() {
      standardised ??= train.features && standardiseFeatures(train.features);
      return standardised;
    },
    async debiased() {
      asked ??= once(kept?.checkpoint, kept?.name ?? '', async () => {
        const { debias: method, leaveOut } = own;
        const { debiased, judge } = await debiasParts(train, validation, { method, leaveOut, ...rest });
        return { debiased, judge };
      });
      // what could not be read or written may be tried again
      asked.catch(() => {
        asked = undefined;
      });
      return asked;
    },
  };
}
