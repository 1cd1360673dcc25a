// Predictions from cached networks have the bits of the reference, in any order of students and any form of rows.
import { expect, test } from 'vitest';
import { denseMatrix, denseRows, type Matrix } from '../../src/data/matrix.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { layout } from '../../src/kernels/layout.ts';
import { Student } from '../../src/student/student.ts';
import { forward } from '../kernels/reference.ts';
import { dice } from '../random.ts';

const d = dice(21);

function student(features: number, hidden: number[]): Student {
  const columns = Array.from({ length: features }, (_, j) => {
    return { name: `x${j}`, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: j, width: 1 } as const;
  });
  const architecture = { hidden };
  const { size } = layout(features, architecture);
  return new Student({
    ...{ architecture, preprocessing: { clip: 10, columns, encodedWidth: features } as Preprocessing, threshold: 0.5 },
    ...{ parameters: Float32Array.from({ length: size }, () => d.real(-1, 1)), provenance: {} },
  });
}

function expected({ parameters, architecture, preprocessing }: Student, matrix: Matrix): number[] {
  const plan = layout(preprocessing.encodedWidth, architecture);
  const x = denseRows(matrix, 0, matrix.rows);
  return Array.from({ length: matrix.rows }, (_, i) =>
    sigmoid(forward(parameters, plan, x.subarray(i * matrix.width, (i + 1) * matrix.width)).margin),
  );
}

test('alternating students predict the same bits for dense and sparse rows, one and many', () => {
  const students = [student(5, [7]), student(5, []), student(5, [40, 33]), student(5, [7]), student(9, [16])];
  const rows = (width: number, n: number): Float32Array =>
    Float32Array.from({ length: n * width }, () => d.real(-2, 2));
  for (let turn = 0; turn < 60; turn++) {
    const s = students[d.below(students.length)] as Student;
    const width = s.preprocessing.encodedWidth;
    const n = [0, 1, 1, 2, 255, 257, 1500][d.below(7)] as number;
    const x = rows(width, n);
    const dense = denseMatrix(x, width);
    expect([...s.predictProba(x)]).toEqual(expected(s, dense));
    // two numbers, and a category of the other columns
    const words = new Int32Array(n * 3);
    const floats = new Float32Array(words.buffer);
    for (let i = 0; i < n; i++) {
      floats[3 * i] = d.real(-1, 1);
      floats[3 * i + 1] = d.real(-1, 1);
      words[3 * i + 2] = d.below(width - 1) === 0 ? -1 : 2 + d.below(width - 2);
    }
    const slots = { rows: n, fields: 3, width, fieldColumns: Int32Array.of(0, 1, -1), data: words };
    expect([...s.predictProba(slots)]).toEqual(expected(s, slots));
  }
});

test('returns a new array that later predictions do not change', () => {
  const s = student(3, [4]);
  const first = s.predictProba(Float32Array.of(1, 2, 3));
  const copy = first.slice();
  s.predictProba(Float32Array.of(-3, 0, 1));
  expect(first).toEqual(copy);
});

test('students that share an array of parameters, or change it in place, predict correctly', () => {
  const s = student(4, [5, 3]);
  const rows = Float32Array.from({ length: 12 }, () => d.real(-2, 2));
  const dense = denseMatrix(rows, 4);
  for (const activation of ['relu', 'tanh', 'gelu'] as const) {
    const other = new Student({ ...s, architecture: { hidden: [5, 3], activation } });
    const own = new Student({ ...other, parameters: s.parameters.slice() });
    expect(other.parameters).toBe(s.parameters);
    expect(other.predictProba(rows)).toEqual(own.predictProba(rows));
    expect([...s.predictProba(rows)]).toEqual(expected(s, dense));
  }
  for (const place of [0, 1, s.parameters.length - 1]) {
    const before = s.predictProba(rows)[0];
    s.parameters[place] = (s.parameters[place] as number) + 0.5;
    expect([...s.predictProba(rows)]).toEqual(expected(s, dense));
    if (place === s.parameters.length - 1) expect(s.predictProba(rows)[0]).not.toBe(before);
  }
});

test('margins give the probabilities, and separate rows whose probabilities round to 1', () => {
  const s = student(2, []);
  s.parameters.set([40, 0, 0]);
  const rows = Float32Array.of(1, 0, 1.5, 0, 2, 0);
  expect([...s.margins(rows)]).toEqual([40, 60, 80]);
  expect([...s.predictProba(rows)]).toEqual([1, 1, 1]);
  expect(() => s.margins(new Float32Array(3))).toThrow(/3 dense values, expected a multiple of its 2 encoded columns/);
});
