// Label de-biasing of a training and a validation part, each row by fits that did not see its label.
import type { AnyDataset } from '../data/dataset.ts';
import { checkLength } from '../io/check.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type Features, featureScale, joinFeatures, standardiseFeatures } from '../teacher/features.ts';
import type { AblationComponent } from './candidates.ts';
import type { DebiasMethod } from './debias-names.ts';
import { applyDebias, type Debias } from './label-debiasing.ts';
import { detectLeakage, type Leakage } from './leakage.ts';
import { type FittedParts, fitParts } from './sample.ts';

/** Rows, the teacher's margins for them, float64 [rows], and its features, where there are some. */
export interface LabelledPart {
  /** The rows. */
  readonly data: AnyDataset;
  /** The teacher's, float64 [rows]. */
  readonly margins: Float64Array;
  /** Not standardised; used where they are few enough. */
  readonly features?: Features | undefined;
}

/** De-biased margins of both parts, what to choose a student by, and the map that made them. */
export interface DebiasedParts {
  /** The map that made them. */
  readonly debias: Debias;
  /** De-biased margins, float64 [rows]. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** The best guess at the truth, to choose a student by; float64 [rows]. */
  readonly selectionMargins: { readonly train: Float64Array; readonly validation: Float64Array };
  /** Whether the teacher seems to have been fitted on the training rows. */
  readonly leakage: Leakage;
}

/** Numbers of features up to which they are used: with more rows there are labels enough for the inputs alone. */
export const MAX_FEATURES: number = 2 ** 22;

function fitsFeatures(train: LabelledPart, validation: LabelledPart): boolean {
  const width = train.features?.width ?? Infinity;
  return validation.features !== undefined && (train.data.rows + validation.data.rows) * width <= MAX_FEATURES;
}

/** Keeps the fit on held-out rows alone, which is the same whatever rows are trained on. */
export interface HeldOutFit {
  /** Made by the first call that needs it. */
  fit?: Promise<FittedParts>;
}

/**
 * Fits D on the labelled rows of both parts, cross-fitted: a label on a validation row shapes the corrected labels of other
 * rows, never its own. Where the teacher plainly was fitted on the training rows, its margins there are too good to learn
 * its bias from: then D is fitted on the validation rows alone. Of more than 32,768 rows a sample of 32,768 labelled ones is fitted
 * on: a map has few parameters, and no more rows change it.
 * @param options.heldOut for several calls with the same validation part and method
 * @throws DebkdError as fitDebias
 */
export async function debiasParts(
  train: LabelledPart,
  validation: LabelledPart,
  options: {
    method?: DebiasMethod | undefined;
    ablate?: readonly AblationComponent[] | undefined;
    heldOut?: HeldOutFit;
  } & ProgressOptions = {},
): Promise<DebiasedParts> {
  const { method = 'auto', ablate = [], heldOut = {}, signal, onProgress } = options;
  const watch = { method, ablate, signal, onProgress };
  for (const { data, margins } of [train, validation]) checkLength('label de-biasing', 'margins', margins, data.rows);
  const [v, w] = [train.margins, validation.margins];
  const leakage = detectLeakage(
    { margins: v, labels: train.data.labels },
    { margins: w, labels: validation.data.labels },
  );
  const both = fitsFeatures(train, validation) && [train.features as Features, validation.features as Features];
  const [own, held] = [
    { data: train.data, margins: v },
    { data: validation.data, margins: w },
  ];
  if (leakage.leaked) {
    const scale = both ? featureScale(both[1] as Features) : undefined;
    const [mine, theirs] = both ? both.map((features) => standardiseFeatures(features, scale)) : [];
    heldOut.fit ??= fitParts([{ ...held, features: theirs }], watch);
    const { debias, debiased, selectionMargins } = await heldOut.fit;
    const apply = (as: 'labels' | 'selection'): Float64Array => applyDebias(debias, v, train.data, mine, as);
    return {
      debias,
      debiased: { train: apply('labels'), validation: debiased[0] as Float64Array },
      selectionMargins: { train: apply('selection'), validation: selectionMargins[0] as Float64Array },
      leakage,
    };
  }
  const scale = both ? featureScale(joinFeatures(both)) : undefined;
  const [mine, theirs] = both ? both.map((features) => standardiseFeatures(features, scale)) : [];
  const parts = [
    { ...own, features: mine },
    { ...held, features: theirs },
  ];
  const { debias, debiased, selectionMargins } = await fitParts(parts, watch);
  const named = ([one, other]: readonly Float64Array[]) => ({
    train: one as Float64Array,
    validation: other as Float64Array,
  });
  return { debias, debiased: named(debiased), selectionMargins: named(selectionMargins), leakage };
}
