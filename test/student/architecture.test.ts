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
  [{ hidden: [0] }, /student "0": not an architecture, expected "logistic", up to 8 hidden widths from 1 to 4096/],
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

test('convolutions of students of images', () => {
  const shapes: [string, Architecture, string][] = [
    ['conv:8,16,32', { hidden: [], conv: { channels: [8, 16, 32] } }, 'conv:8,16,32-1'],
    ['conv: 8, 16@5', { hidden: [], conv: { channels: [8, 16], kernel: 5 } }, 'conv:8,16@5-1'],
    ['conv:4@3/16,8', { hidden: [16, 8], conv: { channels: [4] } }, 'conv:4-16-8-1'],
    ['separable:8,9', { hidden: [], conv: { channels: [8, 9], blocks: 'separable' } }, 'separable:8,9-1'],
    ['residual:8@5/4', { hidden: [4], conv: { channels: [8], kernel: 5, blocks: 'residual' } }, 'residual:8@5-4-1'],
  ];
  for (const [text, shape, shown] of shapes) {
    expect(parseArchitecture(text)).toEqual(shape);
    expect(describeArchitecture(1024, shape)).toBe(shown);
    expect(checkArchitecture(shape)).toEqual(shape);
  }
  const defaults = { hidden: [], conv: { channels: [8], kernel: 3, blocks: 'plain' } } as const;
  expect(checkArchitecture(defaults)).toEqual({ hidden: [], conv: { channels: [8] } });
  const more = { activation: 'gelu', residual: true } as const;
  expect(describeArchitecture(99, parseArchitecture('conv:8/4,4', more))).toBe('conv:8-4-4-1 gelu residual');
});

test.each([
  ['conv:', 'student "conv:": not the channels of convolutional stages, expected 1 to 6 numbers from 1 to 512'],
  ['conv:8,', 'not the channels of convolutional stages'],
  ['conv:0', 'not the channels of convolutional stages'],
  ['conv:513', 'not the channels of convolutional stages'],
  ['conv:8,8,8,8,8,8,8', 'not the channels of convolutional stages'],
  ['conv:8@4', 'student "conv:8@4": windows of 4 pixels, expected 3 or 5, such as conv:8,16,32@5'],
  ['conv:8@3,5', 'windows without a width, expected 3 or 5'],
  ['conv:8@', 'windows of 0 pixels'],
  ['conv:8/', 'student "conv:8/": not an architecture'],
  ['conv:8/logistic', 'not an architecture'],
  ['cnn:8', 'student "cnn:8": not an architecture, expected "logistic", up to 8 hidden widths from 1 to 4096'],
])('refuses %s', (text, message) => {
  expect(() => parseArchitecture(text)).toThrow(message);
});

test.each([
  [{ channels: 'abc' }, 'student "conv:": not the channels'],
  [{}, 'not the channels'],
  [7, 'not the channels'],
  [{ channels: [8], kernel: '3' }, 'windows'],
  [{ channels: [8], blocks: 'dense' }, 'blocks "dense", expected one of plain, separable, residual'],
])('refuses convolutions %j of a file', (conv, message) => {
  expect(() => checkArchitecture({ hidden: [], conv } as unknown as Architecture)).toThrow(message);
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
