// Teachers whose inputs take several columns each (grouped/make.py), against numpy.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openPackedTeacher, packTeacher } from '../../src/cluster/packed-teacher.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encodeForTeacher } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { TableOptions } from '../../src/data/table.ts';
import { teacherColumns } from '../../src/teacher/binding.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import expected from './grouped/expected.json' with { type: 'json' };

const place = (name: string): string => fileURLToPath(new URL(`./grouped/${name}`, import.meta.url));
const margins = expected.margins as unknown as Readonly<Record<string, readonly number[]>>;
const preprocessing = parsePreprocessing(expected.preprocessing, 'preprocessing.json');
const csv = new Uint8Array(readFileSync(place('rows.csv')));
const table = (drop: readonly string[] = []) => readCsv(csv, { target: 'label', drop });
const open = (name: string, options: TeacherOptions = {}): Promise<Teacher> =>
  loadTeacher(place(`${name}.onnx`), options);

function close(got: ArrayLike<number>, name: string): void {
  const want = margins[name] as readonly number[];
  expect(got).toHaveLength(want.length);
  want.forEach((v, i) => {
    expect(Math.abs((got[i] as number) - v), `row ${i}: ${got[i]} for ${v}`).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(v)),
    );
  });
}

const stated: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'numbers-and-texts': { numbers: ['age', 'hours', 'pay'], texts: ['colour', 'city'] },
  'numbers-and-code': { numbers: ['age', 'hours', 'pay'], code: ['shift'] },
  'numbers-and-codes': { numbers: ['age', 'hours', 'pay'], codes: ['shift', 'age'] },
  matrix: { x: ['pay', 'age', 'hours'] },
  box: { x: ['age', 'hours', 'pay', 'shift'] },
};

describe.each(Object.entries(stated))('%s with stated columns', (name, inputs) => {
  test("numpy's margins, for a record, a map, any batch size, and packed for a worker", async () => {
    const rows = encodeForTeacher(await table(), undefined);
    using teacher = await open(name, { inputs });
    const whole = (await teacher.margins(rows)).margins;
    close(whole, name);
    expect((await teacher.margins(rows, { batchSize: 7 })).margins).toEqual(whole);
    const map = new Map(Object.entries(inputs));
    using packed = await openPackedTeacher(await packTeacher(place(`${name}.onnx`), { inputs: map }));
    expect((await packed.margins(rows)).margins).toEqual(whole);
    expect(packed.identity).toBe(teacher.identity);
    expect(teacherColumns(teacher, ['id', 'city', 'age', 'hours', 'pay', 'colour', 'shift'])).toEqual([
      ...new Set(Object.values(inputs).flat()),
    ]);
    expect(() => teacherColumns(teacher, ['age', 'hours'])).toThrow(/no column "pay", which should enter input/);
  });

  test('the same in a table in files, whose other columns do not matter', async () => {
    using stored = await storeTable(csv, { target: 'label', drop: ['id', 'when'] });
    const parts = split(stored);
    using encoded = await encodeParts(stored, parts, undefined, { optional: stored.columns });
    using teacher = await open(name, { inputs });
    const { margins: got } = await softLabels(teacher.forTable(stored), encoded.train);
    const want = margins[name] as readonly number[];
    Array.from(parts.train, (row, i) => expect(got[i]).toBeCloseTo(want[row] as number, 4));
  });
});

describe('columns without a statement', () => {
  const drop = ['id', 'when', 'shift'];

  test('are those of the only possible assignment, in order, with a note', async () => {
    const rows = await table(drop);
    using opened = await open('numbers-and-texts');
    expect(opened.why.inputs).toBe('input "numbers" takes 3 columns of numbers; input "texts" takes 2 columns of text');
    const teacher = opened.forTable(rows);
    close((await teacher.margins(encodeForTeacher(rows, undefined))).margins, 'numbers-and-texts');
    expect(teacher.notes).toEqual([
      'teacher: input "numbers" takes "age", "hours", "pay"; input "texts" takes "colour", "city"',
    ]);
    expect(teacher.inputs).toEqual(['age', 'hours', 'pay', 'colour', 'city']);
    using same = await open('numbers-and-texts', {
      inputs: stated['numbers-and-texts'] as object as Record<string, string[]>,
    });
    expect(same.identity).toBe(teacher.identity);
    // without forTable, the first rows decide
    close((await opened.margins(encodeForTeacher(rows, undefined))).margins, 'numbers-and-texts');
    using stored = await storeTable(csv, { target: 'label', drop });
    expect(opened.forTable(stored).identity).toBe(teacher.identity);
  });

  test('an input of one value takes the column of its name', async () => {
    const text = new TextDecoder().decode(csv).replace('shift', 'Code');
    const rows = await readCsv(new TextEncoder().encode(text), { target: 'label' });
    using opened = await open('numbers-and-code');
    close((await opened.forTable(rows).margins(encodeForTeacher(rows, undefined))).margins, 'numbers-and-code');
  });

  test('stated columns of one input leave the others', async () => {
    const rows = await table();
    using opened = await open('numbers-and-texts', { inputs: { texts: ['colour', 'city'] } });
    expect(() => opened.forTable(rows)).toThrow(
      /input "numbers" of teacher .* takes 3 numbers per row, and 4 columns of numbers are left for it \("age", "hours", "pay", "shift"\), expected the 3 columns that enter it, in order; say which columns enter which input \(inputs: numbers=COLUMN,\.\.\.\), or drop/,
    );
    const fewer = await table(['shift']);
    close((await opened.forTable(fewer).margins(encodeForTeacher(fewer, undefined))).margins, 'numbers-and-texts');
  });

  test('two inputs that could share them are refused', async () => {
    using opened = await open('numbers-and-codes');
    const failure =
      /inputs "numbers" \(3 per row\) and "codes" \(2 per row\) take numbers, and the columns could enter them in several ways/;
    expect(() => opened.forTable({ name: 't', columns: [] })).toThrow(failure);
    await expect(opened.margins(encodeForTeacher(await table(), undefined))).rejects.toThrow(failure);
    expect(teacherColumns(opened, ['a', 'b'])).toEqual(['a', 'b']);
  });
});

