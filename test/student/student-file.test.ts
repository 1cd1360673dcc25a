// student.debkd: a file round-trips with equal predictions, and a student that cannot predict is refused.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { type Preprocessing, parsePreprocessing } from '../../src/data/preprocessing.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent, encodeChecked } from '../../src/student/student-file.ts';
import { dice } from '../random.ts';

const JSON_OF = {
  columns: [
    { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 12, offset: 0, width: 1 },
    { name: 'job', kind: 'categorical', categories: ['nurse', 'cook'], offset: 1, width: 2 },
  ],
  encodedWidth: 3,
};
const d = dice(3);
function made(preprocessing: Preprocessing, architecture: Architecture, value = (): number => d.real(-1, 1)): Student {
  const parameters = Float32Array.from({ length: layout(preprocessing.encodedWidth, architecture).size }, value);
  return new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

test.each([
  ['a clip', { ...JSON_OF, clip: 10 }],
  ['no clip', JSON_OF],
])('a preprocessing with %s: its students round-trip with equal predictions', async (_, json) => {
  const preprocessing = parsePreprocessing(json, 'test');
  const rows = encode(await readCsv(new TextEncoder().encode('age,job\n41,nurse\n1e12,cook\n')), preprocessing);
  for (const hidden of [[], [8], [8, 8, 8]]) {
    for (const activation of ['relu', 'tanh', 'gelu'] as const) {
      const student = made(preprocessing, { hidden, activation });
      const back = decodeStudent(encodeChecked(student, rows));
      expect(back.predictProba(rows)).toEqual(student.predictProba(rows));
      expect(back.predictProba(rows).every(Number.isFinite)).toBe(true);
      // limits survive JSON
      expect(back.preprocessing).toEqual(student.preprocessing);
      expect(Number.isFinite(back.predictRecord({ age: 1e300, job: 'cook' }).probability)).toBe(true);
    }
  }
});

test('applies a given clip; the default does not limit the values of a column', async () => {
  const rows = await readCsv(new TextEncoder().encode('age,job\n1000000000000000,nurse\n'));
  const value = (json: object): number => {
    const { features } = encode(rows, parsePreprocessing(json, 'test'));
    return new Float32Array(features.data.buffer)[0] as number;
  };
  expect(value({ ...JSON_OF, clip: 10 })).toBe(10);
  expect(value(JSON_OF)).toBe(Math.fround((1e15 - 40) / 12));
});

test('refuses weights whose sums exceed float32, including residual connections', () => {
  const preprocessing = parsePreprocessing({ ...JSON_OF, clip: 1 }, 'test');
  const parameters = (architecture: Architecture): Student => {
    const { layers, size } = layout(3, architecture);
    const values = new Float32Array(size);
    // 6e35 in each of two hidden layers: a residual connection adds them, which exceeds 1e36
    for (const { bias, outputs } of layers.slice(0, -1)) values.fill(6e35, bias, bias + outputs);
    return made(preprocessing, architecture, () => 0).with({}).parameters.length === size
      ? new Student({ ...made(preprocessing, architecture), parameters: values })
      : made(preprocessing, architecture);
  };
  expect(() => decodeStudent(encodeStudent(parameters({ hidden: [2, 2] })))).not.toThrow();
  expect(() => decodeStudent(encodeStudent(parameters({ hidden: [2, 2], residual: true })))).toThrow(
    /its parameters are so large that predictions would not be finite/,
  );
});

test('encodeChecked refuses a student whose bytes cannot be decoded', async () => {
  const preprocessing = parsePreprocessing({ ...JSON_OF, clip: 10 }, 'test');
  const rows = encode(await readCsv(new TextEncoder().encode('age,job\n41,nurse\n')), preprocessing);
  const huge = made(preprocessing, { hidden: [2] }, () => 1e30);
  expect(() => encodeChecked(huge, rows)).toThrow(/its parameters are so large/);
  expect(() => encodeChecked(made({ ...preprocessing, clip: Number.NaN }, { hidden: [] }), rows)).toThrow(/clip is/);
});
