// Teachers with one input per column, numbers and text, like exported scikit-learn pipelines (tiny/pipeline.py).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { type Dataset, encode, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import type { Table } from '../../src/data/table.ts';
import { distill } from '../../src/distill.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { columnOf } from '../../src/teacher/input-columns.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { debkd, temporary } from '../cli/run.ts';
import { describePython, python } from '../python.ts';
import expected from './tiny/pipeline.json' with { type: 'json' };

const place = (name: string): URL => new URL(`./tiny/${name}`, import.meta.url);
const csv = readFileSync(place('pipeline.csv'), 'utf8');
const read = (text: string): Promise<Table> => readCsv(new TextEncoder().encode(text), { target: 'label' });
const all = (t: Table): Uint32Array => Uint32Array.from({ length: t.rows }, (_, i) => i);
async function raw(text: string = csv): Promise<Dataset> {
  const table = await read(text);
  return encode(table, fitPreprocessing(table, { rows: all(table) }), { teacher: 'raw' });
}
const data = await raw();

describe.each(['pipeline', 'pipeline-flat', 'pipeline-single', 'pipeline-double', 'pipeline-renamed'])('%s', (name) => {
  test("scikit-learn's probabilities, for any batch size and any rows", async () => {
    using teacher = await loadTeacher(place(`${name}.onnx`));
    expect([teacher.convention, teacher.takes, teacher.width]).toEqual(['probabilities', 'columns', 5]);
    const { margins, clippedCount } = await softLabels(teacher, data);
    expect(clippedCount).toBe(0);
    expected.probability.forEach((p, i) => {
      expect(Math.abs(sigmoid(margins[i] as number) - p), `row ${i}`).toBeLessThan(1e-6);
    });
    for (const batchSize of [1, 7]) expect((await softLabels(teacher, data, { batchSize })).margins).toEqual(margins);
    const some = Uint32Array.of(239, 3, 201, 3);
    const picked = await softLabels(teacher, selectRows(data, some));
    expect(picked.margins).toEqual(Float64Array.from(some, (row) => margins[row] as number));
    expect((await softLabels(teacher, selectRows(data, new Uint32Array(0)))).margins).toHaveLength(0);
  });

  test('bytes and a path give the same margins; an abort rejects with the reason of the signal', async () => {
    using teacher = await loadTeacher(new Uint8Array(readFileSync(place(`${name}.onnx`))));
    using there = await loadTeacher(place(`${name}.onnx`));
    expect(await softLabels(teacher, data)).toEqual(await softLabels(there, data));
    const signal = AbortSignal.abort(new Error('no more'));
    await expect(softLabels(teacher, data, { signal })).rejects.toThrow('no more');
  });
});

test('one text input', async () => {
  using teacher = await loadTeacher(place('text.onnx'));
  expect([teacher.convention, teacher.takes]).toEqual(['logit', 'columns']);
  const { margins } = await softLabels(teacher, await raw('city,x,label\nŁódź,1,0\nBern,2,1\nMars,3,0\n,4,1\n'));
  expect([...margins]).toEqual([2, 0.5, 0, 0]);
});

