// Weights by rarity inside a preprocessing, for tests of students whose text columns have `idf`.
import type { AnyDataset, Dataset, StoredDataset } from '../src/data/dataset.ts';
import { weighTexts } from '../src/data/encode-texts.ts';
import type { Preprocessing } from '../src/data/preprocessing.ts';
import { isInMemory } from '../src/data/row-source.ts';
import { levelOf } from '../src/data/text-column.ts';
import { countRows } from '../src/student/text-weights.ts';

/** The preprocessing of rows, with weights by rarity among these rows. */
export function weighByRarity({ features, preprocessing, rows }: AnyDataset): Preprocessing {
  const counts = countRows(features, rows);
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
