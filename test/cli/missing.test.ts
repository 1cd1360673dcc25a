// predict and evaluate warn of columns that are missing in many rows.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { manyMissing } from '../../src/monitor/more-missing.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { referenceOf, rowsOf, tableOf } from '../monitor/rows.ts';
import { debkd } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'debkd-missing-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { student, statistics } = referenceOf(await tableOf({ rows: 2000, seed: 1, missing: 0.3 }));
const [known, unknown] = [join(root, 'known'), join(root, 'unknown')];
for (const folder of [known, unknown]) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'student.debkd'), encodeStudent(student));
}
writeFileSync(join(known, 'statistics.json'), JSON.stringify(statistics));

/** Rows without the age in the first of them. */
function table(name: string, { empty = 0, missing = 0.3 }): string {
  const [header, ...lines] = rowsOf({ rows: 300, seed: 3, missing }).trimEnd().split('\n');
  const path = join(root, name);
  const rows = lines.map((line, i) => (i < empty ? line.replace(/^[^,]*/, i % 2 === 0 ? '' : 'NA') : line));
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
  return path;
}

describe.each(['predict', 'evaluate'])('%s', (command) => {
  const warnings = (folder: string, data: string): string[] => {
    const { status, stderr } = debkd([command, '--student', folder, '--data', data]);
    expect([status, stderr]).toEqual([0, stderr]);
    return stderr.split('\n').filter((line) => line.startsWith('warning: missing in'));
  };

  test('more than in training', () => {
    expect(warnings(known, table('all.csv', { empty: 300 }))).toEqual([
      'warning: missing in clearly more rows than in training: "age" in 300 of 300 rows (training: none); such rows are answered by the other columns',
    ]);
    expect(warnings(known, table('some.csv', { empty: 60 }))[0]).toContain('"age" in 60 of 300 rows');
    expect(warnings(known, table('income.csv', { missing: 0.6 }))[0]).toMatch(
      /: "income" in \d+ of 300 rows \(training: 32.4 %\);/,
    );
    expect(warnings(known, table('few.csv', { empty: 5 }))).toEqual([]);
  });

  test('half of the rows, where the share in training is not known', () => {
    expect(warnings(unknown, table('all.csv', { empty: 300 }))).toEqual([
      'warning: missing in half of the rows or more: "age" in 300 of 300 rows; such rows are answered by the other columns',
    ]);
    expect(warnings(unknown, table('some.csv', { empty: 60 }))).toEqual([]);
  });
});

test('one row, and a column that was mostly missing in training, are no reason to warn', () => {
  const columns = statistics.columns.map((one) => (one.column === 'age' ? { ...one, missing: 900 } : one));
  const mostly = { ...statistics, columns };
  expect(manyMissing([{ column: 'age', count: 1 }], 1, statistics)).toEqual([]);
  expect(manyMissing([{ column: 'age', count: 200 }], 300, mostly)).toEqual([]);
  expect(manyMissing([{ column: 'age', count: 300 }], 300, mostly)).toEqual([
    { column: 'age', count: 300, rows: 300, training: 0.6 },
  ]);
});
