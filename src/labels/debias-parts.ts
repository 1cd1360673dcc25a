// Label de-biasing of a training and a validation part, each by a fit that did not see its labels.
import type { Dataset } from '../data/dataset.ts';
import type { Watch } from '../io/progress.ts';
import type { DebiasMethod } from './debias-methods.ts';
import { applyDebias, type Debias, fitDebias } from './label-debiasing.ts';
import { detectLeakage, type Leakage } from './leakage.ts';

/** Rows and the teacher's margins for them, float64 [rows]. */
export interface LabelledPart {
  readonly data: Dataset;
  readonly margins: Float64Array;
}

export interface DebiasedParts {
  readonly debias: Debias;
  /** De-biased margins, float64 [rows]. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  readonly leakage: Leakage;
}

/**
 * Fits D on the training rows, cross-fitted there. Where the teacher plainly was fitted on them, its margins there are too
 * good to learn its bias from: then D is fitted on the validation rows alone.
 * @throws DebkdError as fitDebias
 */
export async function debiasParts(
  train: LabelledPart,
  validation: LabelledPart,
  { method = 'auto', signal, onProgress }: { method?: DebiasMethod | undefined } & Watch = {},
): Promise<DebiasedParts> {
  const [v, w] = [train.margins, validation.margins];
  const leakage = detectLeakage(
    { margins: v, labels: train.data.labels },
    { margins: w, labels: validation.data.labels },
  );
  if (leakage.leaked) {
    const debias = await fitDebias(w, validation.data, { method, signal, onProgress });
    const debiased = { train: applyDebias(debias, v, train.data), validation: debias.crossFitted };
    return { debias, debiased, leakage };
  }
  const debias = await fitDebias(v, train.data, { method, signal, onProgress });
  const debiased = { train: debias.crossFitted, validation: applyDebias(debias, w, validation.data) };
  return { debias, debiased, leakage };
}