test('a model that rejects unknown texts loads, and fails with the reason on such a text', async () => {
  using teacher = await loadTeacher(place('pipeline-strict.onnx'));
  expect(teacher.reading.reason).toMatch(/sum to 1/);
  const known = selectRows(data, Uint32Array.of(0, 1, 2));
  const { margins } = await softLabels(teacher, known);
  expect(Math.abs(sigmoid(margins[0] as number) - (expected.probability[0] as number))).toBeLessThan(1e-6);
  await expect(softLabels(teacher, data)).rejects.toThrow(
    /the model failed on 240 rows of 5 values \(.*Unknown Category/i,
  );
});

test('distillation: the student takes every column, the teacher those of its inputs', async () => {
  const table = await read(csv);
  const train = Uint32Array.from({ length: 160 }, (_, i) => i);
  const validation = Uint32Array.from({ length: 80 }, (_, i) => 160 + i);
  const preprocessing = fitPreprocessing(table, { rows: train });
  using teacher = await loadTeacher(place('pipeline.onnx'));
  const { student, soft } = await distill({
    teacher,
    train: encode(table, preprocessing, { rows: train, teacher: 'raw' }),
    validation: encode(table, preprocessing, { rows: validation, teacher: 'raw' }),
    student: { hidden: [4] },
    seed: 1,
  });
  expect(Math.abs(sigmoid(soft.validation.margins[0] as number) - (expected.probability[160] as number))).toBeLessThan(
    1e-6,
  );
  const record = { city: 'Atlantis', age: 'NA', 'hours-per-week': 40, visits: 3, job: 'clerk', 'shoe size': 40 };
  expect(student.predictRecord(record).probability).toBeGreaterThan(0);
});

test('on the command line; inspect explains how columns enter the inputs', () => {
  const teacher = new URL('./tiny/pipeline.onnx', import.meta.url).pathname;
  const { stdout } = debkd(['inspect', teacher, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    takes: 'columns',
    output: 'probabilities',
    convention: 'probabilities',
    positiveClass: 'second',
    why: {
      inputs: '5 inputs take the columns of the same names',
      output: 'the only floating-point output, behind the ZipMap that makes output_probability',
      positiveClass: 'the model names its classes "0", "1"',
    },
  });
  const cwd = temporary();
  const args = ['distill', '--teacher', teacher, '--data', place('pipeline.csv').pathname, '--epochs', '3', '--json'];
  const made = debkd(args, { cwd });
  expect(made.status, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({
    missing: [{ column: 'age' }],
    teacher: { convention: 'probabilities' },
  });
  const given = debkd(
    [...args, '--preprocessing', new URL('../../models/wdbc/preprocessing.json', import.meta.url).pathname],
    { cwd },
  );
  expect([given.status, given.stderr]).toEqual([
    2,
    expect.stringMatching(/take raw columns by name.*leave out --preprocessing/),
  ]);
});

const changed = (from: string | RegExp, to: string): Promise<Dataset> => raw(csv.replace(from, to));
test.each<[string, () => Promise<Dataset>, string, RegExp]>([
  [
    'a missing column',
    () => changed('hours-per-week', 'hours-per-weak'),
    'column',
    /no column "hours-per-week" for an input of teacher .*; rename column "hours-per-weak" if it is the one/,
  ],
  [
    'two columns that match one input',
    () => changed('visits,job,shoe size', 'Visits,job,VISITS'),
    'column',
    /"Visits" and "VISITS" both match an input of teacher .*; rename one of them to "visits"/,
  ],
  [
    'text for a number',
    () => raw('city,age,hours-per-week,visits,job,label\nOslo,old,3,2,clerk,0\nOslo,5,3,2,clerk,1\n'),
    'preprocessing',
    /column "age", row 1: "old" cannot go into the teacher as it is, expected a number/,
  ],
  [
    'a fraction for a whole number',
    () => raw('city,age,hours-per-week,visits,job,label\nOslo,4,3,2.5,clerk,0\nOslo,5,3,2,clerk,1\n'),
    'preprocessing',
    /column "visits", row 1: "2.5" cannot go into the teacher as it is, expected a whole number/,
  ],
  [
    'a missing whole number',
    () => raw('city,age,hours-per-week,visits,job,label\nOslo,4,3,?,clerk,0\nOslo,5,3,2,clerk,1\n'),
    'preprocessing',
    /column "visits", row 1: "\?" cannot go into the teacher as it is, expected a whole number/,
  ],
])('%s is refused', async (_, make, code, message) => {
  using teacher = await loadTeacher(place('pipeline.onnx'));
  await expect(make().then((rows) => softLabels(teacher, rows))).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('a teacher of columns refuses encoded rows; one without an imputer refuses missing numbers', async () => {
  using pipeline = await loadTeacher(place('pipeline.onnx'));
  await expect(pipeline.margins(denseMatrix(new Float32Array(10), 5))).rejects.toThrow(
    /its 5 inputs take raw columns by name, but the rows are encoded; encode them with teacher: 'raw'/,
  );
  using plain = await loadTeacher(place('logit.onnx'));
  await expect(softLabels(plain, await raw('a,b,label\n1,2,0\n3,NaN,1\n'))).rejects.toThrow(
    /column "b", row 2: "NaN" cannot go into the teacher as it is, because the model has no imputer; fill it in/,
  );
});

test('inputs find columns by name, ignoring case and punctuation', () => {
  const names = ['Age', 'hours-per-week', 'größe (cm)', 'x'];
  const at = (input: string): number => columnOf(input, names, { teacher: 't', data: 'd' });
  expect([at('Age'), at('age'), at('hours_per_week'), at('größe_cm_'), at('x')]).toEqual([0, 0, 1, 2, 3]);
  expect(() => at('y')).toThrow(/no column "y"/);
});

describePython('onnx')('inputs that cannot be bound', () => {
  const make = (inputs: string): Uint8Array => {
    const program = `import sys
from onnx import TensorProto as T, helper
inputs = [helper.make_tensor_value_info(n, k, s) for n, k, s in ${inputs}]
same = len({i.type.tensor_type.elem_type for i in inputs}) == 1
node = helper.make_node("Concat", [i.name for i in inputs], ["v"], axis=1) if same and len(inputs) > 1 else helper.make_node("Cast", [inputs[0].name], ["v"], to=T.FLOAT)
graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("v", T.FLOAT, ["N", 1])])
print(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString().hex())`;
    return Uint8Array.from(Buffer.from(python(program).trim(), 'hex'));
  };
  test.each([
    [
      '[("input_ids", T.INT64, ["N", "length"])]',
      /it reads text as tokens, and no tokenizer is given; give the tokenizer.json that the model was trained with/,
    ],
    [
      '[("a", T.FLOAT, ["N", 3, "k"]), ("b", T.FLOAT, ["N", 1])]',
      /input "a": it has shape \[N, 3, k\], expected fixed/,
    ],
    ['[("a", T.COMPLEX64, ["N", 3])]', /input "a" has type complex64, expected float32, float64, float16, bool,/],
    [
      '[("a", T.FLOAT, [3])]',
      /input "a" has shape \[3\], without an axis of rows, expected a free first size, such as \[N, 3\]/,
    ],
    [
      '[("a", T.FLOAT, [1, 1]), ("b", T.FLOAT, ["N", 1])]',
      /its inputs differ in their number of rows: a \(float32 \[1, 1\]\), b \(float32 \[N, 1\]\)/,
    ],
  ])('%s', async (inputs, message) => {
    await expect(loadTeacher(make(inputs))).rejects.toThrow(
      expect.objectContaining({ code: 'teacher', message: expect.stringMatching(message) }),
    );
  });
  test('an unknown input', async () => {
    await expect(loadTeacher(make('[("a", T.FLOAT, ["N", 1])]'), { input: 'x' })).rejects.toThrow(
      /no input "x", expected one of a \(float32 \[N, 1\]\)/,
    );
  });
});
