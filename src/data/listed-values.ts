// Numbers and booleans of NDJSON and Parquet as the texts that a student knows, which may come from a CSV: True for true, 1.0 for 1.
import { missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import { sameValue } from './same-value.ts';
import type { RawRows, TableOptions } from './table.ts';

/** The texts, and the spellings of a missing value, which stay. */
interface Listed {
  readonly listed?: TableOptions['listed'];
  readonly missing?: readonly string[] | undefined;
}

/**
 * Makes a function that returns a row with the listed texts: a number or a boolean that is not listed becomes the one
 * listed text that is the same. Rows without such values are returned as they are.
 */
export function listedRow(
  { header, isPlain }: Pick<RawRows, 'header' | 'isPlain'>,
  { listed, missing }: Listed,
): (row: readonly string[]) => readonly string[] {
  if (!isPlain || !listed) return (row) => row;
  const isMissing = missingTest(missing);
  const columns = header.flatMap((name, j) => {
    const texts = listed.get(name) ?? [];
    return texts.length > 0 ? [{ j, texts: new Set(texts), same: sameValue(texts) }] : [];
  });
  return (row) => {
    let changed: string[] | undefined;
    for (const { j, texts, same } of columns) {
      const text = row[j] as string;
      if (texts.has(text) || isMissing(text)) continue;
      const found = same(text === 'true' || (text === 'false' ? false : parseNumber(text)));
      if (found === undefined || !isPlain(row, j)) continue;
      changed ??= [...row];
      changed[j] = found;
    }
    return changed ?? row;
  };
}

/** The rows with the listed texts. */
export function withListed(rows: RawRows, options: Listed): RawRows {
  if (!rows.isPlain || !options.listed) return rows;
  const asListed = listedRow(rows, options);
  const chunks = (async function* () {
    for await (const chunk of rows.chunks) yield chunk.map(asListed);
  })();
  return { ...rows, chunks };
}
