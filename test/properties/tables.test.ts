// For any table, distillation gives a student with valid probabilities or fails with a DebkdError.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { distill } from '../../src/distill.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { measureDistillation } from '../../src/report/measure.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** The columns, the label among them, as CSV. */
const csvOf = (columns: ReadonlyMap<string, readonly string[]>): Uint8Array<ArrayBuffer> => {
  const lists = [...columns.values()];
  const rows = (lists[0] as readonly string[]).map((_, i) => lists.map((list) => list[i]).join(','));
  return new TextEncoder().encode(`${[...columns.keys()].join(',')}\n${rows.join('\n')}\n`);
};

/** Distils from two raw numeric columns and expects valid probabilities and finite targets. Returns the de-biasing method. */
async function distilled(csv: Uint8Array<ArrayBuffer>, epochs: number = 2): Promise<string> {
  using teacher = await loadTeacher(tinyOnnx({ weights: [1.5, -0.5] }));
  const table = await readTable(csv, { target: 'label' });
  const parts = split(table);
  const own = fitPreprocessing(table, { rows: parts.train });
  const of = (rows: Uint32Array) => encode(table, own, { rows, teacher: 'raw' as const });
  const data = { train: of(parts.train), validation: of(parts.validation), test: of(parts.test) };
  const run = await distill({ ...data, teacher, student: { hidden: [4] }, epochs, seed: 1 });
  for (const part of Object.values(data)) {
    const p = run.student.predictProba(part);
    expect(p.every((x) => x >= 0 && x <= 1)).toBe(true);
  }
  expect(run.debiased.train.every(Number.isFinite)).toBe(true);
  const { result } = await measureDistillation(run, teacher, { data, missing: [] });
  return result.debias.method;
}

/** The de-biasing method, or the code of the DebkdError. */
async function outcomeOf(csv: Uint8Array<ArrayBuffer>): Promise<string> {
  return distilled(csv).catch((error: unknown) => {
    if (error instanceof DebkdError) return `refused: ${error.code}`;
    throw error;
  });
}

const numbers = (rows: number, of: (i: number) => number): string[] =>
  Array.from({ length: rows }, (_, i) => String(of(i)));
const wave = (i: number): number => Math.round(1000 * Math.sin(i * 12.9898)) / 500;

test('five positives in 50,000 rows', async () => {
  const rows = 50000;
  const label = numbers(rows, (i) => (i % 10000 === 77 ? 1 : 0));
  const csv = csvOf(
    new Map([
      ['x', numbers(rows, wave)],
      ['y', numbers(rows, (i) => wave(i + 0.5))],
      ['label', label],
    ]),
  );
  // an error is right where a part of the split has only one class
  expect(await outcomeOf(csv)).toMatch(/^(none|platt|refused: rows)$/);
});

test('five positives in 400 rows', async () => {
  const label = numbers(400, (i) => (i % 80 === 3 ? 1 : 0));
  const csv = csvOf(
    new Map([
      ['x', numbers(400, wave)],
      ['y', numbers(400, (i) => wave(i + 0.5))],
      ['label', label],
    ]),
  );
  expect(await outcomeOf(csv)).toMatch(/^(none|platt|refused: rows)$/);
});

test('a constant column, a column without values, duplicate rows', async () => {
  const label = numbers(300, (i) => (wave(i % 30) + wave(i) / 4 > 0 ? 1 : 0));
  const x = numbers(300, (i) => wave(i % 30));
  expect(
    await outcomeOf(
      csvOf(
        new Map([
          ['x', x],
          ['y', numbers(300, () => 7)],
          ['label', label],
        ]),
      ),
    ),
  ).toMatch(/^(none|platt)$/);
  // raw teacher inputs cannot have missing values; a preprocessing can fill them in
  const empty = csvOf(
    new Map([
      ['x', x],
      ['y', x.map(() => '')],
      ['label', label],
    ]),
  );
  expect(await outcomeOf(empty)).toBe('refused: preprocessing');
  const table = await readTable(empty, { target: 'label' });
  using teacher = await loadTeacher(tinyOnnx({ weights: [1.5, -0.5] }));
  const own = fitPreprocessing(table, { rows: split(table).train });
  const { train, validation } = await encodeParts(table, split(table), own);
  const { student } = await distill({ teacher, train, validation, student: { hidden: [4] }, epochs: 2, seed: 1 });
  expect(student.predictProba(train).every((p) => p > 0 && p < 1)).toBe(true);
});

test('the order of rows changes no category; it changes means (1e-12) and standard deviations (1e-9) only by rounding', async () => {
  const row = fc.tuple(
    fc.integer({ min: -1e6, max: 1e6 }),
    fc.constantFrom('red', 'green', 'blue', '', 'NA'),
    fc.constantFrom('0', '1'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 5, maxLength: 60 }), async (rows) => {
      const fitted = async (list: readonly (readonly [number, string, string])[]) => {
        const columns = new Map([
          ['x', list.map(([x]) => String(x))],
          ['colour', list.map(([, c]) => c)],
          ['label', list.map(([, , y]) => y)],
        ]);
        const table = await readTable(csvOf(columns));
        return fitPreprocessing(table, { rows: Uint32Array.from(list, (_, i) => i) }).columns;
      };
      const [forward, reversed] = [await fitted(rows), await fitted([...rows].reverse())];
      forward.forEach((column, j) => {
        const other = reversed[j] as typeof column;
        if (column.kind !== 'numeric' || other.kind !== 'numeric') {
          expect(other).toEqual(column);
          return;
        }
        expect(other.transform).toBe(column.transform);
        const scale = Math.max(1, Math.abs(column.mean), column.std);
        expect(Math.abs(other.mean - column.mean)).toBeLessThan(1e-12 * scale);
        expect(Math.abs(other.std - column.std)).toBeLessThan(1e-9 * scale);
      });
    }),
    { numRuns: 200 },
  );
});

const cell = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }).map(String),
  fc.constantFrom('0', '-0', '1e308', '-1e308', '5e-324', '1e-310', '123456789012345680', '0.1'),
);
const column = (rows: number) =>
  fc.oneof(
    fc.array(cell, { minLength: rows, maxLength: rows }),
    cell.map((text) => Array.from({ length: rows }, () => text)),
    fc.tuple(cell, cell).map((pair) => Array.from({ length: rows }, (_, i) => pair[i % 2] as string)),
  );
const table = fc.integer({ min: 3, max: 90 }).chain((rows) =>
  fc.record({
    x: column(rows),
    y: column(rows),
    label: fc.oneof(
      fc.array(fc.constantFrom('0', '1', ''), { minLength: rows, maxLength: rows }),
      fc.integer({ min: 0, max: rows - 1 }).map((k) => Array.from({ length: rows }, (_, i) => (i === k ? '1' : '0'))),
    ),
  }),
);

test('random numbers and labels', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ x, y, label }) => {
      await outcomeOf(
        csvOf(
          new Map([
            ['x', x],
            ['y', y],
            ['label', label],
          ]),
        ),
      );
    }),
    { numRuns: 150 },
  );
});
