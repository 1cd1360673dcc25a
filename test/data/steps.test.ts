// Columns with steps: against scikit-learn, in tables, records and files, and their refusals.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { type Preprocessing, parsePreprocessing, storedPreprocessing } from '../../src/data/preprocessing.ts';
import type { Table } from '../../src/data/table.ts';
import { denseRecord, unknownFields } from '../../src/student/record.ts';
import { recordPlan } from '../../src/student/record-plan.ts';
import { describePython, pythonFile } from '../python.ts';
import { describeShared, shared } from '../shared.ts';

interface Golden {
  readonly csv: string;
  readonly preprocessing: unknown;
  readonly encoded: readonly (readonly number[])[];
}

const table = (text: string): Promise<Table> => readCsv(new TextEncoder().encode(text), { missing: [] });

/** Expects the encoding of a table, and of its rows as records, to equal scikit-learn's. */
async function expectEncoding({ csv, preprocessing, encoded }: Golden): Promise<void> {
  const parsed = parsePreprocessing(preprocessing, 'golden');
  const rows = await table(csv);
  const width = parsed.encodedWidth;
  expect(width).toBe(encoded[0]?.length);
  expect(rows.rows).toBe(encoded.length);
  const x = denseRows(encode(rows, parsed).features, 0, rows.rows);
  const plan = recordPlan(parsed);
  encoded.forEach((expected, i) => {
    const actual = x.subarray(i * width, (i + 1) * width);
    expected.forEach((value, j) => {
      const difference = Math.abs((actual[j] as number) - value);
      if (!(difference <= 1e-6 * Math.max(1, Math.abs(value))))
        expect.fail(`row ${i + 1}, place ${j}: ${actual[j]}, scikit-learn has ${value}`);
    });
    const record = Object.fromEntries(rows.columns.map(({ name, codes, texts }) => [name, texts[codes[i] as number]]));
    expect(denseRecord(plan, record)).toEqual(actual);
  });
}

const golden = JSON.parse(readFileSync(new URL('../golden/steps.json', import.meta.url), 'utf8')) as (Golden & {
  readonly case: string;
})[];

test.each(golden)('$case: encoded as scikit-learn does', expectEncoding);

test.each(golden)('$case: a file and a student keep the steps', ({ preprocessing }) => {
  const parsed = parsePreprocessing(preprocessing, 'golden');
  expect(parsePreprocessing(JSON.parse(JSON.stringify(storedPreprocessing(parsed))), 'stored')).toEqual(parsed);
  expect(parsePreprocessing(JSON.parse(JSON.stringify(parsed)), 'memory')).toEqual(parsed);
});

describeShared('real rows', () => {
  describePython('sklearn, pandas')('encoded as scikit-learn does', () => {
    test.each(['adult', 'bank', 'default', 'german'])('%s', async (name) => {
      const path = shared(`data/${name}/data.csv.gz`).pathname;
      await expectEncoding(JSON.parse(pythonFile('test/golden/steps.py', ['shared', path])) as Golden);
    });
  });
});

const one = (steps: readonly unknown[], width = 1, more: object = {}): Preprocessing =>
  parsePreprocessing({ columns: [{ name: 'x', steps, offset: 0, width }], encodedWidth: width, ...more }, 'p.json');

/** The encoded values of a column x. */
async function encoded(values: readonly string[], preprocessing: Preprocessing): Promise<number[]> {
  const rows = await table(`x,y\n${values.map((value) => `${value},1`).join('\n')}\n`);
  return [...denseRows(encode(rows, preprocessing).features, 0, rows.rows)];
}

