// Missing values in all spellings, from the table to the exported student.
import { expect, test } from 'vitest';
import { countMissing } from '../../src/data/count-missing.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { MISSING, missingTest } from '../../src/data/missing.ts';
import { type Preprocessing, parsePreprocessing } from '../../src/data/preprocessing.ts';
import type { Table, TableOptions } from '../../src/data/table.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { Student } from '../../src/student/student.ts';

const read = (text: string, options: TableOptions = {}): Promise<Table> =>
  readCsv(new TextEncoder().encode(text), { target: 'label', ...options });
const all = (t: Table): Uint32Array => Uint32Array.from({ length: t.rows }, (_, i) => i);
const spellings = ['', 'NA', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', 'null', 'NULL', '?', ' ', ' NaN '];

test('every spelling in any case is missing; words that only contain one are not', () => {
  const missing = missingTest();
  for (const text of [...spellings, ...MISSING]) expect(missing(text), text).toBe(true);
  for (const text of ['0', '-', 'none', 'nano', 'NAN2', '??', 'nullable', 'Namibia']) expect(missing(text)).toBe(false);
});

test('a numeric column stays numeric, all spellings share one category, and they are counted', async () => {
  const rows = spellings.map((text, i) => `${text},${text},${i % 2}`);
  const t = await read(`x,c,label\n1,a,0\n3,b,1\n${rows.join('\n')}\n`);
  const p = fitPreprocessing(t, { rows: all(t) });
  expect(p.columns).toMatchObject([
    { kind: 'numeric', mean: 2, std: 1 },
    { kind: 'categorical', categories: ['', 'a', 'b'] },
  ]);
  const encoded = denseRows(encode(t, p).features, 0, t.rows);
  for (let i = 2; i < t.rows; i++) expect([...encoded.slice(4 * i, 4 * i + 4)]).toEqual([0, 1, 0, 0]);
  const [x, c] = countMissing(t);
  expect(x).toMatchObject({ column: 'x', count: spellings.length });
  expect(c?.spellings.map(({ text }) => text)).toEqual(spellings);
  expect(countMissing(t, { rows: Uint32Array.of(0, 1, 3) })).toMatchObject([
    { count: 1, spellings: [{ text: 'NA', count: 1 }] },
    { count: 1 },
  ]);
});

test('a spelling that is listed as a category is that category', async () => {
  const t = await read('c,label\nNA,0\n?,1\nDE,0\n,1\n');
  const column = { name: 'c', kind: 'categorical' as const, categories: ['DE', 'NA'], offset: 0, width: 2 };
  expect([...denseRows(encode(t, { clip: 10, columns: [column], encodedWidth: 2 }).features, 0, 4)]).toEqual([
    0, 1, 0, 0, 1, 0, 0, 0,
  ]);
});

test('a missing label is an unlabelled row', async () => {
  const t = await read('x,label\n1,NaN\n2,1\n3,0\n4,?\n5,\n');
  expect([...t.labels]).toEqual([-1, 1, 0, -1, -1]);
});

test('the spellings of a table are those of every student fitted on it', async () => {
  const text = 'x,c,label\n1,a,0\n-999,none,1\n3,b,1\n,NA,0\n';
  const t = await read(text, { missing: ['-999', 'None'] });
  const p = fitPreprocessing(t, { rows: all(t) });
  expect(p).toMatchObject({ missing: ['-999', 'None'], columns: [{ mean: 2 }, { categories: ['', 'NA', 'a', 'b'] }] });
  expect(parsePreprocessing(JSON.parse(JSON.stringify(p)), 'p')).toEqual(p);
  // a given preprocessing without spellings takes those of the table
  const given: Preprocessing = { clip: p.clip, columns: p.columns, encodedWidth: p.encodedWidth };
  const data = encode(t, given);
  expect(data.preprocessing.missing).toEqual(['-999', 'None']);
  expect(data.teacherInputs).toBe(data.features);

  const parameters = Float32Array.of(0.7, -2, 0.3, 0.4, 0.5, 0.1);
  const student = new Student({
    architecture: { hidden: [] },
    parameters,
    preprocessing: p,
    threshold: 0.5,
    provenance: {},
  });
  const { files } = await toJavaScript(student);
  const shipped = await import(`data:text/javascript,${encodeURIComponent(new TextDecoder().decode(files[0]?.bytes))}`);
  const batch = student.predictProba(data);
  const answers = [
    [{ x: 1, c: 'a' }, 0],
    [{ x: -999, c: 'none' }, 1],
    [{ x: ' -999 ', c: null }, 1],
    [{ x: '', c: 'NONE' }, 1],
    [{ x: null, c: 'NA' }, 3],
  ] as const;
  for (const [record, row] of answers) {
    expect(student.predictRecord(record).probability).toBe(batch[row]);
    expect(shipped.predict(record).probability).toBe(batch[row]);
  }
  expect(() => student.predictRecord({ x: 'NaN', c: 'a' })).toThrow(/field "x" is "NaN", expected a finite number/);
  expect(() => shipped.predict({ x: 'NaN', c: 'a' })).toThrow(/expected a finite number/);
});

test('by default, a record may hold null, NaN or a spelling of a missing value', () => {
  const columns = [{ name: 'x', kind: 'numeric', transform: 'none', mean: 5, std: 2, offset: 0, width: 1 }] as const;
  const preprocessing = { clip: 10, columns, encodedWidth: 1 };
  const parameters = Float32Array.of(1, 0.25);
  const student = new Student({
    architecture: { hidden: [] },
    parameters,
    preprocessing,
    threshold: 0.5,
    provenance: {},
  });
  const want = student.predictRecord({ x: null });
  for (const x of [undefined, Number.NaN, 'NaN', '?', 'null', '', 5])
    expect(student.predictRecord({ x })).toEqual(want);
  expect(() => student.predictRecord({ x: Infinity })).toThrow(/expected a finite number/);
});

test('spellings that are not texts are refused', () => {
  expect(() => parsePreprocessing({ clip: 10, columns: [1], encodedWidth: 1, missing: [7] }, 'p')).toThrow(
    /missing has the wrong type, expected a list of texts/,
  );
});
