// docs/preprocessing.md lists every step; its files are valid, and the one for pandas encodes rows as its code does.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { STEP_NAMES } from '../../src/data/steps/parse.ts';
import { describePython, python } from '../python.ts';

const page = readFileSync(new URL('../../docs/preprocessing.md', import.meta.url), 'utf8');

/** The one code block that contains these words. */
function block(words: string): string {
  const found = [...page.matchAll(/```(?:python|json)\n([\s\S]*?)```/g)].filter(([, text]) => text?.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0]?.[1] as string;
}

test('the table lists every step', () => {
  const listed = [...page.matchAll(/^\| `\{ "(\w+)"/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...STEP_NAMES].sort());
});

test('the files are valid', () => {
  expect(parsePreprocessing(JSON.parse(block('"joined"')), 'docs').columns).toHaveLength(5);
  const text = JSON.parse(block('"kind": "text"')) as { width: number };
  const { columns } = parsePreprocessing({ columns: [text], encodedWidth: text.width }, 'docs');
  expect(columns).toEqual([text]);
});

describePython('pandas')('pandas', () => {
  test('the file written by hand encodes rows as the code does', async () => {
    const text = python(`import json, numpy as np, pandas
rng = np.random.default_rng(3)
n = 301
table = pandas.DataFrame({'income': np.where(np.arange(n) % 2, 2300, rng.integers(500, 90000, n)).astype(float), 'grade': rng.choice(['low', 'middle', 'high', 'new'], n),
                          'owner': rng.choice(['yes', 'no'], n), 'day': pandas.to_datetime(rng.integers(0, 20000, n), unit='D').strftime('%d.%m.%Y')})
table.loc[::7, 'income'] = np.nan
table.loc[::5, 'grade'] = np.nan
table.loc[::6, 'owner'] = np.nan
median = table['income'].median()
${block('pandas.DataFrame')}
print(json.dumps({'csv': table.to_csv(index=False), 'encoded': encoded.to_numpy(float).tolist(), 'median': median}))
`);
    const { csv, encoded, median } = JSON.parse(text) as { csv: string; encoded: number[][]; median: number };
    const file = JSON.parse(block('"grade"').replace('2300', String(median)));
    const preprocessing = parsePreprocessing(file, 'docs');
    const table = await readCsv(new TextEncoder().encode(csv));
    const x = denseRows(encode(table, preprocessing).features, 0, table.rows);
    for (const [i, value] of encoded.flat().entries()) expect(x[i]).toBeCloseTo(value, 6);
  });
});
