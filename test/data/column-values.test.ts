// Columns as plain arrays, from a table in memory and from the same table in a file.
import { expect, test } from 'vitest';
import { numericColumn, textColumn } from '../../src/data/column-values.ts';
import { readCsv } from '../../src/data/csv.ts';
import { storeTable } from '../../src/data/stored-table.ts';

const bytes = new TextEncoder().encode('age,region,note,label\n31,EU,a,1\nNA,,b,0\n-4.5e1,EU,n/a,1\nx,US,a,0\n');
const options = { target: 'label', drop: ['note'] };

test('numbers, with NaN for a missing value and for text', async () => {
  expect(numericColumn(await readCsv(bytes, options), 'age')).toEqual(Float64Array.of(31, NaN, -45, NaN));
});

test('texts, empty where the value is missing; dropped columns too', async () => {
  const table = await readCsv(bytes, options);
  expect(textColumn(table, 'region')).toEqual(['EU', '', 'EU', 'US']);
  expect(textColumn(table, 'note')).toEqual(['a', 'b', '', 'a']);
});

test('a stored table gives the same', async () => {
  using stored = await storeTable(bytes, options);
  const table = await readCsv(bytes, options);
  expect(numericColumn(stored, 'age')).toEqual(numericColumn(table, 'age'));
  for (const name of ['region', 'note']) expect(textColumn(stored, name)).toEqual(textColumn(table, name));
});

test('a column that is not there, and the label column', async () => {
  const table = await readCsv(bytes, options);
  for (const name of ['height', 'label'])
    expect(() => numericColumn(table, name)).toThrow(expect.objectContaining({ code: 'column' }));
});
