// Warnings about texts and groups.
import type { AnyDataset } from '../data/dataset.ts';
import { type Matrix, TEXT_FIELD } from '../data/matrix.ts';
import { matrixRows } from '../data/row-source.ts';
import { segmentLength, type TextRows } from '../data/text-rows.ts';
import { quote } from '../io/errors.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import { looksAtGroups } from '../labels/combine-maps.ts';
import type { Debias } from '../labels/debias.ts';

/** Warns about rows without text, and about groups that label de-biasing does not use. */
export function textWarnings(train: AnyDataset, validation: AnyDataset, debias: Debias): string[] {
  const warnings: string[] = [];
  const empty = countEmpty(train) + countEmpty(validation);
  if (empty > 0)
    warnings.push(
      `texts: ${empty} of ${train.rows + validation.rows} rows have no text, and the student answers them by the other columns alone. Leave them out if they are no real cases`,
    );
  const { groups } = train;
  if (groups && !debias.parts.some(looksAtGroups)) {
    const names = groups.preprocessing.columns.map(({ name }) => quote(name)).join(', ');
    warnings.push(
      `label de-biasing: it does not use the groups of ${names}, because a map without them has a clearly lower log-loss on the labelled rows (or there are too few). Label more rows of the groups if you expect a difference`,
    );
  }
  return warnings;
}

/** Rows whose texts have no n-gram. */
function countEmpty({ features, rows }: AnyDataset): number {
  if (!features.fieldColumns.includes(TEXT_FIELD)) return 0;
  const source = matrixRows(features);
  let count = 0;
  for (let from = 0; from < rows; from += SHUFFLE_BLOCK_ROWS)
    count += emptyIn(source.read(from, Math.min(rows, from + SHUFFLE_BLOCK_ROWS)));
  return count;
}

function emptyIn({ rows, fields, fieldColumns, data, texts }: Matrix): number {
  const all = texts as TextRows;
  const words = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === TEXT_FIELD);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const isEmpty = words.every((s) => {
      const segment = data[i * fields + s] as number;
      return segmentLength(all, segment) === 0 && all.unseen[segment] === 0;
    });
    if (isEmpty) count++;
  }
  return count;
}
