// Finds numbers whose points probably separate thousands, such as 1.381 next to 409: they are read as decimals.
import { textAt } from './byte-texts.ts';
import { columnNumbers } from './column-numbers.ts';
import { countCodes } from './missing.ts';
import { allRows, featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** A numeric column whose points may separate thousands. */
export interface PointThousands {
  /** The column's name. */
  readonly column: string;
  /** A value with a point, as the data has it. */
  readonly value: string;
  /** A value without one. */
  readonly whole: string;
}

/** Rows examined. */
const MAX_ROWS = 20_000;
/** Fewest different values of each kind; fewer may be a coincidence. */
const MIN_VALUES = 5;
/** Such as 1.381: programs that write decimals would leave out a last zero, or write three digits everywhere. */
const POINTED = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const WHOLE = /^[+-]?\d{1,3}$/;

/**
 * The columns in which every number is either below 1,000 without a point, or has a point before exactly three digits.
 * @param names of the numeric columns to examine
 * @param rows row numbers; ascending for a stored table
 */
export function findPointThousands(table: AnyTable, names: readonly string[], rows: Uint32Array): PointThousands[] {
  const features = featureNames(table);
  const columns = names
    .map((name) => ({ name, place: features.indexOf(name), pointed: new Set<string>(), whole: new Set<string>() }))
    .filter(({ place }) => place >= 0);
  let open = columns;
  for (const { chunk, rows: local = allRows(chunk) } of tableChunks(table, rows.subarray(0, MAX_ROWS))) {
    open = open.filter((one) =>
      addValues(one, chunk.columns[one.place] as Column, { rows: local, missing: table.missing }),
    );
  }
  return open.flatMap(({ name, pointed, whole }) => {
    const [value, other] = [[...pointed][0], [...whole][0]];
    if (value === undefined || other === undefined) return [];
    return pointed.size < MIN_VALUES || whole.size < MIN_VALUES ? [] : [{ column: name, value, whole: other }];
  });
}

/** Adds the values of a chunk. @returns false once a number has another form */
function addValues(
  { pointed, whole }: { readonly pointed: Set<string>; readonly whole: Set<string> },
  column: Column,
  { rows, missing }: { readonly rows: Uint32Array; readonly missing: AnyTable['missing'] },
): boolean {
  const numbers = columnNumbers(column, missing);
  for (const [code, count] of countCodes(column, rows).entries()) {
    const number = numbers[code] as number;
    if (count === 0 || Number.isNaN(number)) continue;
    // most columns end here, before any text is made
    if (!(Math.abs(number) < 1000) || Math.abs(number * 1000 - Math.round(number * 1000)) > 1e-6) return false;
    const text = textAt(column, code).trim();
    if (POINTED.test(text)) pointed.add(text);
    else if (WHOLE.test(text)) whole.add(text);
    else return false;
  }
  return true;
}