test.each<[string, readonly unknown[], readonly string[], readonly number[]]>([
  ['an empty list', [], ['1.5', '-2'], [1.5, -2]],
  ['a flag of missing values', [{ missing: true }], ['', '7', 'a'], [1, 0, 0]],
  ['a map', [{ map: { yes: 1, no: 0, '': 5 } }], ['no', 'yes', ''], [0, 1, 5]],
  ['a map with otherwise', [{ map: { yes: 1 }, otherwise: -1 }], ['yes', 'maybe'], [1, -1]],
  [
    'a map to missing',
    [{ map: { yes: 1, unknown: null } }, { impute: 'constant', value: 9 }],
    ['unknown', 'yes', 'other'],
    [9, 1, 9],
  ],
  [
    'a map of numbers',
    [
      {
        map: [
          [1, 10],
          [2, 20],
        ],
      },
    ],
    ['1.0', '2', ' 1'],
    [10, 20, 10],
  ],
  ['a map to texts', [{ map: { a: 'b' } }, { ordinal: ['a', 'b'] }], ['a'], [1]],
  [
    'ordinal codes',
    [{ ordinal: ['low', 'high'], otherwise: -1, missing: -2 }],
    ['high', 'low', 'other', ''],
    [1, 0, -1, -2],
  ],
  ['a range', [{ minMax: { min: 10, max: 20, range: [-1, 1] } }], ['10', '15', '25'], [-1, 0, 2]],
  ['limits', [{ clip: [null, 3] }], ['-9', '4'], [-9, 3]],
  ['log1p', [{ log1p: true }], ['0', '1'], [0, Math.fround(Math.LN2)]],
  ['symlog', [{ symlog: true }], ['-1'], [-Math.fround(Math.LN2)]],
  ['Yeo-Johnson, lambda 0', [{ yeoJohnson: { lambda: 0 } }], ['1', '-1'], [Math.fround(Math.LN2), -1.5]],
  ['Yeo-Johnson, lambda 2', [{ yeoJohnson: { lambda: 2 } }], ['1', '-1'], [1.5, -Math.fround(Math.LN2)]],
  ['bins', [{ bin: { edges: [0, 1, 2, 3] } }], ['-5', '0', '1', '1.9', '3', '99'], [0, 0, 1, 1, 2, 2]],
  ['years', [{ date: 'year' }], ['2024-02-29', '1999-12-31T23:59:59.5+02:00'], [2024, 1999]],
  ['weekdays', [{ date: 'weekday' }], ['2024-01-01', '1900-01-01', '2000-02-29'], [0, 0, 1]],
  ['hours', [{ date: 'hour' }], ['2024-01-01 17:30', '2024-01-01'], [17, 0]],
  ['days', [{ date: 'daysSince', since: '2000-01-01' }], ['2001-01-01', '1999-12-31', '2100-03-01'], [366, -1, 36584]],
  ['another format', [{ date: 'day', format: 'DD/MM/YYYY' }], ['7/12/2020', '31/01/2020'], [7, 31]],
])('%s', async (_, steps, values, expected) => {
  expect(await encoded(values, one(steps))).toEqual(expected);
});

test('one-hot: dropped categories, other values, missing ones', async () => {
  const values = ['a', 'b', 'c', 'd', ''];
  const of = (oneHot: object, width: number): Promise<number[]> => encoded(values, one([{ oneHot }], width));
  expect(await of({ categories: ['a', 'b'] }, 2)).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect(await of({ categories: ['a', 'b', 'c'], drop: 'first' }, 2)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 0, 0]);
  expect(await of({ categories: ['a', 'b', ''], drop: 'b' }, 2)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(await of({ categories: ['a'], other: 'rare' }, 2)).toEqual([1, 0, 0, 1, 0, 1, 0, 1, 0, 1]);
  // a category that is called "first" is meant by that name
  const named = one([{ oneHot: { categories: ['a', 'first'], drop: 'first' } }], 1);
  expect(await encoded(['a', 'first'], named)).toEqual([1, 0]);
  const bins = one([{ bin: { edges: [0, 1, 2] } }, { oneHot: { categories: ['0', 1] } }].slice(0, 1));
  expect(await encoded(['0.5', '1.5'], bins)).toEqual([0, 1]);
  const hot = one([{ bin: { edges: [0, 1, 2] } }, { oneHot: { categories: [0, 1] } }], 2);
  expect(await encoded(['0.5', '1.5'], hot)).toEqual([1, 0, 0, 1]);
});

