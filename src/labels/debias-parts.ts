// Label de-biasing of a training and a validation part, each row by fits that did not see its label.
import { type Dataset, joinRows } from '../data/dataset.ts';
import type { Watch } from '../io/progress.ts';
import { type Features, featureScale, joinFeatures, standardiseFeatures } from '../teacher/features.ts';
import type { Ingredient } from './candidates.ts';
import type { DebiasMethod } from './debias-names.ts';
import { applyDebias, type Debias, fitDebias } from './label-debiasing.ts';
import { detectLeakage, type Leakage } from './leakage.ts';

/** Rows, the teacher's margins for them, float64 [rows], and its features, where there are some. */
export interface LabelledPart {
  readonly data: Dataset;
  readonly margins: Float64Array;
  readonly features?: Features | undefined;
}

export interface DebiasedParts {
  readonly debias: Debias;
  /** De-biased margins, float64 [rows]. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** The best guess at the truth, to choose a student by; float64 [rows]. */
  readonly judge: { readonly train: Float64Array; readonly validation: Float64Array };
  readonly leakage: Leakage;
}

/** Numbers of features up to which they are used: with more rows there are labels enough for the inputs alone. */
export const MOST_FEATURES: number = 2 ** 22;

function fitsFeatures(train: LabelledPart, validation: LabelledPart): boolean {
  const width = train.features?.width ?? Infinity;
  return validation.features !== undefined && (train.data.rows + validation.data.rows) * width <= MOST_FEATURES;
}

/** Keeps the fit on held-out rows alone, which is the same whatever rows are trained on. */
export interface HeldOutFit {
  fit?: Promise<Debias>;
}

/**
 * Fits D on the labelled rows of both parts, cross-fitted: a label on a validation row shapes the corrected labels of other
 * rows, never its own. Where the teacher plainly was fitted on the training rows, its margins there are too good to learn
 * its bias from: then D is fitted on the validation rows alone.
 * @param options.heldOut for several calls with the same validation part and method
 * @throws DebkdError as fitDebias
 */
export async function debiasParts(
  train: LabelledPart,
  validation: LabelledPart,
  options: {
    method?: DebiasMethod | undefined;
    leaveOut?: readonly Ingredient[] | undefined;
    heldOut?: HeldOutFit;
  } & Watch = {},
): Promise<DebiasedParts> {
  const { method = 'auto', leaveOut = [], heldOut = {}, signal, onProgress } = options;
  const watch = { method, leaveOut, signal, onProgress };
  const [v, w] = [train.margins, validation.margins];
  const leakage = detectLeakage(
    { margins: v, labels: train.data.labels },
    { margins: w, labels: validation.data.labels },
  );
  const both = fitsFeatures(train, validation) && [train.features as Features, validation.features as Features];
  if (leakage.leaked) {
    const scale = both ? featureScale(both[1] as Features) : undefined;
    const scaled = both ? both.map((features) => standardiseFeatures(features, scale)) : undefined;
    heldOut.fit ??= fitDebias(w, validation.data, { ...watch, features: scaled?.[1] });
    const debias = await heldOut.fit;
    const debiased = { train: applyDebias(debias, v, train.data, scaled?.[0]), validation: debias.crossFitted };
    const judge = { train: applyDebias(debias, v, train.data, scaled?.[0], 'judge'), validation: debias.judge };
    return { debias, debiased, judge, leakage };
  }
  const n = train.data.rows;
  const margins = new Float64Array(n + validation.data.rows);
  margins.set(v);
  margins.set(w, n);
  const features = both ? standardiseFeatures(joinFeatures(both)) : undefined;
  const debias = await fitDebias(margins, joinRows(train.data, validation.data), { ...watch, features });
  const debiased = { train: debias.crossFitted.slice(0, n), validation: debias.crossFitted.slice(n) };
  const judge = { train: debias.judge.slice(0, n), validation: debias.judge.slice(n) };
  return { debias, debiased, judge, leakage };
}
