// Groups of rows by a column: values, quartiles of numbers, and refused columns.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import type { Preprocessing, PreprocessingColumn } from '../../src/data/preprocessing.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table, TableOptions } from '../../src/data/table.ts';
import { groupOrder, groupRows, valueGroups } from '../../src/metrics/groups.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** A table with a column x and another one. */
const columnOf = (values: readonly (string | number)[], options: TableOptions = {}): Promise<Table> =>
  readCsv(bytes(`x,other\n${values.map((value) => `${value},0\n`).join('')}`), options);
const allRows = ({ rows }: { rows: number }): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const categorical = (name: string, categories: string[]): PreprocessingColumn => ({
  ...{ name, kind: 'categorical', categories, offset: 0, width: categories.length },
});
const preprocessing = (...columns: PreprocessingColumn[]): Preprocessing => ({ clip: 10, columns, encodedWidth: 1 });

test('a column of few values has a group for each, in the order of the given rows', async () => {
  const table = await readCsv(bytes('sex,age\nFemale,30\nMale,40\nFemale,50\n'));
  expect(groupRows(table, 'sex', Uint32Array.of(2, 1, 0, 1))).toEqual([
    'sex=Female',
    'sex=Male',
    'sex=Female',
    'sex=Male',
  ]);
  expect(groupRows(table, 'age', Uint32Array.of(1))).toEqual(['age=40']);
});

test('20 distinct numbers are groups, 21 are cut at quartiles; other rows do not count', async () => {
  const table = await columnOf(upTo(21));
  const each = upTo(20).map((value) => `x=${value}`);
  expect(groupRows(table, 'x', allRows({ rows: 20 }))).toEqual(each);
  const cut = groupRows(table, 'x', allRows(table));
  const runs = ['x 1 .. <6', 'x 6 .. <11', 'x 11 .. <16'].flatMap((group) => new Array<string>(5).fill(group));
  expect(cut).toEqual([...runs, ...new Array<string>(6).fill('x 16 .. 21')]);
});

test('each quartile has a quarter of the rows in any order; a number at a cut is above it', async () => {
  const values = upTo(24).map((i) => ((7 * i) % 24) + 1);
  const groups = groupRows(await columnOf(values), 'x', allRows({ rows: 24 }));
  const ofQuartile = ['x 1 .. <7', 'x 7 .. <13', 'x 13 .. <19', 'x 19 .. 24'];
  expect(groups).toEqual(values.map((value) => ofQuartile[Math.floor((value - 1) / 6)]));
});

test('ranges of negative and decimal numbers are ordered as numbers', async () => {
  const values = upTo(24).map((i) => (i - 13) / 2);
  const groups = groupRows(await columnOf(values), 'x', allRows({ rows: 24 }));
  expect([...new Set(groups)]).toEqual(['x -6 .. <-3', 'x -3 .. <0', 'x 0 .. <3', 'x 3 .. 5.5']);
});

test('a value of half of the rows is one group, not two quartiles', async () => {
  const values = [...new Array<number>(30).fill(0), ...upTo(30)];
  const groups = groupRows(await columnOf(values), 'x', allRows({ rows: 60 }));
  const want = (value: number): string => (value < 1 ? 'x 0 .. <1' : value < 16 ? 'x 1 .. <16' : 'x 16 .. 30');
  expect(groups).toEqual(values.map(want));
});

test('missing values are a separate group and do not affect the cuts, even if spelled as numbers', async () => {
  const table = await columnOf([999, ...upTo(24), '', 999], { missing: ['999'] });
  const groups = groupRows(table, 'x', allRows(table));
  expect([0, 25, 26].map((row) => groups[row])).toEqual(['x=', 'x=', 'x=']);
  expect([1, 6, 7, 24].map((row) => groups[row])).toEqual(['x 1 .. <7', 'x 1 .. <7', 'x 7 .. <13', 'x 19 .. 24']);
});

test('a text column of more than 20 values is refused with an example', async () => {
  const table = await columnOf(['NA', ...upTo(21), 'abc', 'def']);
  const refused = expect.objectContaining({
    code: 'column',
    subject: 'groups, column "x"',
    seen: 'more than 20 values, not all numbers, such as "abc"',
  });
  expect(() => groupRows(table, 'x', allRows(table))).toThrow(refused);
});

