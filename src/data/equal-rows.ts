// Rows with equal features: those that several parts of a split share, and parts of few different rows.
import { FEW_DISTINCT } from './distinct-rows.ts';
import type { Split } from './split.ts';
import type { AnyTable, Table } from './table.ts';

/** Rows of one part whose features equal those of a row in another part. */
export interface SharedRows {
  /** The part used for selection or for measuring. */
  readonly part: 'validation' | 'test';
  /** The other part with the same rows. */
  readonly other: 'training' | 'validation';
  /** Number of rows of `part` that are in both. */
  readonly shared: number;
  /** Number of rows of `part`. */
  readonly rows: number;
}

/** Finds the parts that share rows, by the hashes of their features. */
export function sharedRows(table: Pick<Table, 'hashes'>, parts: Split): SharedRows[] {
  return sharedKeys(keysOf(table, parts));
}

/** The hashes of the rows of each part, ascending. */
type Keys = Readonly<Record<'train' | 'validation' | 'test', Float64Array>>;

function keysOf({ hashes }: Pick<Table, 'hashes'>, { train, validation, test }: Split): Keys {
  // sorted numbers: a set of millions of rows takes several times the memory
  const sorted = (rows: Uint32Array): Float64Array =>
    Float64Array.from(
      rows,
      (row) => (hashes[2 * row] as number) * 2 ** 21 + ((hashes[2 * row + 1] as number) >>> 11),
    ).sort();
  return { train: sorted(train), validation: sorted(validation), test: sorted(test) };
}

function sharedKeys({ train, validation, test }: Keys): SharedRows[] {
  const found: SharedRows[] = [];
  const compare = (
    part: SharedRows['part'],
    keys: Float64Array,
    other: SharedRows['other'],
    otherKeys: Float64Array,
  ): void => {
    const shared = countShared(keys, otherKeys);
    if (shared > 0) found.push({ part, other, shared, rows: keys.length });
  };
  compare('validation', validation, 'training', train);
  compare('test', test, 'training', train);
  compare('test', test, 'validation', validation);
  return found;
}

/** The number of different keys, which ascend. */
function countDifferent(keys: Float64Array): number {
  return keys.reduce((count, key, i) => (i > 0 && keys[i - 1] === key ? count : count + 1), 0);
}

/** With more rows of each kind on average, equal rows are what such a table has, and no copies. */
const USUAL_COPIES = 10;

/** Warns about parts that share rows, and about parts of few different rows. */
export function equalRowWarnings(table: AnyTable, parts: Split): string[] {
  const keys = keysOf(table, parts);
  const shared = sharedKeys(keys);
  if (shared.length === 0) return fewDifferent(keys, parts);
  if (keys.train.length >= USUAL_COPIES * countDifferent(keys.train)) return [];
  return shared.map(
    ({ part, other, shared: count, rows }) =>
      `${part}: ${count} of ${rows} rows have the same features as ${other} rows, so figures measured on them are too optimistic; ${remedyOf(parts)}`,
  );
}

function fewDifferent(keys: Keys, { groups, times }: Split): string[] {
  if (groups || times) return [];
  const few = (['validation', 'test'] as const).filter(
    (part) => keys[part].length >= 2 * FEW_DISTINCT && countDifferent(keys[part]) < FEW_DISTINCT,
  );
  if (few.length === 0) return [];
  const counts = few.map((part) => `${part} has ${countDifferent(keys[part])} among ${keys[part].length}`).join(', ');
  return [
    `few rows differ: ${counts}, because equal rows share a part; what is chosen and measured on them depends on few rows, and the intervals are too narrow. ${NUMBER_ROWS}`,
  ];
}

/** How to split a table of few different rows. */
export const NUMBER_ROWS =
  'Give the table a column that numbers the rows, leave it out as a feature (--drop COLUMN), and split by it (--split-by group:COLUMN)';

/** The number of `keys` that are among `others`; both ascend. */
function countShared(keys: Float64Array, others: Float64Array): number {
  let [shared, at] = [0, 0];
  for (const key of keys) {
    while (at < others.length && (others[at] as number) < key) at++;
    if (others[at] === key) shared++;
  }
  return shared;
}

/** What to do about equal rows in several parts. */
function remedyOf({ groups, times }: Split): string {
  if (groups) return 'the rows are of different groups: remove those that are copies';
  if (times) return 'the rows have different times: remove those that are copies';
  return 'split by hash, which keeps equal rows in one part';
}
