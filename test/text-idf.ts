// Weights by rarity inside a preprocessing, for tests of students whose text columns have `idf`.
import type { AnyDataset, Dataset, StoredDataset } from '../src/data/dataset.ts';
import { weighTexts } from '../src/data/encode-texts.ts';
import { TEXT_FIELD } from '../src/data/matrix.ts';
import type { Preprocessing } from '../src/data/preprocessing.ts';
import { isInMemory, matrixRows } from '../src/data/row-source.ts';
import { levelOf } from '../src/data/text-column.ts';
import type { TextRows } from '../src/data/text-rows.ts';
import { SHUFFLE_BLOCK_ROWS } from '../src/kernels/shuffle-block.ts';

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
