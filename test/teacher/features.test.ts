// A teacher's hidden layer as features: found, named, cached or missing.
import { describe, expect, test } from 'vitest';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { layout } from '../../src/kernels/layout.ts';
import { Student } from '../../src/student/student.ts';
import { pickFeatures, standardiseFeatures } from '../../src/teacher/features.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { forward } from '../kernels/reference.ts';
import { wdbc } from '../models.ts';
import { dice } from '../random.ts';
import { describeShared, shared } from '../shared.ts';

const data = await wdbc();
const { preprocessing } = data;
const architecture = { hidden: [12, 7], activation: 'tanh' as const };
const plan = layout(preprocessing.encodedWidth, architecture);
const d = dice(4);
const parameters = Float32Array.from({ length: plan.size }, () => d.real(-0.5, 0.5));
const student = new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
const file = (await toOnnx(student)).files[0]?.bytes as Uint8Array;
const load = (): Promise<Teacher> => loadTeacher(file, { preprocessing });

test('the last hidden layer is the input of the last linear layer, for any batch size', async () => {
  using teacher = await load();
  const features = await hiddenFeatures(teacher, data.validation);
  expect([features.rows, features.width]).toEqual([120, 7]);
  const x = denseRows(data.validation.teacherInputs as Matrix, 0, 120);
  for (const row of [0, 57, 119]) {
    const want = forward(parameters, plan, x.subarray(30 * row, 30 * row + 30)).hidden[1] as Float32Array;
    want.forEach((v, j) => {
      expect(Math.abs((features.values[7 * row + j] as number) - v)).toBeLessThan(1e-6);
    });
  }
  const { layer } = teacher.hiddenLayer() as { layer: string };
  const rows = data.validation.teacherInputs;
  expect((await teacher.features(rows, layer, { batchSize: 17 })).values).toEqual(features.values);
});

test('a tensor by its name; an unknown name lists tensors', async () => {
  using teacher = await load();
  const named = await hiddenFeatures(teacher, data.validation, { layer: 'hidden0' });
  expect(named.width).toBe(12);
  await expect(hiddenFeatures(teacher, data.validation, { layer: 'hiden0' })).rejects.toThrow(
    /no tensor "hiden0" \(did you mean "hidden0"\?\); name another layer \(layer\)/,
  );
  await expect(hiddenFeatures(teacher, data.validation, { layer: 'x' })).rejects.toThrow(
    /no tensor "x", expected one of its 6 tensors, such as "sum0", "hidden0", .*; name another layer/,
  );
});

test('reading features does not change the bits of the margins', async () => {
  using teacher = await load();
  const before = await teacher.margins(data.test.teacherInputs);
  await hiddenFeatures(teacher, data.test);
  expect(await teacher.margins(data.test.teacherInputs)).toEqual(before);
});

test('the cache avoids a second call; another layer has another entry', async () => {
  const entries = new Map<string, Uint8Array>();
  const cache: LabelCache = {
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
  using teacher = await load();
  const first = await hiddenFeatures(teacher, data.validation, { cache });
  const silent = { ...teacher, features: () => Promise.reject(new Error('asked')) } as Teacher;
  expect(await hiddenFeatures(silent, data.validation, { cache })).toEqual(first);
  await expect(hiddenFeatures(silent, data.validation, { cache, layer: 'hidden0' })).rejects.toThrow('asked');
  expect(entries.size).toBe(1);
});

test('a linear model has no hidden layer', async () => {
  const flat = { hidden: [] };
  const linear = new Student({ ...student, architecture: flat, parameters: new Float32Array(31) });
  using teacher = await loadTeacher((await toOnnx(linear)).files[0]?.bytes as Uint8Array);
  expect(teacher.hiddenLayer()).toEqual({ why: 'the teacher is a linear model without a hidden layer' });
  await expect(hiddenFeatures(teacher, data.validation)).rejects.toThrow(
    expect.objectContaining({
      code: 'teacher',
      message: 'teacher "bytes": the teacher is a linear model without a hidden layer; name another layer (layer)',
    }),
  );
  using pipeline = await loadTeacher(new URL('./tiny/pipeline.onnx', import.meta.url));
  expect(pipeline.hiddenLayer()).toEqual({
    why: "the teacher's score is made by Normalizer, which has no hidden layer",
  });
});

test('standardised features have mean 0 and deviation 1, without constant ones', () => {
  const values = Float32Array.of(1, 5, 0, 2, 5, 10, 3, 5, -10, 6, 5, 4);
  const { width, values: out } = standardiseFeatures({ rows: 4, width: 3, values });
  expect(width).toBe(2);
  for (const j of [0, 1]) {
    const column = [0, 1, 2, 3].map((i) => out[2 * i + j] as number);
    expect(column.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
    expect(column.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 5);
  }
  expect([...pickFeatures({ rows: 4, width: 3, values }, Uint32Array.of(3, 0)).values]).toEqual([6, 5, 4, 1, 5, 0]);
  expect(() => standardiseFeatures({ rows: 2, width: 1, values: Float32Array.of(7, 7) })).toThrow(
    /all 1 features of its hidden layer are constant/,
  );
});

describeShared('real teachers', () => {
  describe.each([
    ['adult-mlp', 'adult'],
    ['adult-mlp-noise', 'adult'],
    ['bank-mlp', 'bank'],
    ['default-mlp', 'default'],
    ['spambase-mlp', 'spambase'],
    ['german-mlp', 'german'],
    ['wdbc-mlp', 'wdbc'],
  ])('%s', (name, set) => {
    test('finds its last hidden layer', async () => {
      const json = await (await import('node:fs/promises')).readFile(
        shared(`teachers/${set}.preprocessing.json`),
        'utf8',
      );
      using teacher = await loadTeacher(shared(`teachers/${name}.onnx`), {
        preprocessing: parsePreprocessing(JSON.parse(json), set),
      });
      const { layer } = teacher.hiddenLayer() as { layer: string };
      const width = teacher.width as number;
      const zeros: Matrix = { rows: 2, fields: 0, width, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
      const features = await teacher.features(zeros, layer);
      expect(features.width).toBeGreaterThanOrEqual(8);
      expect(features.values.every((v) => v >= 0)).toBe(true); // ReLU
    });
  });
  test('a tree ensemble has no hidden layer', async () => {
    using teacher = await loadTeacher(shared('teachers/adult-gbdt.onnx'));
    expect(teacher.hiddenLayer()).toEqual({
      why: "the teacher's score is a tree ensemble, which has no hidden layer",
    });
  });
});
