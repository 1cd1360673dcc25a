// What statistics.json has of the training rows: counts in bins, none of fewer than ten rows, and no text of a row.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { numericColumn } from '../../src/data/column-values.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { dispose } from '../../src/io/dispose.ts';
import { chooseEdges, keepEdges } from '../../src/monitor/edges.ts';
import { parseStatistics } from '../../src/monitor/parse-statistics.ts';
import { collectStatistics } from '../../src/monitor/statistics.ts';
import { temporary } from '../cli/run.ts';
import { partsOf, referenceOf, rowsOf, tableOf } from './rows.ts';

const numbers = (...values: number[]): Float64Array => Float64Array.from(values).sort();

test('edges are short decimals at quantiles', () => {
  const edges = chooseEdges(Float64Array.from({ length: 1000 }, (_, i) => i / 10 + 0.037));
  expect(edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
});

test('few different values have a bin each, and ties stay together', () => {
  expect(chooseEdges(numbers(0, 0, 0, 1, 1, 2))).toEqual([0.5, 2]);
  // 800 zeros and 200 other values: the zeros have one bin
  const skewed = Float64Array.from({ length: 1000 }, (_, i) => Math.max(0, i - 800)).sort();
  const edges = chooseEdges(skewed);
  expect(edges[0]).toBe(0.5);
  expect(edges).toHaveLength(2);
  expect(chooseEdges(new Float64Array(0))).toEqual([]);
});

test('a constant has bins on both sides', () => {
  for (const x of [0, 5, -3.25]) {
    const [low, high] = chooseEdges(numbers(x, x, x)) as [number, number];
    expect(low).toBe(x);
    expect(high).toBeGreaterThan(x);
    expect(high - low).toBeLessThan(1e-12);
  }
});

test('small bins are merged with the smaller neighbour; empty ones stay', () => {
  expect(keepEdges([1, 2, 3], [[20, 3, 15, 40]], 10)).toEqual([1, 3]);
  expect(keepEdges([1, 2], [[0, 50, 0]], 10)).toEqual([1, 2]);
  expect(
    keepEdges(
      [1, 2],
      [
        [20, 30, 40],
        [20, 4, 40],
      ],
      10,
    ),
  ).toEqual([2]);
  expect(keepEdges([1], [[3, 4]], 10)).toEqual([]);
});

test('counts of the training rows', async () => {
  const table = await tableOf({ rows: 4000, seed: 1 });
  const { statistics, student } = referenceOf(table);
  expect(statistics).toMatchObject({ schema: 'debkd/statistics@1', rows: 3000 });
  expect(statistics.columns.map(({ column, kind }) => [column, kind])).toEqual([
    ['age', 'number'],
    ['income', 'number'],
    ['children', expect.stringMatching(/number|category/)],
    ['job', 'category'],
  ]);
  const [age, , , job] = statistics.columns;
  const { train, validation } = partsOf(table);
  const ages = numericColumn(table, 'age');
  const edges = age?.edges ?? [];
  expect(edges).toHaveLength(9);
  age?.counts.forEach((count, i) => {
    const inside = train.filter(
      (row) => ages[row]! >= (edges[i - 1] ?? -Infinity) && ages[row]! < (edges[i] ?? Infinity),
    );
    expect(count).toBe(inside.length);
  });
  // most frequent first
  expect(job?.categories).toEqual(['clerk', 'driver', expect.any(String), expect.any(String)]);
  expect(job?.counts.at(-1)).toBe(0);
  expect(job?.counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(3000);
  const margins = student.margins(encode(table, student.preprocessing, { rows: validation }));
  const [first] = statistics.margins.edges;
  expect(statistics.margins.validation?.[0]).toBe(margins.filter((v) => v < first!).length);
});

test('no bin tells of one to nine rows, nor does a sum', async () => {
  const body = rowsOf({ rows: 2000, seed: 5, missing: 0.004 }).replaceAll('nurse', 'clerk');
  const lines = body.trimEnd().split('\n');
  // a job of seven training rows, and one of twelve
  for (let k = 0; k < 7; k++) lines[1 + 4 * k] = lines[1 + 4 * k]!.replace(/clerk|driver|teacher/, 'spy');
  for (let k = 0; k < 12; k++) lines[2 + 4 * k] = lines[2 + 4 * k]!.replace(/clerk|driver|teacher/, 'judge');
  const table = await readCsv(new TextEncoder().encode(lines.join('\n')), { target: 'label' });
  const { statistics } = referenceOf(table);
  const text = JSON.stringify(statistics);
  expect(text).not.toContain('spy');
  expect(text).toContain('judge');
  const job = statistics.columns.find(({ column }) => column === 'job');
  expect(job?.counts.at(-1)).toBeNull();
  expect(job?.counts[0]).toSatisfy((count: number) => count % 10 === 0);
  const income = statistics.columns.find(({ column }) => column === 'income');
  const empty = numericColumn(table, 'income').filter((x, i) => Number.isNaN(x) && i % 4 !== 3).length;
  expect(empty).toBeGreaterThan(0);
  expect(empty).toBeLessThan(10);
  expect(income?.missing).toBeNull();
  for (const { counts, missing, unknown = 0 } of statistics.columns)
    for (const count of [...counts, missing, unknown])
      if (count !== null && count > 0) expect(count).toBeGreaterThanOrEqual(10);
  const { counts, validation = [] } = statistics.margins;
  for (const count of [...counts, ...validation])
    if (count !== null && count > 0) expect(count).toBeGreaterThanOrEqual(10);
  // the only texts are column names, categories of at least ten rows and words of the format
  const known = new Set([
    'debkd/statistics@1',
    statistics.student,
    ...'age income children job number category'.split(' '),
  ]);
  const texts = textsIn(statistics).filter((one) => !known.has(one));
  const counted = (value: string): number =>
    lines.slice(1).filter((line, i) => i % 4 !== 3 && line.split(',').slice(2, 4).includes(value)).length;
  expect(texts.length).toBeGreaterThan(3);
  for (const one of texts) expect(counted(one), one).toBeGreaterThanOrEqual(10);
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test('a table in a file has the same statistics as one in memory', async () => {
  const csv = rowsOf({ rows: 20000, seed: 9, missing: 0.1 });
  const path = join(temporary(), 'rows.csv');
  writeFileSync(path, csv);
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'label' });
  const { statistics, student } = referenceOf(table);
  using stored = await storeTable(path, { target: 'label' });
  const split = partsOf(table);
  const encoded = await encodeParts(stored, { ...split, test: new Uint32Array(0) }, student.preprocessing);
  using _ = dispose in encoded ? (encoded as unknown as Disposable) : { [dispose]: () => {} };
  expect(collectStatistics({ student, table: stored, split, ...encoded })).toEqual(statistics);
});

test('a statistics file is validated', async () => {
  const { statistics } = referenceOf(await tableOf({ rows: 400, seed: 2 }));
  const plain = JSON.parse(JSON.stringify(statistics));
  expect(parseStatistics(plain, 's.json')).toEqual(statistics);
  const [first, ...rest] = plain.columns;
  for (const [broken, message] of [
    [{ ...plain, schema: 'debkd/distill@1' }, 'schema is "debkd/distill@1", expected debkd/statistics@1'],
    [
      { ...plain, columns: [{ ...first, counts: [1] }, ...rest] },
      'columns.0.counts is a list of 1, expected a list of',
    ],
    [{ ...plain, columns: [{ ...first, kind: 'age' }, ...rest] }, 'columns.0.kind is "age"'],
    [
      { ...plain, margins: { ...plain.margins, edges: [...plain.margins.edges].reverse() } },
      'expected ascending numbers',
    ],
    [[], 'schema is missing, expected debkd/statistics@1'],
    ['x', 'the whole is "x"'],
  ] as const)
    expect(() => parseStatistics(broken, 's.json')).toThrow(message);
});
