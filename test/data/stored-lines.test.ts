// A table in a file, whose columns are stored as numbers, codes and bytes, is that of Papa Parse and a map of strings.
import { expect, test } from 'vitest';
import { buildTable } from '../../src/data/build-table.ts';
import { textAt } from '../../src/data/byte-texts.ts';
import { columnNumbers } from '../../src/data/column-numbers.ts';
import { countMissing } from '../../src/data/count-missing.ts';
import { openRows } from '../../src/data/csv.ts';
import { tableWarnings } from '../../src/data/leaks.ts';
import { missingTest } from '../../src/data/missing.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parseNumber } from '../../src/data/preprocessing.ts';
import { rawColumns, selectRawRows, sliceRawRows } from '../../src/data/raw-columns.ts';
import { readTable } from '../../src/data/read-table.ts';
import { CHUNK_ROWS } from '../../src/data/row-source.ts';
import { split } from '../../src/data/split.ts';
import { storedRaw } from '../../src/data/stored-raw.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Column, StoredTable, Table } from '../../src/data/table.ts';
import { labelKey } from '../../src/teacher/label-cache.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { type Dice, dice } from '../random.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

const ROWS = 2 * CHUNK_ROWS + 700;
const encoder = new TextEncoder();

/** A number, and seldom a missing value or, where they are asked for, something else. */
function field(d: Dice, odd: readonly string[]): string {
  const kind = d.below(400);
  if (kind === 0) return ['', 'NA', '?', '-999'][d.below(4)] as string;
  if (kind === 1 && odd.length > 0) return odd[d.below(odd.length)] as string;
  return [String(d.real(-1, 1)), d.real(-9, 9).toFixed(3), String(d.below(50)), d.real(0, 1).toExponential(4)][
    kind % 4
  ] as string;
}

/** A table of six columns. @param odd fields that columns of numbers do not have @param quoted one row in so many has quotes */
function csv(seed: number, odd: readonly string[], quoted = Infinity): Uint8Array {
  const d = dice(seed);
  const words = ['red', 'Zürich', '東京', 'a b c', '007', ''];
  const line = (i: number): string => {
    const fields = [field(d, []), field(d, odd), String(i), words[d.below(6)] as string, `${d.below(9)}`, field(d, [])];
    if (quoted !== Infinity && d.below(quoted) === 0) fields[3] = '"one, ""two"""';
    return fields.join(',');
  };
  return encoder.encode(`a,b,n,word,few,c\n${Array.from({ length: ROWS }, (_, i) => line(i)).join('\n')}\n`);
}

async function ofStrings(bytes: Uint8Array, drop: string[]): Promise<Table> {
  const whole = async function* () {
    yield bytes;
  };
  const { parts: _, ...rows } = await openRows(whole(), 'blob', undefined, { onlyRows: true });
  return buildTable(rows, { drop });
}

const textsOf = (column: Column): string[] => Array.from(column.codes, (code) => textAt(column, code));

/** The texts of a stored column, row by row. */
function storedTexts(table: StoredTable, j: number): string[] {
  return Array.from({ length: table.chunks }, (_, k) => textsOf(table.chunk(k).columns[j] as Column)).flat();
}

test.each([
  ['of numbers', csv(1, []), ['word']],
  ['with texts among the numbers', csv(2, ['x', 'ten', ' 7', '\u00a08', '1_0', "it's"]), ['few']],
  ['with quotes in some rows', csv(3, [], 3000), []],
])('a file %s', async (_, bytes, drop) => {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const want = await ofStrings(bytes, drop);
  using table = await storeTable(source, { drop });
  expect([table.rows, table.columns]).toEqual([want.rows, want.columns.map(({ name }) => name)]);
  expect(table.hashes).toEqual(want.hashes);
  for (const [j, column] of want.columns.entries()) expect(storedTexts(table, j)).toEqual(textsOf(column));
  for (const missing of [undefined, ['-999'], ['NA', 'red']]) {
    const isMissing = missingTest(missing);
    for (let k = 0; k < table.chunks; k++)
      for (const column of table.chunk(k).columns)
        expect(columnNumbers(column, missing)).toEqual(
          Float64Array.from(column.texts, (text) => (isMissing(text) ? NaN : parseNumber(text))),
        );
  }
  expect(countMissing(table)).toEqual(countMissing(want));
  expect(tableWarnings(table, split(table))).toEqual(tableWarnings(want, split(want)));
  expect(tableWarnings(want, split(want)).join()).toMatch(/column "n": its integers rise/);
});

test('raw columns of several chunks: any rows, in any order, with the key of rows in memory', async () => {
  const bytes = csv(4, []);
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const options = { drop: ['word', 'n'], missing: ['NA', '?', '-999'] };
  const inMemory = await readTable(source, options);
  using table = await storeTable(source, options);
  const parts = split(inMemory);
  const ofMemory = await encodeParts(inMemory, parts, undefined);
  using ofFile = await encodeParts(table, parts, undefined);
  const [want, found] = [ofMemory.train.teacherInputs, ofFile.train.teacherInputs];
  if (!('columns' in want) || !('select' in found)) throw new Error('raw columns are needed');
  const d = dice(9);
  const rows = Uint32Array.from({ length: 300 }, () => d.below(want.rows));
  for (const [a, b] of [
    [selectRawRows(want, rows), found.select(rows)],
    [sliceRawRows(want, 100, want.rows), found.read(100, want.rows)],
    [sliceRawRows(want, 5, 9), found.read(5, 9)],
  ] as const) {
    expect(b.rowNumbers).toEqual(a.rowNumbers);
    expect(b.columns.map(textsOf)).toEqual(a.columns.map(textsOf));
    expect(b.columns.map((one) => one.codes.map((code) => columnNumbers(one)[code] as number))).toEqual(
      a.columns.map((one) => one.codes.map((code) => columnNumbers(one)[code] as number)),
    );
    expect(labelKey('t', b)).toBe(labelKey('t', a));
  }
});

test('a teacher of raw numbers refuses the same value of the same row', async () => {
  const lines = Array.from({ length: ROWS }, (_, i) => (i === CHUNK_ROWS + 40 ? '3,ten' : `${i},${i / 8}`));
  const source = new Blob([`x,y\n${lines.join('\n')}\n`]);
  using teacher = await loadTeacher(tinyOnnx({ weights: [1, 1] }));
  using table = await storeTable(source);
  const rows = Uint32Array.from({ length: ROWS }, (_, i) => i);
  const want = rawColumns(await readTable(source), rows);
  const message = `row ${CHUNK_ROWS + 41}: "ten" cannot go into the teacher as it is`;
  await expect(teacher.margins(want)).rejects.toThrow(message);
  await expect(teacher.margins(storedRaw(table, rows).read(0, ROWS))).rejects.toThrow(message);
});
