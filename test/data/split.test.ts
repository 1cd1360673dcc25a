// Splits by shares, by group and by time: parts, folds, boundaries and refusals. Times and boundaries against pandas
// (test/golden/split.py).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedRows } from '../../src/data/equal-rows.ts';
import { tableWarnings } from '../../src/data/leaks.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { type Split, split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { parseTime } from '../../src/data/time-text.ts';
import { temporary } from '../cli/run.ts';
import golden from '../golden/split.json' with { type: 'json' };
import { dice } from '../random.ts';

const PARTS = ['train', 'validation', 'test'] as const;
const read = (lines: readonly string[], header: string, drop: readonly string[] = []): Promise<Table> =>
  readTable(new TextEncoder().encode(`${header}\n${lines.join('\n')}\n`), { target: 'label', drop });

/** The part of each row, `t`, `v` or `s`. */
function lettersOf(parts: Split, rows: number): string {
  const letters = Array<string>(rows).fill('-');
  for (const [part, letter] of [
    ['train', 't'],
    ['validation', 'v'],
    ['test', 's'],
  ] as const)
    for (const row of parts[part]) letters[row] = letter;
  return letters.join('');
}

/** Rows of customers with one to nine rows each, in random order; every tenth row has no customer. */
function customers(count: number, seed: number): string[] {
  const d = dice(seed);
  const lines = Array.from({ length: count }, (_, c) =>
    Array.from({ length: 1 + d.below(9) }, () => `${d.real(-1, 1)},${d.below(10) === 0 ? '' : `c${c}`},${d.below(2)}`),
  ).flat();
  return lines
    .map((line) => ({ line, at: d.below(1e9) }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
}

describe('by shares', async () => {
  const d = dice(2);
  const table = await read(
    Array.from({ length: 20000 }, () => `${d.real(0, 1)},${d.below(2)}`),
    'x,label',
  );

  test('60/20/20 is the default split, row by row', () => {
    for (const shares of [
      [60, 20, 20],
      [0.6, 0.2, 0.2],
    ])
      expect(split(table, { shares })).toEqual(split(table));
    expect(lettersOf(split(table), 20).includes('-')).toBe(false);
  });

  test('other shares are kept approximately, and smaller training parts are contained in larger ones', () => {
    const parts = split(table, { shares: [70, 15, 15] });
    for (const [part, share] of [
      ['train', 0.7],
      ['validation', 0.15],
      ['test', 0.15],
    ] as const)
      expect(Math.abs(parts[part].length / 20000 - share)).toBeLessThan(0.01);
    const train = new Set(parts.train);
    expect([...split(table).train].every((row) => train.has(row))).toBe(true);
    expect(split(table, { shares: [33.3, 33.3, 33.4] }).train.length).toBeGreaterThan(6400);
  });

  test('the test part may be empty', () => {
    const parts = split(table, { shares: [80, 20, 0] });
    expect([parts.test.length, parts.train.length + parts.validation.length]).toEqual([0, 20000]);
  });

  test.each<[string, number[]]>([
    ['70/15/10, which add up to 95', [70, 15, 10]],
    ['70/30', [70, 30]],
    ['0/50/50', [0, 50, 50]],
    ['80/0/20', [80, 0, 20]],
    ['120/-40/20', [120, -40, 20]],
    ['NaN/50/50', [NaN, 50, 50]],
    ['"70/15/15"', '70/15/15' as unknown as number[]],
  ])('%s are refused', (seen, shares) => {
    expect(() => split(table, { shares })).toThrow(
      `shares of the split: ${seen}, expected shares of training, validation and test rows that add up to 100`,
    );
  });
});

describe('by group', async () => {
  const lines = customers(2000, 3);
  const table = await read(lines, 'x,customer,label', ['customer']);
  const customerOf = lines.map((line) => line.split(',')[1] as string);
  const parts = split(table, { group: 'customer', shares: [70, 15, 15] });

  test('no group is in two parts, every row is in one, and the shares of rows and groups are kept', () => {
    const groups = PARTS.map((part) => new Set([...parts[part]].map((row) => customerOf[row]).filter((c) => c !== '')));
    const [a, b, c] = groups as [Set<string>, Set<string>, Set<string>];
    expect(a.size + b.size + c.size).toBe(new Set(customerOf.filter((name) => name !== '')).size);
    expect(new Set([...a, ...b, ...c]).size).toBe(a.size + b.size + c.size);
    expect(PARTS.flatMap((part) => [...parts[part]]).sort((x, y) => x - y)).toEqual([...lines.keys()]);
    for (const [part, share] of [
      ['train', 0.7],
      ['validation', 0.15],
      ['test', 0.15],
    ] as const)
      expect(Math.abs(parts[part].length / table.rows - share), part).toBeLessThan(0.03);
    expect(parts.groups?.alone).toBe(customerOf.filter((name) => name === '').length);
    expect(parts.groups?.train).toBe(a.size + [...parts.train].filter((row) => customerOf[row] === '').length);
  });

  test('the order of the rows, the other columns and the other groups do not matter', async () => {
    const partOf = (wanted: Split, names: readonly string[]): Map<string, string> =>
      new Map(PARTS.flatMap((part) => [...wanted[part]].map((row) => [names[row] as string, part])));
    const some = [...lines]
      .reverse()
      .filter((_, i) => i % 3 > 0)
      .map((line) => line.replace(/^[^,]+/, '7'));
    const other = await read(some, 'y,customer,label');
    const names = some.map((line) => line.split(',')[1] as string);
    const [before, after] = [
      partOf(parts, customerOf),
      partOf(split(other, { group: 'customer', shares: [70, 15, 15] }), names),
    ];
    for (const [name, part] of after) if (name !== '') expect(before.get(name), name).toBe(part);
  });

  test('a row without a group has the part of its row hash', () => {
    const byHash = lettersOf(split(table, { shares: [70, 15, 15] }), table.rows);
    const byGroup = lettersOf(parts, table.rows);
    const alone = customerOf.flatMap((name, row) => (name === '' ? [row] : []));
    expect(alone.length).toBeGreaterThan(500);
    for (const row of alone) expect(byGroup[row]).toBe(byHash[row]);
    expect(new Set(alone.map((row) => byGroup[row])).size).toBe(3);
  });

  test('a group is in one bucket of cross-fitting, also in files; groups take all folds', async () => {
    const encoded = await encodeParts(table, parts, undefined);
    const folder = temporary();
    writeFileSync(join(folder, 'rows.csv'), `x,customer,label\n${lines.join('\n')}\n`);
    using stored = await storeTable(join(folder, 'rows.csv'), { target: 'label', drop: ['customer'], folder });
    const same = split(stored, { group: 'customer', shares: [70, 15, 15] });
    expect(same).toEqual(parts);
    using files = await encodeParts(stored, same, undefined);
    for (const part of PARTS) {
      expect(files[part].folds).toEqual(encoded[part].folds);
      const foldOf = new Map<string, number>();
      encoded[part].folds.forEach((fold, i) => {
        const name = customerOf[parts[part][i] as number] as string;
        if (name === '') return;
        expect(foldOf.get(name) ?? fold).toBe(fold);
        foldOf.set(name, fold);
      });
      expect(new Set([...foldOf.values()].map((bucket) => bucket % 5)).size).toBe(5);
    }
    // the default buckets come from the rows
    const plain = await encodeParts(table, split(table), undefined);
    const [row] = split(table).train as unknown as [number];
    expect(plain.train.folds[0]).toBe((table.hashes[2 * row + 1] as number) % 250);
  });

  test('one group, and too few groups, are refused', async () => {
    const few = (groups: number): Promise<Table> =>
      read(
        Array.from({ length: 50 }, (_, i) => `${i},g${i % groups},${i % 2}`),
        'x,g,label',
      );
    const one = await few(1);
    expect(() => split(one, { group: 'g' })).toThrow(
      /column "g": all rows have one value, which makes one group, expected many/,
    );
    const two = await few(2);
    expect(() => split(two, { group: 'g' })).toThrow(/its 2 groups leave no rows for (training|validation|test)/);
  });

  test('equal rows of different groups are still counted, with a remedy that fits', async () => {
    const equal = await read(
      Array.from({ length: 300 }, (_, i) => `${i % 40},g${i},${i % 2}`),
      'x,g,label',
      ['g'],
    );
    const byGroup = split(equal, { group: 'g' });
    expect(sharedRows(equal, byGroup).map(({ part, shared }) => [part, shared])).toContainEqual([
      'test',
      byGroup.test.length,
    ]);
    const [warning] = tableWarnings(equal, byGroup).filter((text) => text.startsWith('test:'));
    expect(warning).toMatch(
      /have the same features as training rows, .*different groups: remove those that are copies$/,
    );
    expect(tableWarnings(equal, split(equal)).filter((text) => text.startsWith('test:'))).toEqual([]);
  });
});

describe('by time', () => {
  test.each(golden.iso)('%s has the nanoseconds of pandas', (text, want) => {
    const time = parseTime(text);
    expect(BigInt(time?.seconds as number) * 10n ** 9n + BigInt(time?.nanoseconds as number)).toBe(BigInt(want));
  });

  test.each(golden.dotted)('%s has the nanoseconds of pandas, day first', (text, want) => {
    const time = parseTime(text);
    expect(BigInt(time?.seconds as number) * 10n ** 9n).toBe(BigInt(want));
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '31.04.2024',
    '2024-01-01T24:30',
    '2024-01-01T10:61',
    '1/2/2024',
    'soon',
    '',
    '2024-1-1',
    '2024-01T10:00',
    'Jan 5, 2024',
    '2024-01-01T10:00+25:00',
  ])('"%s" is no time', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test.each(Object.entries(golden.cases))(
    '%s: the parts by the ranks of pandas',
    async (_, { texts, shares, parts }) => {
      const table = await read(
        texts.map((text, i) => `${i},${text},${i % 2}`),
        'x,when,label',
        ['when'],
      );
      const found = split(table, { time: 'when', shares });
      expect(lettersOf(found, texts.length)).toBe(parts);
      // every training time is before every validation time
      const keyOf = (row: number): number => {
        const time = parseTime(texts[row] as string);
        return (time?.seconds as number) + (time?.nanoseconds as number) / 1e9;
      };
      const spans = PARTS.map((part) => [...found[part]].map(keyOf)).filter((keys) => keys.length > 0);
      spans.slice(1).forEach((keys, p) => {
        expect(Math.min(...keys)).toBeGreaterThan(Math.max(...(spans[p] as number[])));
      });
      expect(found.times?.train?.[1]).toBe(
        texts[found.train[[...found.train].map(keyOf).indexOf(Math.max(...(spans[0] as number[])))] as number],
      );
      expect(found.folds).toBeUndefined();
    },
  );

  test('a table in files has the same parts', async () => {
    const d = dice(7);
    const lines = Array.from(
      { length: 40000 },
      (_, i) =>
        `${i},2024-${String(1 + d.below(12)).padStart(2, '0')}-${String(1 + d.below(28)).padStart(2, '0')},${i % 2}`,
    );
    const folder = temporary();
    writeFileSync(join(folder, 'rows.csv'), `x,when,label\n${lines.join('\n')}\n`);
    using stored = await storeTable(join(folder, 'rows.csv'), { target: 'label', drop: ['when'], folder });
    const table = await read(lines, 'x,when,label', ['when']);
    expect(split(stored, { time: 'when' })).toEqual(split(table, { time: 'when' }));
    expect(split(stored, { time: 'x' })).toEqual(split(table, { time: 'x' }));
  });

  const of = (texts: readonly string[]): Promise<Table> =>
    read(
      texts.map((text, i) => `${i},${text},${i % 2}`),
      'x,when,label',
    );
  test.each<[string, string[], RegExp]>([
    [
      'text',
      ['red', 'blue'],
      /column "when", row 1: "red" is not a time, expected a number, a date such as 2024-12-31/,
    ],
    ['an empty time', ['2024-01-01', '', '2024-01-02'], /row 2: no time, expected/],
    ['one unreadable time', ['1', '2', 'n/a', '4'], /row 3: "n\/a" is not a time/],
    ['slashes', ['1/2/2024', '2/2/2024'], /row 1: "1\/2\/2024" is not a time, .*write the dates as year-month-day/],
    ['numbers among dates', ['2024-01-01', '2024'], /row 2: "2024" is a number, expected a date, as in row 1/],
    [
      'a zone among local times',
      ['2024-01-01T10:00', '2024-01-01T10:00Z'],
      /row 1: "2024-01-01T10:00" has no time zone, expected one, as "2024-01-01T10:00Z" in row 2 has/,
    ],
    [
      'days that may be months',
      ['01.02.2024', '03.04.2024'],
      /row 1: "01\.02\.2024": no date of the column has a first number above 12/,
    ],
    ['one time', ['5', '5', '5'], /equal times share a part, which leaves no rows for validation or test/],
  ])('%s: refused', async (_, texts, message) => {
    const table = await of(texts);
    expect(() => split(table, { time: 'when' })).toThrow(message);
  });

  test('names: a column that is absent, the label, and two ways at once', async () => {
    const table = await of(['1', '2', '3', '4', '5']);
    expect(() => split(table, { time: 'wehn' })).toThrow('no column "wehn" for the split; did you mean "when"?');
    expect(() => split(table, { group: 'label' })).toThrow('column "label": it is the label');
    expect(() => split(table, { group: 'x', time: 'when' })).toThrow(
      'split: group and time are given, expected one of',
    );
    expect(() => split(table, { by: 'x', shares: [60, 20, 20] })).toThrow('split: by and shares are given');
  });
});
