// Exports of students, run and compared with the student: JavaScript, wasm, safetensors, ONNX.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { missingTest } from '../../src/data/missing.ts';
import { type Preprocessing, parsePreprocessing } from '../../src/data/preprocessing.ts';
import { exportTo } from '../../src/deploy/export.ts';
import type { Exported } from '../../src/deploy/exported.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { checkParity, encodedRecords, syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { toSafetensors } from '../../src/deploy/safetensors.ts';
import { TARGETS } from '../../src/deploy/targets.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { parseOnnx } from '../../src/teacher/parse-onnx.ts';
import { describePython, python, pythonFile } from '../python.ts';
import { dice } from '../random.ts';

// names and categories that break out of a string, a script element or an object, if code does not escape them
const NAMES = ['__proto__', "a'; throw 1; '", '</script>\u2028"`$x'] as const;
const preprocessing: Preprocessing = {
  clip: 10,
  columns: [
    { name: '__proto__', kind: 'numeric', transform: 'symlog', mean: 0.5, std: 2, offset: 0, width: 1 },
    { name: "a'; throw 1; '", kind: 'numeric', transform: 'none', mean: -3, std: 1e-3, offset: 1, width: 1 },
    {
      name: '</script>\u2028"`$x',
      kind: 'categorical',
      categories: ['', '__proto__', 'constructor', "é\\'"],
      offset: 2,
      width: 4,
    },
  ],
  encodedWidth: 6,
};

type Form = 'float32' | 'float16' | 'int8';
const FORMS: readonly Form[] = ['float32', 'float16', 'int8'];

