import { expect, test } from 'vitest';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { checkParity, syntheticRecords } from '../../src/deploy/parity.ts';
import { layout } from '../../src/kernels/reference.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { Student } from '../../src/student/student.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { describePython, python } from '../python.ts';
import { dice } from '../random.ts';

// names and categories that try to leave a string, a script element or an object
const preprocessing: Preprocessing = {
  clip: 10,
  columns: [
    { name: '__proto__', kind: 'numeric', transform: 'slog1p', mean: 0.5, std: 2, offset: 0, width: 1 },
    { name: "a'; throw 1; '", kind: 'numeric', transform: 'none', mean: -3, std: 1e-3, offset: 1, width: 1 },
    {
      name: '</script>\u2028"`$x',
      kind: 'categorical',
      categories: ['', '__proto__', 'constructor', "é\\'"],
      offset: 2,
      width: 4,
    },
  ],
  F: 6,
};

function randomStudent(architecture: Architecture, seed: number): Student {
  const d = dice(seed);
  const parameters = Float32Array.from({ length: layout(6, architecture).size }, () => d.real(-1, 1));
  return new Student({ architecture, parameters, preprocessing, threshold: 0.4, provenance: {} });
}
const shapes: Architecture[] = [
  ...[[], [1], [16], [9, 5]].map((hidden) => ({ hidden })),
  { hidden: [9, 5], activation: 'tanh' },
  { hidden: [9], activation: 'gelu' },
  { hidden: [7, 7, 7], residual: true },
  { hidden: [6, 6], residual: true, activation: 'gelu' },
];

test.each(shapes)('JavaScript of %j: the bits of the student', async (architecture) => {
  const student = randomStudent(architecture, 3);
  const { files, largestDifference } = await toJavaScript(student);
  expect(largestDifference).toBe(0);
  expect((await toJavaScript(student)).files).toEqual(files);
  expect(files.map((f) => f.path)).toEqual(['student.js', 'student.d.ts']);
  const source = new TextDecoder().decode(files[0]?.bytes);
  expect(source).not.toMatch(/import|require|fetch|eval|Function|<\/script|\u2028/);
  const shipped = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const records = syntheticRecords(student);
  expect(shipped.predictBatch(records)).toEqual(records.map((record) => student.predictRecord(record)));
  expect(shipped.threshold).toBe(0.4);
  const [first = {}] = records;
  const { "a'; throw 1; '": _, ...rest } = first;
  expect(() => shipped.predict(rest)).toThrow(/no field/);
  expect(() => shipped.predict({ ...first, "a'; throw 1; '": 'x' })).toThrow(/expected a finite number/);
});

test.each(shapes)('ONNX of %j: within 1e-6, any batch, and a teacher again', async (architecture) => {
  const student = randomStudent(architecture, 4);
  const { files, largestDifference } = await toOnnx(student);
  expect(largestDifference).toBeLessThan(1e-6);
  expect((await toOnnx(student)).files).toEqual(files);
  using teacher = await loadTeacher(files[0]?.bytes as Uint8Array);
  expect(teacher.convention).toBe('probability');
  expect(teacher.graph.opset).toBe(17);
  expect(JSON.parse(teacher.graph.metadata.get('debkd') as string)).toEqual({ threshold: 0.4, preprocessing });
});

test('an answer that differs is an error and no file', () => {
  expect(checkParity('js', [0.5, 0.25], [0.5, 0.25 + 1e-7])).toBeCloseTo(1e-7, 12);
  expect(() => checkParity('js', [0.5], [0.500002])).toThrow(
    /export js: synthetic row 1 gives 0.500002, the student 0.5/,
  );
  expect(() => checkParity('js', [0.5], [Number.NaN])).toThrow(/gives NaN/);
});

describePython('onnx')('with the onnx package', () => {
  test.each(shapes)('%j: onnx.checker finds nothing', async (architecture) => {
    const { files } = await toOnnx(randomStudent(architecture, 5));
    const program = `import sys, onnx
m = onnx.load_from_string(sys.stdin.buffer.read())
onnx.checker.check_model(m, full_check=True)
print(m.opset_import[0].version, m.graph.input[0].type.tensor_type.shape.dim[0].dim_param)`;
    expect(python(program, files[0]?.bytes).trim()).toBe('17 batch');
  });
});