test('a spelling of a missing value that a list has is that value; others are missing', async () => {
  const p = one([{ impute: 'most frequent', value: 'NA' }, { ordinal: ['NA', 'DE'] }], 1, {
    missing: ['na', '?', '-9'],
  });
  expect(await encoded(['NA', '?', 'DE', ''], p)).toEqual([0, 0, 1, 0]);
  const number = one([{ impute: 'mean', value: 4 }], 1, { missing: ['-9'] });
  expect(await encoded(['-9', '3'], number)).toEqual([4, 3]);
});

test('keys are data, such as __proto__', async () => {
  const p = parsePreprocessing(
    JSON.parse(
      '{"columns":[{"name":"x","steps":[{"map":{"__proto__":3,"constructor":4}}],"offset":0}],"encodedWidth":1}',
    ),
    'p',
  );
  expect(await encoded(['__proto__', 'constructor'], p)).toEqual([3, 4]);
  await expect(encoded(['toString'], p)).rejects.toThrow(/does not list "toString"/);
});

test('numbers are clipped by the limit of the file; arithmetic is float64', async () => {
  expect(await encoded(['500', '-500', '1'], one([], 1, { clip: 10 }))).toEqual([10, -10, 1]);
  await expect(encoded(['1e200'], one([], 1, { clip: 1e300 }))).rejects.toThrow(/"1e200" becomes 1e\+200/);
  const steps = [{ standardise: { mean: 16777217, std: 1 } }];
  expect(await encoded(['16777218'], one(steps))).toEqual([1]);
});

test('one raw column gives several columns, in both forms', async () => {
  const p = parsePreprocessing(
    {
      clip: 10,
      columns: [
        { name: 'x', kind: 'numeric', transform: 'none', mean: 2, std: 2, offset: 0, width: 1 },
        { name: 'x', steps: [{ missing: true }], offset: 1, width: 1 },
        {
          name: 'x',
          steps: [{ bin: { edges: [0, 3, 9] } }, { oneHot: { categories: [0, 1, null] } }],
          offset: 2,
          width: 3,
        },
      ],
      encodedWidth: 5,
    },
    'p',
  );
  expect(await encoded(['4', ''], p)).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
  const twice = {
    columns: [0, 1].map((offset) => ({
      name: 'x',
      steps: [{ ordinal: ['a'] }, { impute: 'constant', value: 0 }],
      offset,
    })),
    encodedWidth: 2,
  };
  const parsed = parsePreprocessing(twice, 'p');
  expect(unknownFields(recordPlan(parsed), { x: 'b' })).toEqual(['x']);
  const { unknown } = encode(await table('x,y\na,1\nA,1\nb,1\n'), parsed);
  expect(unknown).toEqual([
    { column: 'x', count: 2, rows: 3, example: 'A', cause: 'upper and lower case', imputed: true },
  ]);
});