function randomStudent(architecture: Architecture, seed: number, form: Form = 'float32'): Student {
  const d = dice(seed);
  const { layers, size } = layout(6, architecture);
  const parameters = new Float32Array(size);
  for (const { inputs, outputs, weight } of layers) {
    const bound = Math.min(1, Math.sqrt(6 / inputs)); // He initialisation
    for (let i = 0; i < (inputs + 1) * outputs; i++) parameters[weight + i] = d.real(-bound, bound);
  }
  const student = new Student({ architecture, parameters, preprocessing, threshold: 0.4, provenance: {} });
  return form === 'float32' ? student : quantize(student, form, { force: true });
}
const shapes: Architecture[] = [
  ...[[], [1], [16], [9, 5], [70, 33]].map((hidden) => ({ hidden })),
  { hidden: [9, 5], activation: 'tanh' },
  { hidden: [9], activation: 'gelu' },
  { hidden: [7, 7, 7], residual: true },
  { hidden: [6, 6], residual: true, activation: 'gelu' },
];
const cases = shapes.flatMap((shape) => FORMS.map((form): [Architecture, Form] => [shape, form]));
const text = ({ files }: Exported, path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
const load = (source: string): Promise<Record<string, unknown>> =>
  import(`data:text/javascript,${encodeURIComponent(source)}`);
type Predict = (record: object) => { probability: number; label: number };

test.each(cases)(
  '%j in %s: JavaScript, wasm and safetensors predict the same bits as the student',
  async (shape, form) => {
    const student = randomStudent(shape, 3, form);
    const records = syntheticRecords(student);
    const expected = records.map((record) => student.predictRecord(record));
    const batch = student.predictProba(encodedRecords(student, records));
    expect(expected.map(({ probability }) => probability)).toEqual([...batch]);
    const [js, wasm, safetensors] = [await toJavaScript(student), await toWasm(student), await toSafetensors(student)];
    expect([js, wasm, safetensors].map(({ largestDifference }) => largestDifference)).toEqual([0, 0, 0]);
    expect([await toJavaScript(student), await toWasm(student), await toSafetensors(student)]).toEqual([
      js,
      wasm,
      safetensors,
    ]);

    const shipped = await load(text(js, 'student.js'));
    expect((shipped['predictBatch'] as (records: readonly object[]) => unknown)(records)).toEqual(expected);
    expect(shipped['threshold']).toBe(0.4);
    expect(shipped['about']).toMatchObject({ threshold: 0.4, inputs: [{ name: '__proto__', type: 'number' }, {}, {}] });
    const loader = await load(text(wasm, 'student.js'));
    const bytes = wasm.files[0]?.bytes as Uint8Array<ArrayBuffer>;
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const open = loader['openStudent'] as (module: WebAssembly.Module) => {
      predictBatch(records: readonly object[]): unknown;
    };
    expect(open(module).predictBatch(records)).toEqual(expected);
    const {
      memory,
      open: start,
      end,
    } = new WebAssembly.Instance(module).exports as {
      memory: WebAssembly.Memory;
      open(): number;
      end(): number;
    };
    start();
    expect(end()).toBeLessThanOrEqual(memory.buffer.byteLength);
  },
);

test('no export has imports, evaluates strings, compiles bytes or ends a script element', async () => {
  for (const form of FORMS) {
    const student = randomStudent({ hidden: [9], activation: 'gelu' }, 3, form);
    for (const exported of [await toJavaScript(student), await toWasm(student)]) {
      const source = text(exported, 'student.js');
      expect(source).not.toMatch(
        /\bimport\b|require|fetch\(|\beval\b|Function\(|WebAssembly\.(compile|Module)|<\/script|\u2028/,
      );
    }
  }
});

test.each(cases)('%j in %s: both ONNX models predict within 1e-6 of the student', async (shape, form) => {
  const student = randomStudent(shape, 4, form);
  const exported = await toOnnx(student);
  expect(exported.largestDifference).toBeLessThan(1e-6);
  expect(await toOnnx(student)).toEqual(exported);
  expect(exported.files.map((file) => file.path)).toEqual(['student.onnx', 'student-raw.onnx']);
  using teacher = await loadTeacher(exported.files[0]?.bytes as Uint8Array);
  expect(teacher.convention).toBe('probability');
  expect(teacher.graph.opset).toBe(17);
  const metadata = JSON.parse(teacher.graph.metadata.get('debkd') as string) as { preprocessing: unknown };
  expect(metadata).toMatchObject({ threshold: 0.4 });
  expect(parsePreprocessing(metadata.preprocessing, 'metadata')).toEqual(preprocessing);
});

test('a probability that differs is an error', () => {
  expect(checkParity('js', [0.5, 0.25], [0.5, 0.25 + 1e-7])).toBeCloseTo(1e-7, 12);
  expect(() => checkParity('js', [0.5], [0.500002])).toThrow(
    /export js: synthetic row 1 gives 0.500002, the student 0.5/,
  );
  expect(() => checkParity('js', [0.5], [Number.NaN])).toThrow(/gives NaN/);
});

test('a module rejects the records that the student rejects, and names the field', async () => {
  const student = randomStudent({ hidden: [4] }, 6);
  const { predict, unknownFields } = (await load(text(await toJavaScript(student), 'student.js'))) as {
    predict: Predict;
    unknownFields(record: object): string[];
  };
  const [first = {}] = syntheticRecords(student);
  const name = "a'; throw 1; '";
  const good = { ...first, [name]: 2, [NAMES[2]]: '__proto__' };
  const { [name]: _, ...rest } = good;
  const refused: [object, RegExp][] = [
    [rest, /no field "a'; throw 1; '"/],
    [{ ...rest, "A'; THROW 1; '": 3 }, /did you mean "A'; THROW 1; '"\? Give/],
    [{ ...good, [name]: 'x' }, /is "x", expected a finite number/],
    [{ ...good, [name]: true }, /is "true", expected a finite number/],
    [{ ...good, [name]: Infinity }, /is "Infinity", expected a finite number/],
    [{ ...good, [name]: [1] }, /is a list, expected text/],
    [{ ...good, [NAMES[2]]: {} }, /is an object, expected text/],
  ];
  for (const [record, message] of refused) {
    expect(() => predict(record)).toThrow(message);
    expect(() => student.predictRecord(record as RawRecord)).toThrow(message);
    const error = (() => {
      try {
        return predict(record);
      } catch (thrown) {
        return thrown as object;
      }
    })();
    expect(error).toMatchObject({
      name: 'DebkdError',
      code: 'column',
      field: message.source.includes('object') ? NAMES[2] : name,
    });
  }
  for (const record of [null, 7, [good], 'x'])
    expect(() => predict(record as object)).toThrow(/expected an object of fields/);
  // equal predictions, as the table in docs/deploy.md says
  const same: [object, object][] = [
    [{ ...good, extra: { any: [1] } }, good],
    [{ ...good, [name]: ' 2e0 ' }, good],
    [
      { ...good, [name]: NaN },
      { ...good, [name]: null },
    ],
    [
      { ...good, [name]: ' N/a ' },
      { ...good, [name]: '' },
    ],
    [
      { ...good, [NAMES[2]]: undefined },
      { ...good, [NAMES[2]]: '' },
    ],
    [
      { ...good, [NAMES[2]]: 'toString' },
      { ...good, [NAMES[2]]: 'never seen' },
    ],
  ];
  for (const [a, b] of same) expect(predict(a)).toEqual(predict(b));
  expect(predict({ ...good, [NAMES[2]]: 'constructor' })).not.toEqual(predict(good));
  expect(unknownFields(good)).toEqual([]);
  expect(unknownFields({ ...good, [NAMES[2]]: 'toString' })).toEqual([NAMES[2]]);
  expect(unknownFields({ ...good, [NAMES[2]]: null })).toEqual([]);
});

test('spellings of missing values: numbers, and words of any length', async () => {
  const missing = ['999', '-1.5', 'Not Given', 'İ', 'na'];
  const columns = preprocessing.columns.map((column) => ({ ...column }));
  const student = new Student({
    ...randomStudent({ hidden: [7] }, 8),
    preprocessing: { clip: 10, encodedWidth: 6, columns, missing },
  });
  const [none, nine] = [null, 999].map((a) =>
    student.predictRecord(Object.fromEntries(NAMES.map((name, i) => [name, [a, 1, 'x'][i]]))),
  );
  expect(none).toEqual(nine);
  const exports = [await toOnnx(student), await toJavaScript(student), await toWasm(student)];
  for (const { target, largestDifference } of exports)
    expect(largestDifference, target).toBeLessThan(target === 'onnx' ? 1e-6 : 1e-300);
});

describePython('onnx')('in Python', () => {
  const evaluate = (model: Uint8Array, feeds: object): { [output: string]: number[] } => {
    const file = join(folder, 'model.onnx');
    writeFileSync(file, model);
    return JSON.parse(pythonFile('test/deploy/evaluate.py', [file], JSON.stringify(feeds)));
  };
  const folder = mkdtempSync(join(tmpdir(), 'debkd-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(cases)('%j in %s: onnx.checker accepts it, and NumPy predicts the same', async (shape, form) => {
    const student = randomStudent(shape, 5, form);
    const { files } = await toOnnx(student);
    const records = syntheticRecords(student);
    const rows = encodedRecords(student, records);
    const expected = student.predictProba(rows);
    const encoded = evaluate(files[0]?.bytes as Uint8Array, { input: [...rows] });
    checkParity('evaluator', expected, encoded['probability'] as number[]);

    const { inputs } = metadata(files[1]?.bytes as Uint8Array) as { inputs: string[] };
    expect(inputs).toEqual(['column_0', NAMES[1], NAMES[2]]);
    const plain = records.map((record) => {
      const [a, b, c] = NAMES.map((name) => record[name]);
      const float = (x: unknown): number | null => (typeof x === 'number' ? Math.fround(x) : null);
      return [float(a), float(b), c === null || missingTest()(String(c)) ? '' : String(c)] as const;
    });
    const raw = evaluate(
      files[1]?.bytes as Uint8Array,
      Object.fromEntries(inputs.map((name, i) => [name, plain.map((row) => row[i])])),
    );
    const exact = plain.map(([a, b, c]) =>
      student.predictRecord(Object.fromEntries([a, b, c].map((value, i) => [NAMES[i], value]))),
    );
    checkParity(
      'evaluator',
      exact.map(({ probability }) => probability),
      raw['probability'] as number[],
    );
    expect(raw['label']).toEqual(exact.map(({ label }) => label));
  });
});

describePython('torch')('in PyTorch', () => {
  const pytorch = readFileSync('docs/other-runtimes.md', 'utf8').split('## PyTorch')[1] as string;
  const blocks = [...pytorch.matchAll(/```python\n([\s\S]*?)```/g)].map(([, code]) => code);
  const folder = mkdtempSync(join(tmpdir(), 'debkd-torch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(FORMS)('the loader in docs/other-runtimes.md, %s', async (form) => {
    const student = randomStudent({ hidden: [9, 5] }, 7, form);
    const { files } = await toSafetensors(student);
    const file = join(folder, `${form}.safetensors`);
    writeFileSync(file, files[0]?.bytes as Uint8Array);
    const rows = encodedRecords(student, syntheticRecords(student));
    const program = `${blocks.join('\n')}
import sys
x = torch.frombuffer(bytearray(sys.stdin.buffer.read()), dtype=torch.float32).reshape(-1, 6)
layers, meta = load(${JSON.stringify(file)})
assert json.loads(meta['architecture']) == {'hidden': [9, 5]} and float(meta['threshold']) == 0.4
print(json.dumps(probability(x, layers).tolist()))`;
    const actual = JSON.parse(python(program, new Uint8Array(rows.buffer))) as number[];
    // the third is for students of images (test/deploy/images.test.ts)
    expect(blocks.length).toBe(3);
    checkParity('PyTorch', student.predictProba(rows), actual);
  });
});

function metadata(model: Uint8Array): unknown {
  return JSON.parse(parseOnnx(model, 'export').metadata.get('debkd') as string);
}

test('all targets export names with NUL or unpaired surrogates, and long names', async () => {
  const column = (name: string, offset: number) =>
    ({ name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 }) as const;
  const names = ['a\0b', '\ud800z', 'x'.repeat(300)];
  const student = new Student({
    architecture: { hidden: [] },
    parameters: Float32Array.of(1, -2, 3, 0.5),
    threshold: 0.5,
    provenance: {},
    preprocessing: { clip: 10, encodedWidth: 3, columns: names.map(column) },
  });
  for (const target of TARGETS) expect((await exportTo(target, student)).largestDifference, target).toBeLessThan(1e-6);
});

test('the ONNX export rejects categories that ONNX cannot represent', async () => {
  const column = { name: 'c', kind: 'categorical', categories: ['x\0', 'y'], offset: 0, width: 2 } as const;
  const student = new Student({
    architecture: { hidden: [] },
    parameters: Float32Array.of(1, -2, 3),
    threshold: 0.5,
    provenance: {},
    preprocessing: { clip: 10, encodedWidth: 2, columns: [column] },
  });
  await expect(exportTo('onnx', student)).rejects.toMatchObject({ code: 'export' });
});
