// Tables of a few categories: many rows, few of them different, which a split by hash keeps together.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { areEqual, fewDistinct } from '../../src/data/distinct-rows.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { tableWarnings } from '../../src/data/leaks.ts';
import { type Split, split } from '../../src/data/split.ts';
import type { Table } from '../../src/data/table.ts';
import { teacherWarnings } from '../../src/warnings/teacher-warnings.ts';

/** 1,200 rows of `kinds` different ones. */
async function cells(kinds: number): Promise<Table> {
  const lines = Array.from({ length: 1200 }, (_, i) => `${i},k${i % kinds},${(i * 7) % 3 ? 1 : 0}`);
  return await readCsv(new TextEncoder().encode(`id,kind,label\n${lines.join('\n')}\n`), {
    target: 'label',
    drop: ['id'],
  });
}

const encodeAll = (table: Table, parts: Split) => {
  const preprocessing = fitPreprocessing(table, { rows: parts.train });
  const of = (rows: Uint32Array) => encode(table, preprocessing, { rows });
  return { train: of(parts.train), validation: of(parts.validation), test: of(parts.test) };
};

test('few different rows: one warning with the cause, and none where rows are numbered', async () => {
  const table = await cells(12);
  const parts = split(table);
  const [warning, ...others] = tableWarnings(table, parts);
  expect(warning).toMatch(
    /^few rows differ: (validation has \d+ among \d+, )?test has \d+ among \d+, because equal rows share a part; .*--split-by group:COLUMN\)$/,
  );
  expect(others).toEqual([]);
  expect(tableWarnings(table, split(table, { group: 'id' }))).toEqual([]);
  const many = await cells(400);
  expect(tableWarnings(many, split(many))).toEqual([]);
});

test('the record counts them only where no training row is equal', async () => {
  const table = await cells(12);
  const parts = split(table);
  const { train, test: tested } = encodeAll(table, parts);
  const kinds = new Set(Array.from(parts.test, (row) => row % 12)).size;
  expect(fewDistinct(tested, train)).toBe(kinds);
  const numbered = encodeAll(table, split(table, { group: 'id' }));
  expect(fewDistinct(numbered.test, numbered.train)).toBeUndefined();
  const many = encodeAll(...(await cells(400).then((t) => [t, split(t)] as const)));
  expect(fewDistinct(many.test, many.train)).toBeUndefined();
});

test('equal answers to equal rows are no fault of the teacher', async () => {
  const table = await cells(2);
  const [a, b] = [0, 1].map((k) => Uint32Array.from(table.labels.keys()).filter((i) => i % 2 === k)) as [
    Uint32Array,
    Uint32Array,
  ];
  const { train, validation } = encodeAll(table, { train: a, validation: b, test: b });
  expect(areEqual(validation)).toBe(true);
  expect(areEqual(encodeAll(table, split(table, { group: 'id' })).validation)).toBe(false);
  const equal = new Float64Array(b.length).fill(1.5);
  expect(teacherWarnings(equal, validation, train)).toEqual([]);
  const mixed = encodeAll(table, split(table, { group: 'id' }));
  const answers = new Float64Array(mixed.validation.rows).fill(1.5);
  expect(teacherWarnings(answers, mixed.validation, mixed.train)[0]).toMatch(/the same log-odds/);
});
