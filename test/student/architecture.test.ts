import { expect, test } from 'vitest';
import { distill } from '../../src/distill.ts';
import {
  type Architecture,
  checkArchitecture,
  describeArchitecture,
  parseArchitecture,
} from '../../src/student/architecture.ts';
import { checkFitOptions } from '../../src/student/fit-options.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';

test('omits defaults', () => {
  expect(parseArchitecture('logistic')).toEqual({ hidden: [] });
  expect(parseArchitecture('32, 16', { activation: 'relu', residual: false })).toEqual({ hidden: [32, 16] });
  const residual = parseArchitecture('8,8', { activation: 'gelu', residual: true });
  expect(residual).toEqual({ hidden: [8, 8], activation: 'gelu', residual: true });
  expect(describeArchitecture(30, residual)).toBe('30-8-8-1 gelu residual');
  expect(describeArchitecture(30, { hidden: [] })).toBe('30-1');
});

test.each<[Architecture, RegExp]>([
  [{ hidden: [0] }, /student "0": not an architecture, expected "logistic" or up to 8 hidden widths from 1 to 4096/],
  [{ hidden: new Array(9).fill(4) }, /up to 8 hidden widths/],
  [
    { hidden: [4], activation: 'gelo' as 'gelu' },
    /activation "gelo", expected one of relu, tanh, gelu; did you mean gelu/,
  ],
  [
    { hidden: [4], residual: true },
    /residual connections .*, expected two or more hidden layers of equal width, such as 32,32,32/,
  ],
  [{ hidden: [8, 4], residual: true }, /of equal width/],
  [{ hidden: [8, 8], residual: 'yes' as unknown as boolean }, /residual is "yes", expected true or false/],
])('refuses %j', (architecture, message) => {
  expect(() => checkArchitecture(architecture)).toThrow(expect.objectContaining({ code: 'value' }));
  expect(() => checkArchitecture(architecture)).toThrow(message);
});

test('refuses dropout out of range', () => {
  for (const dropout of [-0.1, 1, Number.NaN]) {
    expect(() => checkFitOptions({ seed: 1, dropout, student: {} }, 10)).toThrow(
      /dropout is .*, expected a number from 0 to 0\.9/,
    );
  }
});

const architectures: Architecture[] = [
  { hidden: [8], activation: 'tanh' },
  { hidden: [8], activation: 'gelu' },
  { hidden: [8, 8, 8], residual: true },
];
test.each(architectures)(
  '%j with dropout learns, repeats its bytes and round-trips through its file',
  async (student) => {
    const data = await wdbc();
    using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing: data.preprocessing });
    const run = () =>
      distill({ ...data, teacher, student, seed: 1, epochs: 30, dropout: 0.2, infusion: { form: 'none' } });
    const made = (await run()).student;
    expect(made.training?.selectionLoss).toBeLessThan(0.4);
    const bytes = encodeStudent(made);
    expect(encodeStudent((await run()).student)).toEqual(bytes);
    const again = decodeStudent(bytes);
    expect(again.architecture).toEqual(student);
    expect(again.predictProba(data.test)).toEqual(made.predictProba(data.test));
    const without = await distill({ ...data, teacher, student, seed: 1, epochs: 30, infusion: { form: 'none' } });
    expect(encodeStudent(without.student)).not.toEqual(bytes);
  },
);
