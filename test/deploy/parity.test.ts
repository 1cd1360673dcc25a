// The check of exports: a bound that grows with the length of sums, and the caller's own records.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { checkParity, parityRecords, roundingBounds } from '../../src/deploy/parity.ts';
import { recordsOf } from '../../src/deploy/table-records.ts';
import { layout } from '../../src/kernels/layout.ts';
import { Student } from '../../src/student/student.ts';
import { dice } from '../random.ts';

function student(width: number, hidden: number[], size = 1): Student {
  const d = dice(width + hidden.length);
  const columns = Array.from({ length: width }, (_, j) => {
    return {
      name: `c${j}`,
      kind: 'numeric',
      transform: 'none',
      mean: d.real(-5, 5),
      std: d.real(0.5, 2),
      offset: j,
      width: 1,
    } as const;
  });
  const architecture = { hidden };
  const parameters = Float32Array.from(
    { length: layout(width, architecture).size },
    () => d.real(-size, size) / Math.sqrt(width),
  );
  const preprocessing: Preprocessing = { clip: 10, columns, encodedWidth: width };
  return new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

test.each([
  [1000, []],
  [1000, [16]],
  [5000, []],
])('a student of %i columns, hidden layers %j, is exported to ONNX', async (width, hidden) => {
  const { largestDifference, files } = await toOnnx(student(width, hidden));
  expect(files).toHaveLength(2);
  expect(largestDifference).toBeLessThan(1e-4);
});

test('the bound covers rounding errors and detects swapped columns', () => {
  const d = dice(8);
  for (const [width, hidden] of [
    [20, []],
    [300, [16]],
    [3000, []],
  ] as const) {
    const own = student(width, [...hidden], 2);
    const rows = Float32Array.from({ length: 8 * width }, () => d.real(-3, 3));
    const bounds = roundingBounds(own, rows);
    const p = own.predictProba(rows);
    // the same sums in float64
    const { layers } = layout(width, own.architecture);
    for (let row = 0; row < 8; row++) {
      let x = Float64Array.from(rows.subarray(row * width, (row + 1) * width));
      for (const [l, { inputs, outputs, weight, bias }] of layers.entries()) {
        x = Float64Array.from({ length: outputs }, (_, j) => {
          let sum = own.parameters[bias + j] as number;
          for (let k = 0; k < inputs; k++)
            sum += (x[k] as number) * (own.parameters[weight + k * outputs + j] as number);
          return l + 1 < layers.length ? Math.max(0, sum) : sum;
        });
      }
      const exact = 1 / (1 + Math.exp(-(x[0] as number)));
      expect(Math.abs(exact - (p[row] as number))).toBeLessThan(bounds[row] as number);
    }
    expect(Math.max(...bounds)).toBeLessThan(2e-3);
    const swapped = rows.slice();
    for (let row = 0; row < 8; row++)
      swapped.set([rows[row * width + 1] as number, rows[row * width] as number], row * width);
    expect(() => checkParity('test', p, own.predictProba(swapped), bounds)).toThrow(/expected a difference of at most/);
  }
  expect(Math.min(...roundingBounds(student(2, []), Float32Array.of(0, 0)))).toBe(1e-6);
});

test("the caller's records are checked too, and are in no file", async () => {
  const text = `rate,kind\n${'14.62,secret\n'.repeat(30)}`;
  const table = await readCsv(new TextEncoder().encode(text));
  const all = Uint32Array.from({ length: 30 }, (_, i) => i);
  const preprocessing = fitPreprocessing(table, { rows: all });
  const own = new Student({ ...student(2, []), preprocessing: { ...preprocessing, columns: preprocessing.columns } });
  const records = recordsOf(table, all, preprocessing);
  expect(records[0]).toEqual({ rate: 14.62, kind: 'secret' });
  expect(parityRecords(own, { records }).slice(-1)).toEqual([{ rate: 14.62, kind: 'secret' }]);
  // synthetic records include the value of a constant column
  expect(parityRecords(own, {}).some(({ rate }) => rate === 14.62)).toBe(true);
  const plain = await toJavaScript(own);
  expect((await toJavaScript(own, { records })).files).toEqual(plain.files);
  const many = recordsOf(table, new Uint32Array(10000), preprocessing);
  expect(many.length).toBeLessThanOrEqual(256);
});