test('all spellings of a missing value are one group, except those that are categories', async () => {
  const table = await columnOf(['NA', 'null', '', 'a']);
  const by = (own?: Preprocessing): string[] => groupRows(table, 'x', allRows(table), own);
  const none = ['x=', 'x=', 'x=', 'x=a'];
  expect(by()).toEqual(none);
  const other = categorical('other', ['NA']);
  expect(by(preprocessing(other))).toEqual(none);
  expect(by(preprocessing(other, categorical('x', ['null'])))).toEqual(['x=', 'x=null', 'x=', 'x=a']);
  const numeric = { name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 } as const;
  expect(by(preprocessing(numeric))).toEqual(none);
});

test('an unknown column: suggests a similar name, or lists up to 20 columns', async () => {
  const refusal = async (names: readonly string[], asked: string): Promise<() => string[]> => {
    const table = await readCsv(bytes(`${names.join()}\n${names.map(() => 1).join()}\n`));
    return () => groupRows(table, asked, Uint32Array.of(0));
  };
  const names = upTo(22).map((i) => `c${i + 10}`);
  const listed = (n: number): string =>
    names
      .slice(0, n)
      .map((name) => `"${name}"`)
      .join(', ');
  const message = (text: string): Error => expect.objectContaining({ code: 'column', message: text });
  expect(await refusal(['age', 'income'], 'agee')).toThrow(message('groups: no column "agee"; did you mean "age"?'));
  const start = 'groups: no column "height of a tree", expected one of';
  expect(await refusal(names.slice(0, 20), 'height of a tree')).toThrow(message(`${start} ${listed(20)}`));
  expect(await refusal(names, 'height of a tree')).toThrow(message(`${start} ${listed(20)} and 2 more`));
});

test('a dropped column has groups, also in a stored table, which gives the same errors', async () => {
  const text = bytes('age,sex,town\n30,Female,A\n40,Male,B\n50,Female,A\n');
  const table = await readCsv(text, { drop: ['sex'] });
  using stored = await storeTable(text, { drop: ['sex'] });
  for (const one of [table, stored]) {
    const by = (name: string): string[] => groupRows(one, name, Uint32Array.of(0, 1));
    expect(by('sex')).toEqual(['sex=Female', 'sex=Male']);
    expect(by('town')).toEqual(['town=A', 'town=B']);
    expect(() => by('height of a tree')).toThrow('groups: no column "height of a tree", expected one of "age", "town"');
    expect(() => by('height of a tree')).toThrow(/"sex"$/);
  }
});

test('ranges of a column are ordered by their numbers, missing values last', () => {
  const ordered = ['-5.5 .. <9', '9 .. <28', '28 .. <100', '100 .. 1000'].map((cut) => `hours\nper week ${cut}`);
  const groups = [...ordered, 'hours\nper week='];
  for (const [i, a] of groups.entries())
    for (const [j, b] of groups.entries()) expect(Math.sign(groupOrder(a, b)), `${a}, ${b}`).toBe(Math.sign(i - j));
  expect([...groups].reverse().sort(groupOrder)).toEqual(groups);
});

test('other groups, and ranges of two columns, are ordered by their text', () => {
  const groups = ['a 9 .. <10', 'b 1 .. <2', 'c=Female', 'c=Male', 'c=about 10 .. 20 cm', 'c=about 9 .. 20 cm'];
  for (const [i, a] of groups.entries())
    for (const [j, b] of groups.entries()) expect(Math.sign(groupOrder(a, b)), `${a}, ${b}`).toBe(Math.sign(i - j));
});

test('valueGroups takes any number of values; missing ones are one group', async () => {
  const values = Array.from({ length: 40 }, (_, i) => (i % 10 === 0 ? 'NA' : String(i)));
  const table = await readCsv(bytes(`x,other\n${values.map((value) => `${value},0\n`).join('')}`));
  const groups = valueGroups(table, 'x', Uint32Array.of(0, 1, 20, 39), 'thresholds of groups');
  expect(groups).toEqual(['x=', 'x=1', 'x=', 'x=39']);
  expect(() => valueGroups(table, 'y', Uint32Array.of(0), 'thresholds of groups')).toThrow(
    'thresholds of groups: no column "y"',
  );
});
