// Withheld columns: what the student's other columns tell about them, against scikit-learn; groups, too few rows, and bad names.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EncodedParts } from '../../src/data/parts.ts';
import { type Dataset, encodeParts, readCsv, split, type Table } from '../../src/index.ts';
import { measureWithheld, withheldWarnings } from '../../src/report/withheld.ts';
import { dice } from '../random.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/withheld.json', import.meta.url), 'utf8')) as {
  readonly columns: Readonly<Record<'sex' | 'age' | 'job' | 'hours' | 'noise', (string | number)[]>>;
  readonly label: number[];
  readonly auc: Readonly<Record<'sex' | 'age', number>>;
  readonly single: Readonly<Record<'job' | 'hours' | 'noise', number>>;
};
const NAMES = Object.keys(golden.columns) as (keyof typeof golden.columns)[];

async function tableOf(change: (row: Record<string, string | number>, i: number) => void = () => {}): Promise<Table> {
  const lines = golden.label.map((label, i) => {
    const row = Object.fromEntries(NAMES.map((name) => [name, golden.columns[name][i] as string | number]));
    change(row, i);
    return [...NAMES.map((name) => row[name]), label].join(',');
  });
  return readCsv(new TextEncoder().encode([[...NAMES, 'label'].join(','), ...lines].join('\n')), { target: 'label' });
}

/** The parts of the reference program. */
function parts(table: Table, withhold: string[]): Promise<EncodedParts<Dataset>> {
  const rows = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
  const by = { train: rows(0, 800), validation: rows(800, 1100), test: rows(1100, 1500) };
  return encodeParts(table, by, undefined, { withhold });
}

test('the AUC of a logistic regression, as by scikit-learn, and of single columns', async () => {
  const data = await parts(await tableOf(), ['sex', 'age']);
  expect(data.train.preprocessing.columns.map(({ name }) => name)).toEqual(['job', 'hours', 'noise']);
  const records = await measureWithheld(data);
  expect(records.map(({ column, groups }) => [column, groups.map(({ group }) => group)])).toEqual([
    ['sex', ['sex=f']],
    ['age', [expect.stringMatching(/^age > 3\d$/)]],
  ]);
  const [sex, age] = records.map(({ groups }) => groups[0]);
  expect(Math.abs((sex?.auc.value as number) - golden.auc.sex)).toBeLessThan(0.004);
  expect(Math.abs((age?.auc.value as number) - golden.auc.age)).toBeLessThan(0.02);
  for (const { value, low, high } of [sex?.auc, age?.auc] as { value: number; low: number; high: number }[])
    expect(low < value && value < high && high - low < 0.15).toBe(true);
  expect(sex?.proxies.map(({ column }) => column)).toEqual(['job', 'hours']);
  for (const { column, auc } of sex?.proxies ?? [])
    expect(auc).toBeCloseTo(golden.single[column as keyof typeof golden.single], 6);
  const [warning, ...others] = withheldWarnings(records);
  expect(others).toEqual([]);
  expect(warning).toContain(
    'withheld column "sex": the student\'s other columns still tell "sex=f" from the other rows (AUC 0.9',
  );
  expect(warning).toContain('"job" (0.');
  // the same figures again
  expect(await measureWithheld(data)).toEqual(records);
});

test('without any relation the AUC is about .5, and nothing warns', async () => {
  const d = dice(3);
  const table = await tableOf((row) => {
    row['sex'] = d.below(2) === 0 ? 'f' : 'm';
  });
  const [record, ...more] = await measureWithheld(await parts(table, ['sex']));
  expect(more).toEqual([]);
  const { low, high } = record?.groups[0]?.auc ?? { low: 1, high: 0 };
  expect(low < 0.5 && high > 0.5).toBe(true);
  expect(withheldWarnings(record ? [record] : [])).toEqual([]);
});

test('of several values, each with 30 rows against the rest; missing values do not count', async () => {
  const table = await tableOf((row, i) => {
    if (i % 50 === 0) row['sex'] = 'x';
    else if (i % 3 === 0) row['sex'] = '';
  });
  const data = await parts(table, ['job', 'sex']);
  expect(data.test.withheld?.[1]?.codes.filter((code) => code < 0).length).toBeGreaterThan(120);
  const [job, sex] = await measureWithheld(data);
  expect(job?.groups.map(({ group }) => group).sort()).toEqual(['job=cook', 'job=nurse', 'job=smith']);
  // x has 16 training rows
  expect(sex?.groups.map(({ group }) => group)).toEqual(['sex=m', 'sex=f']);
  const rare = await tableOf((row, i) => {
    row['sex'] = i % 100 === 0 ? 'f' : 'm';
  });
  const few = await parts(rare, ['sex']);
  expect(await measureWithheld(few)).toEqual([{ column: 'sex', groups: [] }]);
});

test('a dropped column can be withheld; the label, an absent column and a feature of the student cannot', async () => {
  const table = await tableOf();
  const lines = NAMES.map((name) => golden.columns[name]);
  const csv = [
    [...NAMES, 'label'].join(','),
    ...golden.label.map((y, i) => [...lines.map((column) => column[i]), y].join(',')),
  ];
  const dropped = await readCsv(new TextEncoder().encode(csv.join('\n')), { target: 'label', drop: ['sex', 'age'] });
  const data = await parts(dropped, ['sex']);
  expect((await measureWithheld(data))[0]?.groups[0]?.auc.value).toBeGreaterThan(0.7);
  await expect(parts(table, ['label'])).rejects.toThrow(/column "label" is the label, expected a column to withhold/);
  await expect(parts(table, ['sexx'])).rejects.toThrow(/no column "sexx" to withhold; did you mean "sex"\?/);
  const both = encodeParts(table, split(table), undefined, { features: ['job', 'sex'], withhold: ['sex'] });
  await expect(both).rejects.toThrow(/"sex" is among the features and is withheld, expected one of both/);
  await expect(parts(table, NAMES)).rejects.toThrow(/no column is left for the student/);
});