test.each<[string, readonly unknown[], RegExp]>([
  [
    'a typo',
    [{ standardize: { mean: 0, std: 1 } }],
    /column "x", step 1: no step is called "standardize".*did you mean "standardise"\?/,
  ],
  [
    'a typo within',
    [{ standardise: { mean: 0, sd: 1 } }],
    /step 1 \(standardise\): unknown key "sd", expected mean, std; did you mean "std"\?/,
  ],
  ['another key', [{ impute: 'mean', values: 3 }], /step 1 \(impute\): unknown key "values".*did you mean "value"\?/],
  ['two steps', [{ log1p: true, symlog: true }], /two steps in one, log1p and symlog/],
  ['no object', ['log1p'], /step 1: "log1p", expected an object/],
  [
    'a mean of texts',
    [{ impute: 'mean', value: 'a' }],
    /the mean is "a", a text, expected a number; text columns have/,
  ],
  ['no fitted value', [{ impute: 'median' }], /step 1 \(impute\): value is absent, expected a number or a text/],
  [
    'a text after numbers',
    [{ log1p: true }, { impute: 'constant', value: 'a' }],
    /step 2 \(impute\): value is "a" after a step that gives numbers/,
  ],
  [
    'numbers after texts',
    [{ map: { a: 'b' } }, { log1p: true }],
    /step 2 \(log1p\): the step before gives texts, expected numbers; map/,
  ],
  ['texts at the end', [{ map: { a: 'b' } }], /step 1 \(map\): the last step gives texts, expected numbers/],
  [
    'a step after oneHot',
    [{ oneHot: { categories: ['a'] } }, { standardise: { mean: 0, std: 1 } }],
    /step 2 \(standardise\): it follows oneHot.*move it before/,
  ],
  ['std 0', [{ standardise: { mean: 0, std: 0 } }], /step 1 \(standardise\): std is 0, expected a number above 0/],
  [
    'edges that do not ascend',
    [{ bin: { edges: [0, 2, 2] } }],
    /step 1 \(bin\): edge 2 follows 2, expected edges that ascend/,
  ],
  ['min above max', [{ minMax: { min: 2, max: 1 } }], /min is 2 and max is 1/],
  ['limits in the wrong order', [{ clip: [1, 0] }], /clip is \[1, 0\]/],
  ['a category twice', [{ ordinal: ['a', 'a'] }], /ordinal has "a" twice/],
  ['texts and numbers', [{ oneHot: { categories: ['a', 1] } }], /categories has texts and numbers/],
  ['an unlisted drop', [{ oneHot: { categories: ['a', 'b'], drop: 'c' } }], /drop is "c", expected "first" or one of/],
  [
    'a flag after impute',
    [{ impute: 'mean', value: 1 }, { missing: true }],
    /the flag is always 0, expected missing before impute/,
  ],
  ['days without a start', [{ date: 'daysSince' }], /since is absent, expected a day/],
  ['an impossible start', [{ date: 'daysSince', since: '2023-02-29' }], /since is "2023-02-29"/],
  ['a format without days', [{ date: 'year', format: 'MM.YYYY' }], /has no DD/],
  ['a format with names', [{ date: 'year', format: 'DD MMM YYYY' }], /has MM twice|has "M"/],
  ['a part of no date', [{ date: 'week' }], /date is "week", expected one of year/],
])('refused: %s', (_, steps, message) => {
  expect(() => one(steps)).toThrow(message);
  try {
    one(steps);
  } catch (error) {
    expect(error).toMatchObject({ code: 'preprocessing' });
  }
});

test.each<[string, readonly unknown[], string, RegExp]>([
  [
    'text',
    [{ standardise: { mean: 0, std: 1 } }],
    'abc',
    /column "x", row 2: "abc" is text, and step 1 \(standardise\) takes numbers; correct it/,
  ],
  ['a missing number', [], '', /row 2: the value is missing, and no step imputes it; give the column an impute step/],
  ['an unlisted value', [{ map: { 5: 1 } }], 'b', /row 2: step 1 \(map\) does not list "b"; give the step "otherwise"/],
  ['a logarithm of -1', [{ log1p: true }], '-1', /row 2: -1 in step 1 \(log1p\), expected a number above -1/],
  ['an overflow', [{ yeoJohnson: { lambda: 300 } }], '1e9', /row 2: "1e9" becomes Infinity, expected a finite number/],
  [
    'no date',
    [
      { date: 'year', format: 'DD.MM.YYYY' },
      { map: [[5, 1]], otherwise: 0 },
    ],
    '31.02.2020',
    /row \d: ".*" is not a date of step 1 \(date\), expected DD.MM.YYYY/,
  ],
])('a row is refused: %s', async (_, steps, value, message) => {
  const p = one(steps);
  await expect(encoded(['5', value], p)).rejects.toThrow(message);
  expect(() => denseRecord(recordPlan(p), { x: value })).toThrow(/^record: field "x": /);
});

test('rows that are not encoded may have values that steps refuse', async () => {
  const rows = await table('x,y\n1,1\nabc,1\n2,1\n');
  const { features } = encode(rows, one([]), { rows: Uint32Array.of(0, 2) });
  expect([...denseRows(features, 0, 2)]).toEqual([1, 2]);
});
