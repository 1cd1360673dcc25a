// Columns of many texts, whose equal texts are found when they are needed: all that is read from a table is that of Papa Parse and a map of strings.
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { buildTable } from '../../src/data/build-table.ts';
import { textAt } from '../../src/data/byte-texts.ts';
import { columnNumbers } from '../../src/data/column-numbers.ts';
import { numericColumn } from '../../src/data/column-values.ts';
import { countMissing } from '../../src/data/count-missing.ts';
import { openRows } from '../../src/data/csv.ts';
import { encodeMatrix } from '../../src/data/encode-matrix.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { textFeatures } from '../../src/data/fit-text.ts';
import { countCodes } from '../../src/data/missing.ts';
import { rawColumns } from '../../src/data/raw-columns.ts';
import { rowForm } from '../../src/data/row-form.ts';
import type { Column, Table } from '../../src/data/table.ts';
import { type Dice, dice } from '../random.ts';

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50000) yield bytes.slice(at, at + 50000);
}

async function read(bytes: Uint8Array, onlyRows: boolean): Promise<Table> {
  const { parts, ...rows } = await openRows(cut(bytes), 'many', undefined, { onlyRows });
  return buildTable({ ...rows, ...(!onlyRows && parts && { parts }) }, {});
}

/** A column of mostly distinct numbers, one that repeats later, one with missing values, and one of few values. */
function table(d: Dice, rows: number): Uint8Array {
  const lines = ['a,b,c,d'];
  const missing = ['', '', 'NA', '?', ' na '];
  for (let i = 0; i < rows; i++) {
    const b = i < 6000 ? d.real(0, 1) : d.below(50) / 8;
    const c = d.below(30) === 0 ? missing[d.below(missing.length)] : d.real(-1e6, 1e6).toFixed(d.below(9));
    lines.push(`${d.real(-1, 1)},${b},${c},${d.below(7)}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function rowTexts(column: Column): string[] {
  return Array.from(column.codes, (code) => textAt(column, code));
}

/** All that the summaries, encodings and counts say of some rows; or the error. */
function outcome(of: Table, rows: Uint32Array): unknown {
  try {
    const preprocessing = fitPreprocessing(of, { rows });
    return {
      preprocessing,
      matrix: encodeMatrix(of, preprocessing, rows),
      missing: countMissing(of, { rows }),
      texts: textFeatures(of, undefined),
      numbers: of.columns.map(({ name }) => numericColumn(of, name)),
    };
  } catch (error) {
    return String(error);
  }
}

/** As toEqual, but fast for long lists. */
const same = (found: unknown, want: unknown): void => expect(isDeepStrictEqual(found, want)).toBe(true);

const plain = ({ name, codes, texts }: Column) => ({ name, codes, texts });

test.each([
  ['few rows', 500],
  ['many rows', 30000],
  ['rows that are looked at again', 75000],
])('%s: values, codes, texts and hashes are those of strings', async (_, count) => {
  const bytes = table(dice(count), count);
  const want = await read(bytes, true);
  const rows = Uint32Array.from({ length: Math.floor(count / 3) }, (_, i) => 2 * i + 1);
  const found = await read(bytes, false);
  expect(rowForm(found.columns[0] as Column) === found.columns[0]).toBe(count < 4096);
  same(found.hashes, want.hashes);
  same(outcome(found, rows), outcome(want, rows));
  const [raw, wantRaw] = [rawColumns(found, rows), rawColumns(want, rows)];
  raw.columns.forEach((column, j) => {
    const wanted = wantRaw.columns[j] as Column;
    const form = rowForm(column);
    // the form first, then the column, which moves texts; then the form again, which must not change
    const texts = rowTexts(wanted);
    same(rowTexts(form), texts);
    same(plain(column), plain(wanted));
    same(rowTexts(form), texts);
    const numbers = columnNumbers(form);
    expect(countCodes(form).reduce((sum, n) => sum + n, 0)).toBe(rows.length);
    same(
      Float64Array.from(form.codes, (code) => numbers[code] as number),
      numericOf(wanted),
    );
  });
  same(found.columns.map(plain), want.columns.map(plain));
});

function numericOf(column: Column): Float64Array {
  const numbers = columnNumbers(column);
  return Float64Array.from(column.codes, (code) => numbers[code] as number);
}

test.each([
  ['a text', 'abc'],
  ['a number that is not finite', '1e400'],
  ['a decimal comma in another row', '1;5'],
])('%s among many numbers: the same error, with the first row that has it', async (_, odd) => {
  const d = dice(8);
  const lines = Array.from({ length: 20000 }, (_, i) =>
    i === 7000 || i === 7001 || i === 15001 ? `${odd},1` : `${d.real(0, 1)},${d.below(3)}`,
  );
  const bytes = new TextEncoder().encode(`a,b\n${lines.join('\n')}\n`);
  const rows = Uint32Array.from({ length: 10000 }, (_, i) => 2 * i + 1);
  const [found, want] = [await read(bytes, false), await read(bytes, true)];
  expect(outcome(found, rows)).toEqual(outcome(want, rows));
  expect(outcome(found, rows)).toBeTypeOf('string');
  // a preprocessing fitted on other rows: encoding refuses the value
  const fitted = fitPreprocessing(want, { rows: rows.slice(0, 3000) });
  const encode = (of: Table): string => {
    try {
      encodeMatrix(of, fitted, rows);
      return 'none';
    } catch (error) {
      return String(error);
    }
  };
  const fresh = await read(bytes, false);
  expect(encode(fresh)).toBe(encode(want));
  expect(encode(fresh)).toMatch(/row 7001/);
});

test('a row form whose texts are read after equal ones were found is the same', async () => {
  const bytes = table(dice(4), 20000);
  const [found, want] = [await read(bytes, false), await read(bytes, true)];
  const forms = found.columns.map(rowForm);
  same(found.columns.map(plain), want.columns.map(plain));
  same(forms.map(rowTexts), want.columns.map(rowTexts));
});

test('missing values are listed in the order of all rows, whichever rows are counted', async () => {
  const d = dice(6);
  const odd = ['NA', '', 'x', 'NA'];
  const lines = Array.from({ length: 9000 }, (_, i) => `${i >= 5000 && i < 5004 ? odd[i - 5000] : d.real(0, 1)},1`);
  const bytes = new TextEncoder().encode(`a,b\n${lines.join('\n')}\n`);
  const rows = Uint32Array.from({ length: 3000 }, (_, i) => i + 5001);
  const [found, want] = [await read(bytes, false), await read(bytes, true)];
  expect(countMissing(found, { rows })).toEqual(countMissing(want, { rows }));
  expect(countMissing(found, { rows })[0]?.spellings.map(({ text }) => text)).toEqual(['NA', '']);
});
