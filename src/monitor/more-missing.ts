// Columns that are missing in many rows: a student answers such a row by its other columns, and nothing else would say so.
import type { MissingCount } from '../data/count-missing.ts';
import { missingTest } from '../data/missing.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { listedTexts } from '../data/raw-inputs.ts';
import { quote } from '../io/errors.ts';
import type { Statistics } from './histogram.ts';

/** A column that is missing in many rows. */
export interface ManyMissing {
  readonly column: string;
  /** Rows without a value. */
  readonly count: number;
  readonly rows: number;
  /** Share of the training rows without a value; absent where it is not known. */
  readonly training?: number;
}

/** The share that is many where the share in training is not known. */
const HALF = 0.5;
/** What a share must be above that in training, and in standard errors of the difference. */
const LEAST_DIFFERENCE = 0.1;
const STANDARD_ERRORS = 4;
/** Fewer rows say little. */
const FEWEST = 3;
/** Most columns that a warning names. */
const MAX_NAMED = 5;
/** What a count from 1 to 9, which a reference does not tell, is taken for. */
const SMALL = 5;

/**
 * The columns that are missing in clearly more rows than in training; where that is not known, in half of the rows or more.
 * @param rows number of rows that were counted
 */
export function manyMissing(
  counts: readonly Pick<MissingCount, 'column' | 'count'>[],
  rows: number,
  reference: Statistics | undefined,
): ManyMissing[] {
  return counts.flatMap(({ column, count }) => {
    if (count < FEWEST) return [];
    const bins = reference?.columns.find((one) => one.column === column);
    if (!reference || !bins) return count >= HALF * rows ? [{ column, count, rows }] : [];
    const training = (bins.missing ?? SMALL) / reference.rows;
    const p = Math.max(training, 1 / reference.rows);
    const error = Math.sqrt(p * (1 - p) * (1 / rows + 1 / reference.rows));
    const isMore = count / rows >= p + Math.max(LEAST_DIFFERENCE, STANDARD_ERRORS * error);
    return isMore ? [{ column, count, rows, training }] : [];
  });
}

/** What a warning says of such columns; undefined if there are none. */
export function missingWords(found: readonly ManyMissing[]): string | undefined {
  if (found.length === 0) return undefined;
  const more = found.length > MAX_NAMED ? `; and ${found.length - MAX_NAMED} more columns` : '';
  const isKnown = found.some(({ training }) => training !== undefined);
  return `missing in ${isKnown ? 'clearly more rows than in training' : 'half of the rows or more'}: ${found.slice(0, MAX_NAMED).map(columnWords).join('; ')}${more}; such rows are answered by the other columns`;
}

function columnWords({ column, count, rows, training }: ManyMissing): string {
  const before = training === undefined ? '' : ` (training: ${training === 0 ? 'none' : percent(training)})`;
  return `${quote(column)} in ${count} of ${rows} rows${before}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Counts the missing values of the columns that a student reads, in a stream of rows. */
export function missingCounter(
  { columns, missing }: Preprocessing,
  header: readonly string[],
): { add(rows: readonly (readonly string[])[]): void; list(): { column: string; count: number }[] } {
  const isMissing = missingTest(missing);
  const names = [...new Set(columns.filter(({ kind }) => kind !== 'image').map(({ name }) => name))];
  const found = names
    .map((column) => ({ column, place: header.indexOf(column), count: 0 }))
    .filter(({ place }) => place >= 0)
    .map((one) => ({ ...one, listed: new Set(listedTexts({ columns }, one.column)) }));
  return {
    add(rows) {
      for (const one of found) {
        const { place, listed } = one;
        for (const row of rows) {
          const text = row[place] as string;
          if (text === '' || (isMissing(text) && !listed.has(text))) one.count++;
        }
      }
    },
    list: () => found.map(({ column, count }) => ({ column, count })),
  };
}