describe('encoded columns', () => {
  const encoded = async (options?: TableOptions) =>
    encodeForTeacher(await readCsv(csv, { target: 'label', ...options }), preprocessing);

  test.each<[string, TeacherOptions['inputs']]>([
    ['all stated', { left: ['age', 'hours'], right: ['pay', 'colour'] }],
    ['what is left to the only other input', { left: ['age', 'hours'] }],
    ['stated in another order', { right: ['colour', 'pay'] }],
  ])('%s', async (_, inputs) => {
    using teacher = await open('two-groups', { preprocessing, ...(inputs && { inputs }) });
    expect([teacher.takes, teacher.width, teacher.inputs]).toEqual(['matrix', 5, ['age', 'hours', 'pay', 'colour']]);
    close((await teacher.margins(await encoded())).margins, 'two-groups');
    const order = 'the columns of input "right" enter it in the order of the preprocessing: "pay", "colour"';
    expect(teacher.notes).toEqual(_ === 'stated in another order' ? [`teacher: ${order}`] : []);
    using packed = await openPackedTeacher(
      await packTeacher(place('two-groups.onnx'), { preprocessing, ...(inputs && { inputs }) }),
    );
    expect((await packed.margins(await encoded())).margins).toEqual((await teacher.margins(await encoded())).margins);
  });

  test('a single matrix takes the stated ones, in the order of the preprocessing', async () => {
    using teacher = await open('matrix', { preprocessing, inputs: { x: ['pay', 'age', 'hours'] } });
    const { inputs } = await teacher.trace(await encoded());
    expect(inputs[0]?.columns).toEqual(['age', 'hours', 'pay']);
    using other = await open('matrix', { preprocessing, inputs: { x: ['colour', 'age'] } });
    expect((await other.trace(await encoded())).inputs[0]?.columns).toEqual(['age', 'colour=blue', 'colour=red']);
    expect(other.identity).not.toBe(teacher.identity);
  });

  test.each<[TeacherOptions['inputs'], RegExp]>([
    [
      undefined,
      /inputs "left" \[N, 2\], "right" \[N, 3\] could share the columns of the preprocessing in several ways/,
    ],
    [
      { left: ['age', 'colour'] },
      /input "left": it takes 2 values per row, and the preprocessing encodes its columns \("age", "colour"\) as 3/,
    ],
    [{ left: ['age', 'hour'] }, /input "left": the preprocessing has no column "hour" \(did you mean "hours"\?\)/],
    [{ left: ['age', 'hours', 'pay', 'colour'] }, /no column of the preprocessing is left for input "right"|as 5/],
  ])('%j is refused', async (inputs, message) => {
    await expect(open('two-groups', { preprocessing, ...(inputs && { inputs }) })).rejects.toThrow(message);
  });

  test('raw rows, or rows of another width, are refused', async () => {
    using teacher = await open('two-groups', { preprocessing, inputs: { left: ['age', 'hours'] } });
    await expect(teacher.margins(encodeForTeacher(await table(), undefined))).rejects.toThrow(/but the rows are raw/);
    await expect(teacher.margins(denseMatrix(new Float32Array(6), 6))).rejects.toThrow(/share 5 encoded columns/);
  });
});

test.each<[string, object, RegExp]>([
  [
    'an unknown input',
    { nmbers: ['age'] },
    /no input "nmbers" \(did you mean "numbers"\?\), expected one of "numbers", "texts"; say which/,
  ],
  [
    'too few columns',
    { numbers: ['age', 'pay'] },
    /input "numbers": it takes 3 values per row, and 2 columns are stated, expected 3/,
  ],
  ['a column twice', { numbers: ['age', 'pay', 'age'] }, /column "age" enters it twice, expected each column once/],
  ['no columns', { numbers: [] }, /no columns are stated for it, expected at least one column/],
  ['a text instead of a list', { numbers: 'age' }, /its columns have the wrong type, expected a list of column names/],
  [
    'one input in two spellings',
    { numbers: ['a', 'b', 'c'], NUMBERS: ['a', 'b', 'c'] },
    /its columns are stated twice/,
  ],
])('%s is refused', async (_, inputs, message) => {
  await expect(open('numbers-and-texts', { inputs: inputs as Record<string, string[]> })).rejects.toThrow(message);
});

test('a column that the table does not have is refused; one column may enter two inputs; names are data', async () => {
  using teacher = await open('numbers-and-texts', {
    inputs: { numbers: ['age', 'hours', 'pays'], texts: ['city', 'colour'] },
  });
  await expect(teacher.margins(encodeForTeacher(await table(), undefined))).rejects.toThrow(
    /no column "pays", which should enter input "numbers" of the teacher \(did you mean "pay"\?\)/,
  );
  const inputs = JSON.parse('{ "__proto__": ["age"] }') as Record<string, string[]>;
  await expect(open('matrix', { inputs })).rejects.toThrow(/no input "__proto__"/);
});
