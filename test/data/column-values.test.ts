// Columns as plain arrays give the same values from a table in memory and from a stored table.
import { expect, test } from 'vitest';
import { numericColumn, textColumn } from '../../src/data/column-values.ts';
import { readCsv } from '../../src/data/csv.ts';
import { storeTable } from '../../src/data/stored-table.ts';

const bytes = new TextEncoder().encode('age,region,note,label\n31,EU,a,1\nNA,,b,0\n-4.5e1,EU,n/a,1\nx,US,a,0\n');
const options = { target: 'label', drop: ['note'] };

test('numericColumn gives NaN for a missing value and for text', async () => {
  expect(numericColumn(await readCsv(bytes, options), 'age')).toEqual(Float64Array.of(31, NaN, -45, NaN));
});

test('textColumn gives an empty text for a missing value, and reads dropped columns', async () => {
  const table = await readCsv(bytes, options);
  expect(textColumn(table, 'region')).toEqual(['EU', '', 'EU', 'US']);
  expect(textColumn(table, 'note')).toEqual(['a', 'b', '', 'a']);
});

test('a stored table gives the same columns', async () => {
  using stored = await storeTable(bytes, options);
  const table = await readCsv(bytes, options);
  expect(numericColumn(stored, 'age')).toEqual(numericColumn(table, 'age'));
  for (const name of ['region', 'note']) expect(textColumn(stored, name)).toEqual(textColumn(table, name));
});

test('an unknown column and the label column are refused', async () => {
  const table = await readCsv(bytes, options);
  for (const name of ['height', 'label'])
    expect(() => numericColumn(table, name)).toThrow(expect.objectContaining({ code: 'column' }));
});
