// Whether the n-grams of texts weigh by their rarity (inverse document frequency). It helps most data and hurts some: they do,
// unless a logistic student of the teacher's own answers is better without by one standard error on the validation rows.
import type { AnyDataset, Dataset, StoredDataset } from '../data/dataset.ts';
import { textColumnsOf, weighTexts } from '../data/encode-texts.ts';
import { TEXT_FIELD } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { isInMemory, matrixRows } from '../data/row-source.ts';
import { levelOf } from '../data/text-column.ts';
import type { TextRows } from '../data/text-rows.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { distillation } from '../loss/distillation.ts';
import { fit } from './fit.ts';
import { debiasedSelection, type Selection } from './selection.ts';

/** Encoded parts whose texts are weighed alike. */
export interface WeighedParts {
  readonly train: AnyDataset;
  readonly validation: AnyDataset;
  /** How the choice was made; absent where nothing was chosen. */
  readonly textWeights?: TextChoice;
}

/** The choice of text weights: the validation loss with weights by rarity, minus that without. */
export interface TextChoice {
  readonly taken: boolean;
  readonly difference: number;
  /** Paired standard error of `difference`. */
  readonly standardError: number;
}

/** The label's share of the selection targets. */
const LABEL_SHARE = 0.5;

/**
 * Chooses the weights of n-grams. Parts without texts, and parts whose texts have weights already, are returned as they are.
 * @param margins the teacher's margins of both parts, float64 [rows]; NaN for a row without a soft label
 */
export async function chooseTextWeights(
  { train, validation }: Pick<WeighedParts, 'train' | 'validation'>,
  margins: { readonly train: Float64Array; readonly validation: Float64Array },
  { signal }: Pick<ProgressOptions, 'signal'> = {},
): Promise<WeighedParts> {
  const texts = textColumnsOf(train.preprocessing);
  const given = { train, validation };
  if (texts.length === 0 || texts.some(({ idf }) => idf)) return given;
  const weighed = weighByRarity(train);
  const parts = { train: withWeights(train, weighed), validation: withWeights(validation, weighed) };
  const lossesOf = async (from: WeighedParts): Promise<Float64Array> => {
    const selection = debiasedSelection(from.validation, margins.validation, LABEL_SHARE);
    const options = { seed: 0, validation: selection, signal };
    const student = await fit({ hidden: [] }, from.train, { margins: margins.train }, distillation(), options);
    return crossEntropies(student.margins(from.validation), selection);
  };
  const [equal, rarity] = [await lossesOf(given), await lossesOf(parts)];
  const differences = rarity.map((loss, i) => loss - (equal[i] as number));
  const difference = mean(differences);
  const variance = mean(differences.map((x) => (x - difference) * (x - difference)));
  const standardError = Math.sqrt(variance / differences.length);
  const taken = !(difference > standardError);
  return { ...(taken ? parts : given), textWeights: { taken, difference, standardError } };
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

/** The preprocessing of rows, with weights by rarity among these rows. */
export function weighByRarity({ features, preprocessing, rows }: AnyDataset): Preprocessing {
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
  return {
    ...preprocessing,
    columns: preprocessing.columns.map((column) => {
      if (column.kind !== 'text') return column;
      const levels = Array.from(counts.subarray(column.offset, column.offset + column.width), (count) =>
        levelOf(Math.max(1, count)),
      );
      return { ...column, idf: { rows, levels: levels.join('') } };
    }),
  };
}

/** The same rows with the text weights of another preprocessing. */
export function withWeights(data: AnyDataset, preprocessing: Preprocessing): AnyDataset {
  const { features } = data;
  if (isInMemory(features))
    return { ...(data as Dataset), preprocessing, features: weighTexts(features, preprocessing) };
  const weighed = {
    ...features,
    read: (from: number, to: number) => weighTexts(features.read(from, to), preprocessing),
  };
  return { ...(data as StoredDataset), preprocessing, features: weighed };
}
