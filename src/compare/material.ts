// What the methods of a comparison learn from: made once, shared by all of them.
import type { Watch } from '../io/progress.ts';
import { type DebiasedParts, debiasParts, type LabelledPart } from '../labels/debias-parts.ts';
import { type Features, standardiseFeatures } from '../teacher/features.ts';

/** Rows with what the teacher says of them; what is costly is made when a method first asks. */
export interface Material {
  readonly train: LabelledPart;
  readonly validation: LabelledPart;
  /** The teacher's features of the training rows, standardised, where it has some. */
  hints(): Features | undefined;
  /** De-biased margins of both parts, and what to choose by. */
  debiased(): Promise<Pick<DebiasedParts, 'debiased' | 'judge'>>;
}

export function prepareMaterial(train: LabelledPart, validation: LabelledPart, watch: Watch = {}): Material {
  let asked: Promise<DebiasedParts> | undefined;
  let standardised: Features | undefined;
  return {
    train,
    validation,
    hints() {
      standardised ??= train.features && standardiseFeatures(train.features);
      return standardised;
    },
    async debiased() {
      asked ??= debiasParts(train, validation, watch);
      return asked;
    },
  };
}
