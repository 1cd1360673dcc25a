// De-biased margins from fits without one fold of the labelled rows, for choices that no label of that fold may reach.
import { type AnyDataset, concatRows, type Dataset, selectRows } from '../data/dataset.ts';
import { FOLDS } from '../data/folds.ts';
import { allRows, isInMemory } from '../data/row-source.ts';
import { labelledMeanOne } from '../data/row-weights.ts';
import { openArena } from '../kernels/memory.ts';
import { featureScale, joinFeatures, standardiseFeatures } from '../teacher/features.ts';
import { usedFeatures } from './apply-parts.ts';
import type { DebiasedParts, LabelledPart } from './debias-parts.ts';
import { applyMap, fitMap } from './maps/maps.ts';
import { placeProblem } from './maps/problem.ts';
import { MAX_FITTED } from './sample.ts';
import { weightedMean } from './stack.ts';

/**
 * The de-biased margins of the training rows for each fold, with the chosen maps fitted again without the labels of the fold.
 * @param fitted what debiasParts returned for the same parts
 * @returns a function from a fold, 0 .. 4, to float64 [training rows]; undefined where maps cannot be fitted again cheaply: with
 * several teachers, rows without a soft label, or more than 32,768 rows
 */
export function debiasedWithout(
  fitted: Pick<DebiasedParts, 'debias' | 'debiased' | 'leakage'>,
  train: LabelledPart,
  validation: LabelledPart,
): ((fold: number) => Float64Array) | undefined {
  const { debias, leakage } = fitted;
  const parts = [train, validation];
  const rows = train.data.rows + validation.data.rows;
  const isPlain = parts.every(({ margins, teachers }) => !teachers && !margins.some(Number.isNaN));
  if (!isPlain || rows > MAX_FITTED || debias.parts.some(({ teacher }) => teacher !== undefined)) return undefined;
  const joined = concatRows(inMemory(train.data), inMemory(validation.data));
  const margins = Float64Array.from([...train.margins, ...validation.margins]);
  const all = train.features && validation.features && joinFeatures([train.features, validation.features]);
  // the scale of the fit: of the validation rows alone if the teacher was fitted on the training rows
  const scale = all && featureScale(leakage.leaked && validation.features ? validation.features : all);
  const hidden = usedFeatures(debias, all && standardiseFeatures(all, scale));
  const labels = leakage.leaked ? joined.labels.map((y, i) => (i < train.data.rows ? -1 : y)) : joined.labels;
  const { weights: given, ...rest } = joined;
  const data = { ...rest, labels, ...(given && { weights: labelledMeanOne(given, labels) }) };
  const count = train.data.rows;
  return (fold) => {
    using arena = openArena();
    const masked = data.labels.map((y, i) => ((data.folds[i] as number) % FOLDS === fold ? -1 : y));
    const problem = placeProblem(arena, margins, { ...data, labels: masked }, hidden);
    const without = (skip: number): Float64Array => {
      const columns = debias.parts.map((part) => applyMap(problem, part, fitMap(problem, part, skip)));
      const weights = debias.parts.map(({ weight }) => weight);
      return columns.length === 1 ? (columns[0] as Float64Array) : weightedMean(weights, columns);
    };
    const d = without(-1).slice(0, count);
    // a labelled row gets its d from a fit without its own fold, too: one that saw its label would make it too certain
    for (let own = 0; own < FOLDS; own++) {
      if (own === fold) continue;
      const other = without(own);
      for (let i = 0; i < count; i++)
        if ((data.folds[i] as number) % FOLDS === own && (masked[i] as number) >= 0) d[i] = other[i] as number;
    }
    return d;
  };
}

/** The rows in memory; there are at most MAX_FITTED. */
function inMemory(data: AnyDataset): Dataset {
  return isInMemory(data.features) ? (data as Dataset) : selectRows(data, allRows(data));
}
