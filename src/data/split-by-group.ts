// Splits rows by the hash of a value, which keeps the rows of one value together: in one part, and in one fold.
import { DebkdError, quote } from '../io/errors.ts';
import { bucketOf, FOLDS } from './folds.ts';
import { hashRows } from './hash.ts';
import { missingTest } from './missing.ts';
import { PART_NAMES, partOfHash, type Split, type SplitPart } from './split-parts.ts';
import type { AnyTable, Column } from './table.ts';

/**
 * Splits rows by the hash of the value of a column. A row without a value is a group of its own: its row hash counts.
 * @param limits shares of the groups before the validation part, and before the test part
 * @throws DebkdError `split` with one group, or with so few that a part is empty
 */
export function splitByGroup(table: AnyTable, column: Column, limits: readonly [number, number]): Split {
  const { hashes } = table;
  const isMissing = missingTest(table.missing);
  const missing = Uint8Array.from(column.texts, (text) => (isMissing(text) ? 1 : 0));
  const codes = Uint32Array.from(column.texts, (_, code) => code);
  const groupHashes = hashRows([{ ...column, codes }], column.texts.length);
  const folds = new Uint8Array(table.rows);
  const rows: Record<SplitPart, number[]> = { train: [], validation: [], test: [] };
  const groups: Record<SplitPart, Set<number>> = { train: new Set(), validation: new Set(), test: new Set() };
  let alone = 0;
  column.codes.forEach((code, row) => {
    const isAlone = missing[code] === 1;
    if (isAlone) alone++;
    const [words, at] = isAlone ? [hashes, row] : [groupHashes, code];
    folds[row] = bucketOf(words[2 * at + 1] as number);
    const part = partOfHash(words[2 * at] as number, limits);
    rows[part].push(row);
    // rows on their own have numbers of their own
    groups[part].add(isAlone ? column.texts.length + row : code);
  });
  const sizes = { train: groups.train.size, validation: groups.validation.size, test: groups.test.size };
  const total = sizes.train + sizes.validation + sizes.test;
  const empty = (['train', 'validation', 'test'] as const).filter(
    (part) => sizes[part] === 0 && (part !== 'test' || limits[1] < 1),
  );
  const usedFolds = new Set([...rows.train, ...rows.validation].map((row) => (folds[row] as number) % FOLDS));
  if (empty.length > 0 || usedFolds.size < 2) {
    throw new DebkdError('split', {
      subject: `data ${quote(table.name, 200)}, column ${quote(column.name)}`,
      seen:
        total === 1
          ? 'all rows have one value, which makes one group'
          : `by their hashes, its ${total} groups leave ${empty.length > 0 ? `no rows for ${empty.map((part) => PART_NAMES[part]).join(' or ')}` : 'only one fold for cross-fitting'}`,
      expected: 'many groups in each part',
      remedy: ['name a column with more values', { id: 'give-split' }],
    });
  }
  return {
    train: Uint32Array.from(rows.train),
    validation: Uint32Array.from(rows.validation),
    test: Uint32Array.from(rows.test),
    folds,
    groups: { ...sizes, alone },
  };
}
