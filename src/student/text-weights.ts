// Whether rare n-grams of texts are penalised less: by the square of their inverse document frequency, as if their values were
// multiplied by it, but nothing of it is needed for predictions. It helps most data and hurts some: they are, unless a logistic
// student of the teacher's own answers is better without by one standard error on the validation rows.
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import { TEXT_FIELD } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import type { TextRows } from '../data/text-rows.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { log } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { distillation } from '../loss/distillation.ts';
import { fit } from './fit.ts';
import { debiasedSelection, type Selection } from './selection.ts';

/** The choice of penalties: the validation loss with penalties by rarity, minus that without. */
export interface TextChoice {
  readonly taken: boolean;
  /** The ridge penalty of the better student. */
  readonly penalty: number;
  readonly difference: number;
  /** Paired standard error of `difference`. */
  readonly standardError: number;
}

/** A coarse path of ridge penalties. */
const PENALTIES: readonly number[] = [0.3, 0.1, 0.03, 0.01, 0.003];
/** The label's share of the selection targets. */
const LABEL_SHARE = 0.5;

/**
 * Chooses the penalties of n-grams. Without texts, or where the texts have weights of their own, the rows are returned as they are.
 * @param margins the teacher's margins of both parts, float64 [rows]; NaN for a row without a soft label
 * @returns the training rows, with or without penaltyFactors, and how they were chosen
 */
export async function chooseTextWeights(
  { train, validation }: { readonly train: AnyDataset; readonly validation: AnyDataset },
  margins: { readonly train: Float64Array; readonly validation: Float64Array },
  { signal }: Pick<ProgressOptions, 'signal'> = {},
): Promise<{ train: AnyDataset; textWeights?: TextChoice }> {
  const texts = textColumnsOf(train.preprocessing);
  if (texts.length === 0 || texts.some(({ idf }) => idf) || train.penaltyFactors) return { train };
  const weighed = { ...train, penaltyFactors: rarityFactors(train) };
  const selection = debiasedSelection(validation, margins.validation, LABEL_SHARE);
  const tryRows = async (rows: AnyDataset): Promise<{ losses: Float64Array; penalty: number }> => {
    const options = { seed: 0, validation: selection, signal, path: { penalties: PENALTIES, rough: true } };
    const student = await fit({ hidden: [] }, rows, { margins: margins.train }, distillation(), options);
    const penalty = student.training?.penalty ?? Number.NaN;
    return { losses: crossEntropies(student.margins(validation), selection), penalty };
  };
  const [equal, rarity] = [await tryRows(train), await tryRows(weighed)];
  const differences = rarity.losses.map((loss, i) => loss - (equal.losses[i] as number));
  const difference = mean(differences);
  const variance = mean(differences.map((x) => (x - difference) * (x - difference)));
  const standardError = Math.sqrt(variance / differences.length);
  const taken = !(difference > standardError);
  return {
    train: taken ? weighed : train,
    textWeights: { taken, penalty: (taken ? rarity : equal).penalty, difference, standardError },
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The cross-entropy of each row of a selection. */
function crossEntropies(margins: Float64Array, { rows, targets }: Selection): Float64Array {
  using arena = openArena();
  const z = arena.put(Float64Array.from(rows, (row) => margins[row] as number));
  const out = arena.reserve(8 * rows.length);
  const [asZero, asOne] = [0, 1].map((label) => {
    arena.kernels.labelLosses(z, arena.put(new Int8Array(rows.length).fill(label)), rows.length, out);
    return arena.f64(out, rows.length);
  }) as [Float64Array, Float64Array];
  return targets.map((t, i) => t * (asOne[i] as number) + (1 - t) * (asZero[i] as number));
}

/**
 * Factors of the ridge penalty, float64 [encoded columns]: 1 / idf^2 of n-grams, divided by their mean, and 1 of other columns.
 * idf is log((1 + rows) / (1 + d)) + 1, where d is the number of rows with the n-gram.
 */
export function rarityFactors({ features, preprocessing, rows }: AnyDataset): Float64Array {
  const counts = countRows(features, rows);
  const factors = new Float64Array(features.width).fill(1);
  for (const { offset, width } of textColumnsOf(preprocessing)) {
    let sum = 0;
    for (let j = offset; j < offset + width; j++) {
      const idf = log((1 + rows) / (1 + (counts[j] as number))) + 1;
      factors[j] = 1 / (idf * idf);
      sum += factors[j] as number;
    }
    for (let j = offset; j < offset + width; j++) factors[j] = ((factors[j] as number) * width) / sum;
  }
  return factors;
}

/** The number of rows with each n-gram; [encoded columns]. */
export function countRows(features: AnyDataset['features'], rows: number): Uint32Array {
  const counts = new Uint32Array(features.width);
  const source = matrixRows(features);
  for (let from = 0; from < rows; from += SHUFFLE_BLOCK_ROWS) {
    const { data, fields, fieldColumns, texts } = source.read(from, Math.min(rows, from + SHUFFLE_BLOCK_ROWS));
    const { offsets, columns } = texts as TextRows;
    for (const [s, column] of fieldColumns.entries()) {
      if (column !== TEXT_FIELD) continue;
      for (let word = s; word < data.length; word += fields) {
        const segment = data[word] as number;
        for (let at = offsets[segment] as number; at < (offsets[segment + 1] as number); at++)
          counts[columns[at] as number] = (counts[columns[at] as number] as number) + 1;
      }
    }
  }
  return counts;
}
